/*
 * kernel - what the kernel knows about the partitions of a disk.
 *
 * Owns: BLKPG: adding, resizing and deleting exactly what differs between a table and sysfs, so
 * that a kernel that was told half of it heals on the next run, and partitions in use that do not
 * change are left alone.  The table is never read again by the kernel itself (BLKRRPART): that
 * fails on a disk in use, and removes all nodes where the kernel has no parser.
 * Also the lock on the whole disk and the notice to udev.
 */
#ifndef SLIPWAY_DISK_KERNEL_H
#define SLIPWAY_DISK_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "disk/table.h"

/* sysfs and BLKPG count in these, whatever the sectors of the disk are. */
#define KERNEL_SECTOR_BYTES 512

struct kernel_partition {
	unsigned number;
	uint64_t start; /* 512-byte sectors */
	uint64_t size;
	char *name; /* kernel's, as "sda9"; owned */
};

struct kernel_partitions {
	struct kernel_partition *partitions; /* sorted by number; owned */
	size_t count;
};

/**
 * kernel_partitions_read - the partitions that the kernel knows of @disk.
 * @disk: kernel name, as "sda"
 * @ret: release with kernel_partitions_done()
 */
int kernel_partitions_read(const struct machine *machine, const char *disk,
			   struct kernel_partitions *ret, struct error *err);
void kernel_partitions_done(struct kernel_partitions *partitions);

/** kernel_partition_name - "sda9", "nvme0n1p9"; freed with free(). */
char *kernel_partition_name(const char *disk, unsigned number);

/* What must be told, in this order. */
struct kernel_change {
	enum kernel_change_kind {
		KERNEL_DELETE,
		KERNEL_RESIZE,
		KERNEL_ADD,
	} kind;
	unsigned number;
	uint64_t start; /* 512-byte sectors; of the partition to be */
	uint64_t size;
};

/**
 * kernel_changes - what differs between @table and what the kernel knows; pure.
 *
 * A partition that keeps its start is resized (the kernel allows that in use), one that moves is
 * deleted and added.  Order: deletes, shrinks, growths, adds; so no step overlaps another.
 *
 * @ret: freed with free(); NULL when there is nothing to tell
 */
void kernel_changes(const struct table *table, const struct kernel_partitions *known,
		    struct kernel_change **ret, size_t *ret_count);

/**
 * kernel_tell - make the kernel know the partitions of @table, and check that it does.
 * @disk_fd: of the disk; borrowed
 *
 * Return: 0; -EBUSY when a partition that must go or move is in use; -EIO (ERROR_VERIFY) when the
 * kernel has something else afterwards, in upstream's words.
 */
int kernel_tell(const struct machine *machine, const char *disk, int disk_fd,
		const struct table *table, struct error *err);

/**
 * kernel_find - one partition that the kernel knows of @disk.
 * @ret: name is NULL
 *
 * Return: 0; -ENXIO (ERROR_BUSY) when the kernel does not know it.
 */
int kernel_find(const struct machine *machine, const char *disk, unsigned number,
		struct kernel_partition *ret, struct error *err);

/**
 * kernel_grow - make the kernel know that one partition has become larger; all others are left
 * alone.  Works while the partition is in use.
 * @want: its number, start and new size
 *
 * Return: 0, also when the kernel knows already; -ENXIO (ERROR_BUSY) when it does not know the
 * partition, or begins it elsewhere, or has a larger one; what the kernel refused with; -EIO as
 * kernel_tell().
 */
int kernel_grow(const struct machine *machine, const char *disk, int disk_fd,
		const struct kernel_partition *want, struct error *err);

/** kernel_verify - the check of kernel_tell() alone. */
int kernel_verify(const struct machine *machine, const char *disk, const struct table *table,
		  struct error *err);

/**
 * kernel_lock - flock the whole disk, which keeps udev from probing it half-written.
 *
 * The lock goes with the descriptor.  Return: 0; -ETIMEDOUT when another program held it for
 * @timeout_ms.
 */
int kernel_lock(int disk_fd, const char *device, int64_t timeout_ms,
		const struct event_observer *observer, struct error *err);

/**
 * kernel_share - loosen a lock of kernel_lock(), so that udev may look at the disk.
 *
 * udev takes a shared lock on the whole disk for every event of it or of its partitions, and puts
 * the event off while it cannot; programs that write take an exclusive one and stay out.
 */
int kernel_share(int disk_fd, const char *device, struct error *err);

/**
 * kernel_notify - have a "change" uevent sent for a device, and, where udev runs, wait until it has
 * handled that or @timeout_ms is over (which is no error: names are resolved without udev).
 * @name: kernel's, as "sda9"; no exclusive lock may be held on its disk
 */
int kernel_notify(const struct machine *machine, const char *name, int64_t timeout_ms,
		  struct error *err);

DEFINE_DONE(struct kernel_partitions, kernel_partitions_done)

#endif
