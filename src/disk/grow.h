/*
 * grow - how far a partition can be enlarged in place.
 *
 * Owns: the arithmetic from a label to a new end.  Pure: literal tables test it.
 * Leaves to others: reading a label (disk/table), writing it (disk/table_write).
 */
#ifndef SLIPWAY_DISK_GROW_H
#define SLIPWAY_DISK_GROW_H

#include <stdint.h>

#include "base/error.h"
#include "disk/geometry.h"

/**
 * grow_limit - the sectors that partition @number may have at most.
 * @geometry: of the label; partitions in any order
 * @ret_size: sectors, never fewer than it has
 *
 * The limit is the next partition that begins behind it, or the last usable sector.  The start is
 * never moved.
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when @number is unused; -ERANGE (ERROR_INPUT) when it
 * reaches beyond the last usable sector already: the disk was made smaller.
 */
int grow_limit(const struct geometry *geometry, unsigned number, uint64_t *ret_size,
	       struct error *err);

#endif
