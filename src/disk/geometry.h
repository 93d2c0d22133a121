/*
 * geometry - where partitions go: sgdisk's arithmetic, without sgdisk.
 *
 * Owns: numbers, alignment, "start of the largest free block" and all else that turns what was
 * asked for into sectors, equal to sgdisk 1.0.9 in every corner, since configs rely on the result;
 * but for one: where sgdisk makes two partitions overlap, this refuses.
 * Pure: literal tables test it, and random ones beside sgdisk itself.
 * Leaves to others: reading and writing tables (disk/table), what may be changed (disk/partition).
 */
#ifndef SLIPWAY_DISK_GEOMETRY_H
#define SLIPWAY_DISK_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Entries of a GPT as everybody makes it (UEFI 2.10, 5.3.1: at least 16 KiB of 128 bytes each). */
#define GEOMETRY_ENTRIES 128

/* Used sectors of one partition. */
struct geometry_extent {
	unsigned number;
	uint64_t start; /* first sector; never 0: that is the protective MBR */
	uint64_t size;	/* sectors; never 0 */
};

/* All sectors are logical ones of the disk. */
struct geometry_disk {
	uint64_t sectors;
	uint32_t sector_bytes;
	uint64_t first_usable; /* LBA */
	uint64_t last_usable;  /* LBA, inclusive */
	unsigned entries;      /* partitions that the table has room for */
};

struct geometry {
	struct geometry_disk disk;
	uint64_t alignment; /* sectors; new partitions start at multiples, where that is possible */
	struct geometry_extent *partitions; /* sorted by number; owned */
	size_t count;
};

/**
 * geometry_blank - a disk whose table is yet to be made, as sgdisk makes it.
 * @sectors: of @sector_bytes each
 *
 * Return: 0; -ENOSPC (ERROR_INPUT) when two tables and one sector do not fit.
 */
int geometry_blank(struct geometry_disk *ret, uint64_t sectors, uint32_t sector_bytes,
		   struct error *err);

/**
 * geometry_init - a table to calculate with; the alignment follows from the partitions that are
 * there, and is not changed by what is done to them later.
 * @partitions: copied
 */
void geometry_init(struct geometry *geometry, const struct geometry_disk *disk,
		   const struct geometry_extent *partitions, size_t count);
void geometry_done(struct geometry *geometry);

/** geometry_find - the partition @number; NULL when there is none; borrowed until a change. */
const struct geometry_extent *geometry_find(const struct geometry *geometry, unsigned number);

/** geometry_delete - forget the partition @number; none is fine. */
void geometry_delete(struct geometry *geometry, unsigned number);

/**
 * geometry_create - sgdisk's --new=<number>:<start>:+<size>.
 * @start: 0 is the aligned start of the largest free block; another one is moved to the alignment
 *	where the sectors between are free
 * @size: sectors, counted from @start before it is moved; 0 reaches to the end of the largest free
 *	block, wherever @start is
 *
 * Return: 0; -ENOSPC (ERROR_INPUT) when sgdisk refuses: number used or beyond the table, or
 * sectors used or outside the disk.
 */
int geometry_create(struct geometry *geometry, unsigned number, uint64_t start, uint64_t size,
		    struct error *err);

/** geometry_sectors - @mib as sectors.  Return: 0; -ERANGE (ERROR_INPUT) on overflow. */
int geometry_sectors(uint64_t mib, uint32_t sector_bytes, uint64_t *ret, struct error *err);

/* One entry of a request, in the order in which it is to be made (number 0 last). */
struct geometry_wish {
	unsigned number;   /* 0: assigned */
	bool should_exist; /* false: deleted, and the number is free for others */
	bool keeps_place;  /* what is not given is taken from the partition that is there */
	bool has_start;
	bool has_size;
	uint64_t start; /* sectors; filled when it was absent or 0, as is @size */
	uint64_t size;
	bool does_not_fit; /* filled: the one because of which all of it failed */
};

/**
 * geometry_resolve - numbers and sectors of all @wishes at once: deletes first, then what should
 * exist, one after the other.
 *
 * @geometry holds the resulting table afterwards, also when it fails.
 *
 * Return: 0; -ENOSPC (ERROR_INPUT) as geometry_create(), the partition named.
 */
int geometry_resolve(struct geometry *geometry, struct geometry_wish *wishes, size_t count,
		     struct error *err);

DEFINE_DONE(struct geometry, geometry_done)

#endif
