/*
 * layer - what a block device stands on.
 *
 * Owns: the walk down sysfs, from a mapped device or array to partitions and disks, bounded in
 * depth.  Looks and changes nothing.
 */
#ifndef SLIPWAY_DISK_LAYER_H
#define SLIPWAY_DISK_LAYER_H

#include <stddef.h>

#include "base/error.h"
#include "base/machine.h"
#include "disk/device.h"

enum layer_kind {
	LAYER_DISK, /* a whole disk */
	LAYER_PARTITION,
	LAYER_CRYPT,	 /* dm-crypt */
	LAYER_LVM,	 /* a logical volume */
	LAYER_MULTIPATH, /* a multipath map, or a partition of one */
	LAYER_VERITY,
	LAYER_INTEGRITY, /* dm-integrity, also below encryption that authenticates */
	LAYER_MAPPED,	 /* another device of device-mapper */
	LAYER_ARRAY,	 /* md */
	LAYER_KIND_COUNT,
};

struct layer {
	enum layer_kind kind;
	struct device device;
	struct layer *below; /* owned; a partition's disk is not one of them */
	size_t below_count;
};

/**
 * layer_read - the device with the kernel's name @name, and all below it.
 * @ret: release with layer_done()
 *
 * Return: 0; -ENOENT; -ELOOP (ERROR_UNSUPPORTED) when it is nested deeper than anything sensible.
 */
int layer_read(const struct machine *machine, const char *name, struct layer *ret,
	       struct error *err);
void layer_done(struct layer *layer);

/** layer_kind_text - "a logical volume", for messages. */
const char *layer_kind_text(enum layer_kind kind);

DEFINE_DONE(struct layer, layer_done)

#endif
