#include "disk/picture_scale.h"

#include <stdbool.h>

#include "base/alloc.h"
#include "base/scope.h"

/* Floors with room for words, and with room for a number of three digits. */
struct floors {
	unsigned partition_px;
	unsigned free_px;
};

static const struct floors wide = { 104, PICTURE_WORDS_PX };
static const struct floors narrow = { 28, 12 };

/* Sizes are counted in 2^-32 of their sum: products with widths stay within 64 bits. */
#define TOTAL_BITS 32

static unsigned floor_of(const struct floors *floors, const struct picture_block *block)
{
	return block->change == PICTURE_FREE ? floors->free_px : floors->partition_px;
}

static unsigned floor_sum(const struct floors *floors, const struct picture_row *row)
{
	unsigned sum = 0;

	for (size_t i = 0; i < row->count; i++)
		sum += floor_of(floors, &row->blocks[i]);
	return sum;
}

unsigned picture_bar_px(const struct picture_row *row)
{
	unsigned words = floor_sum(&wide, row);
	unsigned needed = words + (words + 2) / 3; /* as choose() wants it */

	if (needed > PICTURE_BAR_MAX_PX)
		needed = floor_sum(&narrow, row);
	return needed > PICTURE_BAR_PX ? needed : PICTURE_BAR_PX;
}

/* A quarter of the bar, at least, is left to show sizes. */
static const struct floors *choose(const struct picture_row *row, unsigned bar_px)
{
	return floor_sum(&wide, row) <= bar_px - bar_px / 4 ? &wide : &narrow;
}

/* What is shared out among the blocks that are above their floor. */
struct share {
	uint64_t unit_bytes;
	uint64_t units;
	unsigned px;
};

/* Never 0, so that every block has a share. */
static uint64_t units_of(const struct share *share, const struct picture_block *block)
{
	return block->size_bytes / share->unit_bytes + 1;
}

static struct share share_of(const struct picture_row *row, unsigned px)
{
	struct share share = { .px = px };
	uint64_t total_bytes = 0;

	for (size_t i = 0; i < row->count; i++)
		total_bytes += row->blocks[i].size_bytes;
	share.unit_bytes = (total_bytes >> TOTAL_BITS) + 1;
	for (size_t i = 0; i < row->count; i++)
		share.units += units_of(&share, &row->blocks[i]);
	return share;
}

static unsigned scaled(const struct share *share, uint64_t units)
{
	return share->units ? (unsigned)(units * share->px / share->units) : 0;
}

/* Give the first block its floor whose share is less; false when there is none. */
static bool lift_one(const struct picture_row *row, const struct floors *floors,
		     struct share *share, unsigned *widths)
{
	for (size_t i = 0; i < row->count; i++) {
		unsigned floor_px = floor_of(floors, &row->blocks[i]);
		uint64_t units = units_of(share, &row->blocks[i]);

		if (widths[i] || scaled(share, units) >= floor_px)
			continue;
		widths[i] = floor_px;
		share->px -= floor_px;
		share->units -= units;
		return true;
	}
	return false;
}

void picture_widths(const struct picture_row *row, unsigned bar_px, unsigned *ret)
{
	const struct floors *floors = choose(row, bar_px);
	struct share share = share_of(row, bar_px);
	uint64_t units = 0;
	unsigned end_px = 0;

	for (size_t i = 0; i < row->count; i++)
		ret[i] = 0; /* not on its floor */
	while (share.units && lift_one(row, floors, &share, ret))
		;
	/* Ends are rounded, not widths, so that nothing is lost. */
	for (size_t i = 0; i < row->count; i++) {
		if (ret[i])
			continue;
		units += units_of(&share, &row->blocks[i]);
		ret[i] = scaled(&share, units) - end_px;
		end_px += ret[i];
	}
}
