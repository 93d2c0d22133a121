/*
 * table - the label (partition table) on a disk, as values.
 *
 * Owns: reading a label without writing anything, and changing it in memory.  A disk may be a block
 * device or an image file.
 * Leaves to others: its bytes (disk/gpt), where partitions go (disk/geometry), writing
 * (disk/table_write), telling the kernel (disk/kernel).
 */
#ifndef SLIPWAY_DISK_TABLE_H
#define SLIPWAY_DISK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/geometry.h"

/* Linux filesystem data: what sgdisk gives a new partition. */
#define TABLE_TYPE_LINUX "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
/* Text of a GUID with its NUL. */
#define TABLE_GUID_SIZE 37

enum table_kind {
	TABLE_NONE, /* no label */
	TABLE_GPT,
	TABLE_OTHER, /* DOS, or another that libblkid knows */
	TABLE_KIND_COUNT,
};

/* What is wrong or unusual with a GPT that could be read. */
enum table_flag {
	TABLE_PRIMARY_DAMAGED = 1 << 0,
	TABLE_BACKUP_DAMAGED = 1 << 1,
	TABLE_BACKUP_NOT_AT_END = 1 << 2, /* the disk was grown */
	TABLE_HYBRID_MBR = 1 << 3,
};

struct table_partition {
	unsigned number; /* from 1 */
	uint64_t start;	 /* sectors of the table */
	uint64_t size;
	char guid[TABLE_GUID_SIZE]; /* upper case */
	char type_guid[TABLE_GUID_SIZE];
	uint64_t attributes; /* UEFI 2.10, table 5.8 */
	char *name;	     /* UTF-8; owned */
};

struct table {
	enum table_kind kind;
	char *kind_name; /* "gpt", "dos" …; NULL without a label; owned */
	unsigned flags;	 /* enum table_flag */
	/* Usable sectors of the disk as it is now, not as it was when the label was made. */
	struct geometry_disk disk;
	char guid[TABLE_GUID_SIZE];
	struct table_partition *partitions; /* sorted by number; owned */
	size_t count;
};

/**
 * table_read - what is on @device; nothing is written.
 * @sector_bytes: for image files, which have none of their own; 0: as the device says, or 512
 * @ret: release with table_free(); of TABLE_OTHER only kind_name and disk are filled
 *
 * Return: 0; -errno; -EUCLEAN (ERROR_INPUT) when both copies of a GPT are damaged.
 */
int table_read(const char *device, uint32_t sector_bytes, struct table **ret, struct error *err);
/** table_read_fd - the same by a descriptor, which is borrowed; @device names it in messages. */
int table_read_fd(int fd, const char *device, uint32_t sector_bytes, struct table **ret,
		  struct error *err);
void table_free(struct table *table);

/** table_new - an empty GPT for @device, whose size and sectors it asks; nothing is written. */
int table_new(const char *device, uint32_t sector_bytes, struct table **ret, struct error *err);

/** table_copy - all of @table; release with table_free(). */
struct table *table_copy(const struct table *table);
/** table_find - the partition @number; NULL when there is none; borrowed until a change. */
struct table_partition *table_find(const struct table *table, unsigned number);
/** table_remove - forget the partition @number; none is fine. */
void table_remove(struct table *table, unsigned number);
/** table_put - add @partition, or replace the one with its number; the name is copied. */
void table_put(struct table *table, const struct table_partition *partition);

/** table_draw_guid - a random GUID (RFC 9562, version 4), upper case. */
int table_draw_guid(char ret[static TABLE_GUID_SIZE], struct error *err);
/** table_parse_guid - the canonical text of a GUID in any case.  Return: 0; -EINVAL. */
int table_parse_guid(const char *text, char ret[static TABLE_GUID_SIZE], struct error *err);

/** table_geometry - the table to calculate with; release with geometry_done(). */
void table_geometry(const struct table *table, struct geometry *ret);

/** table_flag_text - what is wrong, for a message: "its backup GPT is damaged". */
const char *table_flag_text(enum table_flag flag);

DEFINE_RELEASE(struct table *, table_free)

#endif
