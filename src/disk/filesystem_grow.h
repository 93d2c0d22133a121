/*
 * filesystem_grow - making ext4, xfs and btrfs as large as their device, mounted or not.
 *
 * Owns: how large a filesystem is and could be, from its superblock or the kernel, by the rules of
 * each format for what is left over at the end; the ioctls that grow it online, of one that is not
 * mounted through a mount that nobody sees; and resize2fs for an ext4 that the kernel cannot grow.
 * Leaves to others: how large the device is or will be.
 */
#ifndef SLIPWAY_DISK_FILESYSTEM_GROW_H
#define SLIPWAY_DISK_FILESYSTEM_GROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/event.h"

/* Where a filesystem is. */
struct filesystem_place {
	const char *type; /* "ext4" */
	const char *node; /* the device; of a btrfs with several the one that matters */
	int mount_fd;	  /* a directory of it, mounted writable; -1: it is not mounted */
};

struct filesystem_size {
	uint64_t bytes; /* as it is; of a btrfs with several devices what it has on this one */
	uint64_t limit_bytes; /* as it can be made; equal when nothing is to be gained */
	uint32_t block_bytes; /* both are multiples of it */
	bool has_errors;      /* ext4: it recorded errors, and will not be grown */
	uint64_t groups;      /* xfs: allocation groups that it will have; 0: not told */
	bool is_unfinished;   /* xfs: copies of its superblock say another size; growing mends it */
};

/** filesystem_can_grow - whether @type is one of those. */
bool filesystem_can_grow(const char *type);

/**
 * filesystem_size - how large it is, and could be on a device of @device_bytes.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the superblock is not one of that type; -EOPNOTSUPP
 * (ERROR_UNSUPPORTED) for other types.
 */
int filesystem_size(const struct filesystem_place *place, uint64_t device_bytes,
		    struct filesystem_size *ret, struct error *err);

/**
 * filesystem_grow - make it as large as @size says, on a device that is large enough by now.
 *
 * Return: 0; -EPERM, -EROFS, -EBUSY … with the reason in @err; as command_run() for resize2fs.
 */
int filesystem_grow(const struct filesystem_place *place, const struct filesystem_size *size,
		    const struct event_observer *observer, struct error *err);

#endif
