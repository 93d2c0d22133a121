/*
 * device - block devices by name: which one is meant, what it is, who uses it.
 *
 * Owns: names that udev would make (/dev/disk/by-*) resolved from sysfs and libblkid where udev has
 * not made them; facts from sysfs; users of a device; the bounded wait for one.
 * Leaves to others: what is on it (disk/probe, disk/table).
 */
#ifndef SLIPWAY_DISK_DEVICE_H
#define SLIPWAY_DISK_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"

/* Waits of a platform are no longer than this unless the caller says so. */
#define DEVICE_WAIT_MS 300000

struct device {
	char *node; /* canonical: "/dev/sda9"; owned, as all strings here */
	char *name; /* kernel's: "sda9", "cciss!c0d0" */
	dev_t number;
	uint64_t size_bytes;
	uint32_t sector_bytes;	 /* logical */
	uint32_t physical_bytes; /* physical sector */
	bool is_read_only;
	bool is_removable;
	char *dm_name;		   /* NULL when it is no device-mapper device */
	char *parent;		   /* kernel name of the whole disk; NULL when it is one */
	unsigned partition_number; /* 0 when it is a whole disk */
};

/**
 * device_find - look @path up and read its facts.
 * @path: a node, a link to one, or a name below /dev/disk/by-{label,uuid,partlabel,partuuid,id,
 *	path} that need not exist as a link
 * @ret: release with device_done()
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when nothing has that name; -ENOTBLK (ERROR_INPUT) when it
 * is no block device; -ENOTUNIQ (ERROR_INPUT) when several devices have that label.
 */
int device_find(const struct machine *machine, const char *path, struct device *ret,
		struct error *err);
void device_done(struct device *device);

/** device_disk - the whole disk of @device, itself when it is one; release with device_done(). */
int device_disk(const struct machine *machine, const struct device *device, struct device *ret,
		struct error *err);

/**
 * device_wait - device_find() that waits.
 * @observer: hears EVENT_WAIT when it begins to wait, and now and then
 *
 * Return: as device_find(), but -ETIMEDOUT (ERROR_TIMEOUT) instead of -ENOENT.
 */
int device_wait(const struct machine *machine, const char *path, int64_t timeout_ms,
		const struct event_observer *observer, struct device *ret, struct error *err);

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
 * device_uses_find - who uses @name itself (not its partitions).
 * @name: kernel's
 * @ret: release with device_uses_done(); empty when it is free
 */
int device_uses_find(const struct machine *machine, const char *name, struct device_uses *ret,
		     struct error *err);
void device_uses_done(struct device_uses *uses);

/** device_use_text - "mounted on /var", "used as swap", "held by md127"; freed with free(). */
char *device_use_text(const struct device_use *use);

DEFINE_DONE(struct device, device_done)
DEFINE_DONE(struct device_uses, device_uses_done)

#endif
