/*
 * table_image - the bytes of a label (partition table), made before any of them is written.
 *
 * Owns: making them in a file in memory that is as large as the disk, by the same code that writes
 * labels to disks; and writing them so that one whole copy is on the disk at every instant: the
 * backup, a flush, the primary, a flush.
 */
#ifndef SLIPWAY_DISK_TABLE_IMAGE_H
#define SLIPWAY_DISK_TABLE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "disk/table.h"

struct table_image {
	uint8_t *head; /* of the disk: MBR, primary GPT, and what came with them; owned */
	size_t head_bytes;
	uint8_t *tail; /* the backup GPT, up to the end of the disk; owned */
	size_t tail_bytes;
	uint64_t tail_offset;
};

/**
 * table_image_make - the bytes of @table.
 * @head: begins the disk, with a GPT of its own that becomes @table; absent: a new label in a MiB
 *of zeros.  Boot code, and a hybrid MBR, stay as they are.
 * @ret: release with table_image_done()
 *
 * Return: 0; as table_write().
 */
int table_image_make(const struct table *table, struct slice head, struct table_image *ret,
		     struct error *err);
void table_image_done(struct table_image *image);

enum table_image_order {
	TABLE_IMAGE_BACKUP_FIRST,  /* what was there stays valid until all is there */
	TABLE_IMAGE_PRIMARY_FIRST, /* what was there must not be used any more */
};

/**
 * table_image_write - both copies, each flushed before the next step.
 * @fd: of the disk, open for reading and writing; borrowed
 */
int table_image_write(int fd, const char *device, const struct table_image *image,
		      enum table_image_order order, struct error *err);

DEFINE_DONE(struct table_image, table_image_done)

#endif
