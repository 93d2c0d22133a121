/*
 * table_write - a label written once.
 *
 * Owns: libfdisk, which is told every number and decides none; what it would print becomes part of
 * the error.  What was written is read back with the reader of our own (disk/gpt) and compared.
 */
#ifndef SLIPWAY_DISK_TABLE_WRITE_H
#define SLIPWAY_DISK_TABLE_WRITE_H

#include <stdint.h>

#include "base/error.h"
#include "disk/table.h"

enum table_write_mode {
	TABLE_EDIT, /* entries that do not differ keep their bytes; a backup not at the end moves */
	TABLE_MAKE, /* a new label, whatever is there */
};

/**
 * table_write - make the label on @device say what @table says, in one write.
 * @fd: of @device, open for reading and writing; borrowed
 *
 * Return: 0; -errno, and then nothing or, after an error of the device, a part was written;
 * -EBUSY when the device no longer holds a GPT (TABLE_EDIT).
 */
int table_write(int fd, const char *device, const struct table *table, enum table_write_mode mode,
		struct error *err);

/**
 * table_zap - overwrite MBR and both copies of a GPT with zeros, readable or not.
 * @fd: as for table_write()
 * @sector_bytes: as for table_read()
 */
int table_zap(int fd, const char *device, uint32_t sector_bytes, struct error *err);

#endif
