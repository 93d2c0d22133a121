/*
 * unused - keys of a text that its version's tables do not know.
 *
 * Owns: the walk over nodes beside the typed config, its warnings, and the guess at what was meant.
 */
#ifndef SLIPWAY_CONFIG_UNUSED_H
#define SLIPWAY_CONFIG_UNUSED_H

#include "base/node.h"
#include "config/schema.h"

/** unused_report - warn about each unused key of @document, which @config was decoded from. */
void unused_report(struct document *document, const struct config *config,
		   enum spec_version version, struct report *report);

#endif
