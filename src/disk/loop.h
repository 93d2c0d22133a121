/*
 * loop - an image file as a block device.
 *
 * Owns: attaching and detaching of loop devices.  Partition nodes of one that was attached here go
 * away with it (LO_FLAGS_PARTSCAN): otherwise they show up on the next image that gets its number.
 */
#ifndef SLIPWAY_DISK_LOOP_H
#define SLIPWAY_DISK_LOOP_H

#include <stdint.h>

#include "base/error.h"

enum loop_flag {
	LOOP_READ_ONLY = 1 << 0,
	LOOP_AUTOCLEAR = 1 << 1, /* gone with the last descriptor and mount */
};

struct loop {
	int fd;	    /* of the device; owned */
	char *node; /* "/dev/loop3"; owned */
};

#define LOOP_INIT ((struct loop){ .fd = -1 })

struct loop_params {
	const char *path;      /* of the file */
	uint32_t sector_bytes; /* 512 or 4096 …; 0: 512 */
	unsigned flags;	       /* enum loop_flag */
	uint64_t offset_bytes; /* where the device begins in the file */
	uint64_t size_bytes;   /* 0: up to the end */
};

/**
 * loop_attach - make a loop device of a file, or of a part of one.
 * @ret: release with loop_done(), which does not detach
 *
 * Return: 0; -errno; -EBUSY when others were faster too many times.
 */
int loop_attach(const struct loop_params *params, struct loop *ret, struct error *err);

/** loop_detach - give the device back; one in use goes when its last user does. */
int loop_detach(struct loop *loop, struct error *err);
void loop_done(struct loop *loop);

DEFINE_DONE(struct loop, loop_done)

#endif
