/*
 * picture_scale - how wide each block of a picture is.
 *
 * Owns: the arithmetic from sizes to pixels, with a floor below which nothing is drawn to scale.
 * Pure: literal rows test it.
 */
#ifndef SLIPWAY_DISK_PICTURE_SCALE_H
#define SLIPWAY_DISK_PICTURE_SCALE_H

#include "disk/picture.h"

/* From here on a block has room for words. */
#define PICTURE_WORDS_PX 64
/* A bar is at least this wide, and gets wider than the second only for numbers, not for words. */
#define PICTURE_BAR_PX	   868
#define PICTURE_BAR_MAX_PX 1200

/** picture_bar_px - width that @row needs: PICTURE_BAR_PX, or more for many blocks. */
unsigned picture_bar_px(const struct picture_row *row);

/**
 * picture_widths - the width of each block of @row; they sum up to @bar_px.
 * @bar_px: at least picture_bar_px(@row)
 * @ret: as many as @row has blocks
 *
 * Blocks get their floor or what is theirs by size, whichever is more; the floor leaves room for
 * words as long as it does not fill most of the bar.
 */
void picture_widths(const struct picture_row *row, unsigned bar_px, unsigned *ret);

#endif
