/*
 * grow_filesystem - the operation that makes a filesystem as large as its device.
 */
#ifndef SLIPWAY_RESIZE_GROW_FILESYSTEM_H
#define SLIPWAY_RESIZE_GROW_FILESYSTEM_H

#include "disk/filesystem_grow.h"
#include "disk/loop.h"
#include "resize/work.h"

/* Where the filesystem is, until its operation is carried out; strings are copied. */
struct grow_filesystem_target {
	const char *type;
	const char *node;	 /* its device; NULL: a part of an image file */
	const char *mount_point; /* NULL: it is not mounted */
	uint64_t mount_id;	 /* of what must be seen there */
	const char *image;	 /* the file, and where in it the partition is and will end */
	uint32_t sector_bytes;
	uint64_t offset_bytes;
};

extern const struct operation_class grow_filesystem_class;

/**
 * grow_filesystem_plan - add the operation when the filesystem could be larger.
 * @device_bytes: of its device, as it will be
 *
 * Return: 0; as filesystem_size(); -EPERM (ERROR_UNSUPPORTED) for an ext4 that recorded errors.
 */
int grow_filesystem_plan(struct resize_work *work, const struct grow_filesystem_target *target,
			 uint64_t device_bytes, struct error *err);

#endif
