/*
 * writer - the bytes of an image, in order, to a disk.
 *
 * Owns: direct writes of aligned buffers without a copy, runs of zeros told to the disk instead of
 * sent (BLKZEROOUT, which leaves zeros for certain, wherever the disk had something before), a last
 * part that is no whole sector, and how much is on the disk.
 * Leaves to others: where the bytes come from (installer/stream), which are held back.
 */
#ifndef SLIPWAY_INSTALLER_WRITER_H
#define SLIPWAY_INSTALLER_WRITER_H

#include <stdint.h>

#include "base/error.h"
#include "installer/target.h"

/* Shorter runs of zeros are written: a call of its own costs more. */
#define WRITER_ZEROS_MIN ((size_t)1 << 20)

struct writer {
	const struct target *target; /* borrowed */
	uint64_t offset;	     /* of the next byte; starts at a multiple of the sector */
	uint64_t limit;		     /* nothing is written from here on */
	uint64_t zeros_begin;	     /* a run of zeros that is not told yet, up to offset */
	uint64_t durable_bytes;	     /* that the disk has taken, zeros told included */
};

/**
 * writer_write - the next @length bytes.
 * @data: begins at a multiple of RING_ALIGNMENT; only the last one may be no whole sectors
 *
 * Return: 0; -ENOSPC (ERROR_INPUT) when they reach the limit; -errno with the disk and the byte.
 */
int writer_write(struct writer *writer, const void *data, size_t length, struct error *err);

/** writer_finish - tell what is not told yet, and flush.  Return: 0; -errno. */
int writer_finish(struct writer *writer, struct error *err);

#endif
