/*
 * btrfs - the devices of a mounted btrfs, which mountinfo does not tell: it names one of them.
 *
 * Owns: /sys/fs/btrfs.
 */
#ifndef SLIPWAY_DISK_BTRFS_H
#define SLIPWAY_DISK_BTRFS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/machine.h"

/** A mounted btrfs, wherever it is mounted. */
struct btrfs {
	char **devices; /* kernel's names, "sda9"; owned */
	size_t count;
};

/**
 * btrfs_find - the mounted btrfs that the device named @name is part of.
 * @ret: release with btrfs_done(); empty when there is none
 */
void btrfs_find(const struct machine *machine, const char *name, struct btrfs *ret);
void btrfs_done(struct btrfs *btrfs);

/** btrfs_has - whether @name is one of its devices. */
bool btrfs_has(const struct btrfs *btrfs, const char *name);

DEFINE_DONE(struct btrfs, btrfs_done)

#endif
