/*
 * places - from a position in a text back to the value that is there, and to its path.
 *
 * Owns: the index over a document's nodes.  Where an alias stands for a value, the value is found
 * where it was written.
 */
#ifndef SLIPWAY_CONFIG_BUTANE_PLACES_H
#define SLIPWAY_CONFIG_BUTANE_PLACES_H

#include "base/node.h"
#include "base/report.h"

struct butane_places;

/** butane_places_new - index @document, borrowed. */
struct butane_places *butane_places_new(const struct document *document);
void butane_places_free(struct butane_places *places);

/** butane_places_find - the value that begins at @origin; 0, the top, when there is none. */
uint32_t butane_places_find(const struct butane_places *places, struct origin origin);

/** butane_places_path - of @node; NULL for the top; in @arena. */
const struct report_path *butane_places_path(const struct butane_places *places, uint32_t node,
					     struct arena *arena);

DEFINE_RELEASE(struct butane_places *, butane_places_free)

#endif
