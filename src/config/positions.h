/*
 * positions - where in the text the path of a report entry is.
 *
 * Owns: the lookup of spec ignition 3.3: the deepest node that exists on the path, keys compared
 * bytewise, the last one when a key is repeated.
 */
#ifndef SLIPWAY_CONFIG_POSITIONS_H
#define SLIPWAY_CONFIG_POSITIONS_H

#include "base/node.h"
#include "base/report.h"

/**
 * positions_find - give the entries of @report from @first on their origin in @document.
 *
 * Entries come in the order of a walk, so each lookup goes on from the one before.
 */
void positions_find(struct report *report, size_t first, struct document *document);

#endif
