/*
 * device_use - who uses a block device.
 *
 * Owns: mounts (by device number; of btrfs with several devices too), swap, and devices that are
 * made of it (dm, md, bcache).
 */
#ifndef SLIPWAY_DISK_DEVICE_USE_H
#define SLIPWAY_DISK_DEVICE_USE_H

#include <stddef.h>

#include "base/error.h"
#include "base/machine.h"
#include "disk/device.h"

enum device_use_kind {
	DEVICE_USE_MOUNT,
	DEVICE_USE_SWAP,
	DEVICE_USE_HOLDER, /* dm, md, bcache …: a device that is made of it */
	DEVICE_USE_COUNT,
};

struct device_use {
	enum device_use_kind kind;
	char *who; /* "/var/lib", "dm-0 (vg-root)", "md127"; owned */
};

struct device_uses {
	struct device_use *uses; /* owned */
	size_t count;
};

/**
 * device_uses_find - who uses @device itself (not its partitions).
 * @ret: release with device_uses_done(); empty when it is free
 */
int device_uses_find(const struct machine *machine, const struct device *device,
		     struct device_uses *ret, struct error *err);
void device_uses_done(struct device_uses *uses);

/** device_use_text - "mounted on /var", "used as swap", "held by md127"; freed with free(). */
char *device_use_text(const struct device_use *use);

DEFINE_DONE(struct device_uses, device_uses_done)

#endif
