/*
 * target - the disk that is installed to.
 *
 * Owns: resolving its name once; everything that speaks against writing to it, looked at through
 * every layer; and its descriptors, opened exclusively and locked, by which alone it is used from
 * then on: a name may come to mean another disk, a descriptor does not.
 * Leaves to others: what is on it (disk/table, disk/probe).
 */
#ifndef SLIPWAY_INSTALLER_TARGET_H
#define SLIPWAY_INSTALLER_TARGET_H

#include <stdint.h>

#include "base/error.h"
#include "base/machine.h"
#include "disk/device.h"
#include "disk/layer.h"

struct target {
	char *given;	      /* the name that was asked for; owned */
	struct device device; /* node and kernel's name: what it was resolved to */
	enum layer_kind kind; /* LAYER_DISK, LAYER_MULTIPATH, LAYER_ARRAY … */
	int fd;		      /* exclusive and locked; through the page cache: tables, ioctls */
	int direct_fd;	      /* the same disk for aligned writes past the page cache */
};

#define TARGET_INIT ((struct target){ .fd = -1, .direct_fd = -1 })

/**
 * target_examine - resolve @path, and refuse what must not be written to; nothing is opened for
 * writing.
 * @ret: descriptors are -1; release with target_done()
 *
 * All users are named in one message.
 *
 * Return: 0; -ENOENT; -ENOTBLK, -EINVAL (ERROR_INPUT): no block device, a partition, a boot area of
 * an eMMC, a path of a multipath device; -EROFS; -ENOMEDIUM; -EBUSY (ERROR_BUSY): mounted, swap,
 * held by another device, or what this system runs from.
 */
int target_examine(const struct machine *machine, const char *path, struct target *ret,
		   struct error *err);

/**
 * target_open - open the disk exclusively and lock it.
 *
 * Return: 0; -EBUSY (ERROR_BUSY) when another program has it, its process id told where it is
 * known, or somebody whom this process cannot see: another mount namespace; -ENOMEDIUM; -errno.
 */
int target_open(const struct machine *machine, struct target *target, struct error *err);

/**
 * target_refuse_source - an image must not be on the disk that it is written to.
 * @fd: of the image, a regular file or a block device
 *
 * Return: 0; -EBUSY (ERROR_INPUT).
 */
int target_refuse_source(const struct machine *machine, const struct target *target, int fd,
			 const char *path, struct error *err);

/** target_text - "/dev/disk/by-id/x (/dev/sda)", or the one name; freed with free(). */
char *target_text(const struct target *target);

/** target_done - let go of the disk. */
void target_done(struct target *target);

DEFINE_DONE(struct target, target_done)

#endif
