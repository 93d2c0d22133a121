/*
 * gpt - the bytes of a GUID Partition Table (UEFI 2.10, 5.3) and of the MBR that protects it.
 *
 * Owns: finding and checking both copies without changing either, and blanking them.  Reading is
 * ours, because it must tell which copy is damaged, and must not be able to write.
 * Leaves to others: values and edits (disk/table), which also writes, with libfdisk.
 */
#ifndef SLIPWAY_DISK_GPT_H
#define SLIPWAY_DISK_GPT_H

#include <stdint.h>

#include "base/error.h"
#include "disk/table.h"

/* A disk or image to read. */
struct gpt_disk {
	int fd;		  /* borrowed */
	const char *name; /* for messages */
	uint64_t sectors;
	uint32_t sector_bytes;
};

/**
 * gpt_measure - sectors of @fd, a block device or an image file.
 * @sector_bytes: for image files, which have none of their own; 0: 512
 */
int gpt_measure(int fd, const char *name, uint32_t sector_bytes, struct gpt_disk *ret,
		struct error *err);

/**
 * gpt_read - fill @table from the copy that is whole, the primary first.
 * @table: empty; kind, flags, disk, guid and partitions are filled
 *
 * Return: 0, kind still TABLE_NONE when there is no trace of a GPT; -EUCLEAN (ERROR_INPUT) when
 * there is, and neither copy can be used; -errno.
 */
int gpt_read(const struct gpt_disk *disk, struct table *table, struct error *err);

/** gpt_blank - zeros over MBR and both copies, wherever the backup is. */
int gpt_blank(const struct gpt_disk *disk, struct error *err);

/**
 * gpt_follow_hybrid - the record of a hybrid MBR that mirrors a partition gets its new size.
 * @disk: its fd is open for writing
 * @start: of the partition, in sectors, by which the record is known
 * @size: as much of it as a record can say
 *
 * Return: 0, also where there is no such record; -errno.
 */
int gpt_follow_hybrid(const struct gpt_disk *disk, uint64_t start, uint64_t size,
		      struct error *err);

#endif
