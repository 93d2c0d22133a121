/*
 * svg - text for a drawing, measured without a font.
 *
 * Owns: escaping for XML, the estimate of how wide text will be in whatever sans-serif font there
 * is, and eliding what is too long.
 * Leaves to others: what is drawn (disk/picture).
 */
#ifndef SLIPWAY_DISK_SVG_H
#define SLIPWAY_DISK_SVG_H

#include <stddef.h>

#include "base/text.h"

/* A drawing that is being written. */
struct svg {
	struct text *out; /* borrowed */
	int r;		  /* of the first append that failed; nothing is appended after it */
};

/** svg_put - markup, formatted as it is. */
void svg_put(struct svg *svg, const char *format, ...) __attribute__((format(printf, 2, 3)));
/**
 * svg_put_escaped - @s as character data or as an attribute's value.
 *
 * What XML 1.0 (2.2) does not allow, what is no UTF-8, and what would change the direction of the
 * text around it becomes U+FFFD.
 */
void svg_put_escaped(struct svg *svg, struct slice s);
/** svg_put_elided - as svg_put_escaped(); what does not fit into @max_px ends in "…". */
void svg_put_elided(struct svg *svg, struct slice s, unsigned font_px, unsigned max_px);

/** svg_width - about how wide @s is, in pixels; rather too wide than too narrow. */
unsigned svg_width(struct slice s, unsigned font_px);
/** svg_fit - bytes at the start of @s that fit into @max_px; whole characters. */
size_t svg_fit(struct slice s, unsigned font_px, unsigned max_px);

#endif
