/*
 * filesystem_grower - what one format adds to disk/filesystem_grow.
 *
 * Owns: the interface of a format, and what the formats share.  Each is one const struct in a file
 * of its own, listed in filesystem_grow.c.
 */
#ifndef SLIPWAY_DISK_FILESYSTEM_GROWER_H
#define SLIPWAY_DISK_FILESYSTEM_GROWER_H

#include <sys/types.h>

#include "disk/filesystem_grow.h"

struct filesystem_grower {
	const char *type;
	/* As filesystem_size(). */
	int (*size)(const struct filesystem_place *place, uint64_t device_bytes,
		    struct filesystem_size *ret, struct error *err);
	/* Grow it while it is mounted; place->mount_fd is a directory of it. */
	int (*grow_mounted)(const struct filesystem_place *place,
			    const struct filesystem_size *size, struct error *err);
	/* Grow it while it is not; NULL: grower_grow_hidden() always can. */
	int (*grow_unmounted)(const struct filesystem_place *place,
			      const struct filesystem_size *size,
			      const struct event_observer *observer, struct error *err);
};

extern const struct filesystem_grower filesystem_grower_btrfs;
extern const struct filesystem_grower filesystem_grower_ext4;
extern const struct filesystem_grower filesystem_grower_xfs;

/** grower_grow_hidden - mount it where nobody sees it, and grow it there. */
int grower_grow_hidden(const struct filesystem_grower *grower, const struct filesystem_place *place,
		       const struct filesystem_size *size, struct error *err);

/** grower_read - @length bytes of the superblock, at @offset of the device. */
int grower_read(const struct filesystem_place *place, off_t offset, void *buffer, size_t length,
		struct error *err);
/** grower_refuse - the superblock is not one of that type. */
int grower_refuse(const struct filesystem_place *place, struct error *err);
/** grower_busy - another program is resizing it. */
int grower_busy(const struct filesystem_place *place, struct error *err);

/* Little-endian numbers of a superblock. */
uint16_t grower_u16(const uint8_t *bytes);
uint32_t grower_u32(const uint8_t *bytes);
uint64_t grower_u64(const uint8_t *bytes);

#endif
