/*
 * partition_plan - the operations that bring the partitions of one disk into being.
 *
 * Owns: looking at the disk and at who uses it, refusing what would destroy something in use
 * before anything is written, and the operations: one for each partition that is deleted, created
 * or resized, and one write of the table, after which the kernel knows it.
 * Leaves to others: what becomes of each partition (disk/partition).
 */
#ifndef SLIPWAY_DISK_PARTITION_PLAN_H
#define SLIPWAY_DISK_PARTITION_PLAN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/history.h"
#include "base/machine.h"
#include "base/plan.h"
#include "disk/device.h"
#include "disk/request.h"
#include "disk/table.h"

#define PARTITION_PHASE "partitions"

/* A disk as it is and as it will be: for plans of what is on partitions that are yet to be made. */
struct partition_layout {
	char *path;	      /* as it was asked for; owned, as is all here */
	struct device device; /* name NULL for an image file, which nobody can use */
	char *node;	      /* of the device, or the path of the image */
	struct table *before;
	struct table *after; /* kind TABLE_NONE: no label will be there */
	/*
	 * Held from the first write until the layout is freed, so that udev does not look at the
	 * disk before its filesystems are made; -1 until then.
	 */
	int lock_fd;
};

struct partition_plan_params {
	const struct machine *machine;
	/* The device must be there (device_wait()); a regular file is an image. */
	const struct disk_request *request;
	const struct history *history; /* of earlier runs; NULL: this is the first */
};

/**
 * partition_plan - add the operations for @params->request to @plan; none when the disk is as asked
 * for.
 * @ret: borrowed by the operations; free with partition_layout_free() after they were carried out
 *
 * Where an earlier run has written its table, that is not wiped again, and its partitions are left
 * alone; a write that was cut off is done again.
 *
 * Return: 0; -EBUSY (ERROR_BUSY) when something in use would be changed; -EROFS (ERROR_INPUT) when
 * something has to be written and cannot; -EINVAL (ERROR_INPUT) for a label that is no GPT; else as
 * partition_decide(), table_read(); @plan unchanged then.
 */
int partition_plan(const struct partition_plan_params *params, struct plan *plan,
		   struct partition_layout **ret, struct error *err);
void partition_layout_free(struct partition_layout *layout);

/**
 * partition_layout_find - the partition that @path will name: by its node, by-partlabel or
 * by-partuuid; NULL when there will be none of that name on this disk; borrowed.
 */
const struct table_partition *partition_layout_find(const struct partition_layout *layout,
						    const char *path);

DEFINE_RELEASE(struct partition_layout *, partition_layout_free)

#endif
