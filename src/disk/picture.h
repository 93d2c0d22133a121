/*
 * picture - disks before and after a plan, as SVG.
 *
 * Owns: the drawing: a bar for each row, to scale but for what would be too narrow to read; shades
 * from what stays to where it will be; a key for blocks too narrow for words; a legend.  What
 * changes is told in colour, in a pattern and in words.  Pure: from plain values to text.
 * Leaves to others: what is on a disk (disk/picture_survey), widths (disk/picture_scale).
 */
#ifndef SLIPWAY_DISK_PICTURE_H
#define SLIPWAY_DISK_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum picture_change {
	PICTURE_KEPT,
	PICTURE_CREATED,
	PICTURE_RESIZED,   /* the contents stay */
	PICTURE_FORMATTED, /* the partition stays, its contents do not */
	PICTURE_DESTROYED,
	PICTURE_FREE, /* nobody's */
	PICTURE_CHANGE_COUNT,
};

struct picture_block {
	unsigned number;   /* 0: no partition, as free space or all of a disk without a label */
	const char *label; /* NULL or "": none */
	uint64_t start_bytes;
	uint64_t size_bytes;
	const char *contents; /* as 'ext4 "ROOT"'; NULL: nothing, or nothing known */
	enum picture_change change;
};

struct picture_row {
	const struct picture_block *blocks; /* in the order in which they are on the disk */
	size_t count;
};

/* All is borrowed. */
struct picture_disk {
	const char *title; /* path of the device or image */
	uint64_t size_bytes;
	struct picture_row before, after;
};

/**
 * picture_append_svg - a whole SVG document of @disks, one below the other.
 *
 * Return: 0; -E2BIG when @out is full, and then @out is as it was.
 */
int picture_append_svg(const struct picture_disk *disks, size_t count, struct text *out);

/** picture_change_name - "kept", "created" … as the picture says it. */
const char *picture_change_name(enum picture_change change);

#endif
