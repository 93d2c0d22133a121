/*
 * device - block devices by name: which one is meant, and what it is.
 *
 * Owns: finding a device by any of its names, its facts from sysfs, the bounded wait for one.
 * Leaves to others: names that udev has not made (disk/device_name), who uses it
 * (disk/device_use), what is on it (disk/probe, disk/table).
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

/** device_read - the facts of the device with the kernel's name @name; as device_find(). */
int device_read(const struct machine *machine, const char *name, struct device *ret,
		struct error *err);

/** device_read_number - the same by its number. */
int device_read_number(const struct machine *machine, dev_t number, struct device *ret,
		       struct error *err);

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

DEFINE_DONE(struct device, device_done)

#endif
