/*
 * mounted - a mounted filesystem, with what it stands on.
 *
 * Owns: which devices a mount is of, and the operations that grow it from there up.
 */
#ifndef SLIPWAY_RESIZE_MOUNTED_H
#define SLIPWAY_RESIZE_MOUNTED_H

#include "disk/device.h"
#include "disk/mount_table.h"
#include "resize/work.h"

/* Which devices of a filesystem are grown; it has one, unless it is a btrfs. */
struct mounted_choice {
	const char *device; /* kernel's name of the only one; NULL: all of them */
	bool must_ask;	    /* only those whose partitions have the type that asks to be grown */
};

/**
 * mounted_is_chosen - whether it is a filesystem that can be grown, of which a device stands on
 * partitions that all ask to be.
 */
bool mounted_is_chosen(const struct machine *machine, const struct mount_entry *entry);

/**
 * mounted_plan - add the operations that grow the chosen devices of what is mounted, and then it.
 *
 * Return: 0; -EOPNOTSUPP, -EROFS (ERROR_UNSUPPORTED) for what is not grown; as stack_plan() and
 * grow_filesystem_plan().
 */
int mounted_plan(struct resize_work *work, const struct mount_entry *entry,
		 const struct mounted_choice *choice, struct error *err);

/** mounted_find - where the device is mounted, writable rather than not; NULL when it is not. */
const struct mount_entry *mounted_find(const struct machine *machine,
				       const struct mount_table *mounts,
				       const struct device *device);

/** mounted_is_repeated - whether another mount of the filesystem of mount @index is as good. */
bool mounted_is_repeated(const struct mount_table *mounts, size_t index);

#endif
