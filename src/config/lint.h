/*
 * lint - what upstream accepts in silence and a person would want to know.
 *
 * Owns: warnings about repeated keys, invalid UTF-8 and keys in another case; never errors.
 */
#ifndef SLIPWAY_CONFIG_LINT_H
#define SLIPWAY_CONFIG_LINT_H

#include "base/node.h"
#include "config/schema.h"

/** lint_report - look at all of @document, a config of @version. */
void lint_report(struct document *document, enum spec_version version, struct report *report);

#endif
