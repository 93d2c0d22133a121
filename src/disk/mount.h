/*
 * mount - the filesystems of a request below the target root, and off again.
 *
 * Owns: spec ignition 6.8 and 6.9: which are mounted, in which order, on which directories.
 * Leaves to others: making them (disk/filesystem_plan).
 */
#ifndef SLIPWAY_DISK_MOUNT_H
#define SLIPWAY_DISK_MOUNT_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "base/plan.h"
#include "disk/request.h"

#define MOUNT_PHASE "mount"

/* Gives @path below the target root, and what is below it, the labels of the target's policy. */
typedef int mount_label_fn(const struct machine *machine, const char *path,
			   const struct event_observer *observer, struct error *err);

/* What a mount made on its way; in the plan's arena. */
struct mount_made {
	/* called for the first directory that had to be made, and for an empty filesystem; or NULL
	 */
	mount_label_fn *label;
	const char **directories; /* below the root, in the order they were made */
	size_t count;
};

/**
 * mount_plan - an operation for each filesystem of @requests that has a path, shallow ones first;
 * none for one that is mounted there already.
 * @made: filled while the operations are carried out; lives as long as @plan
 */
void mount_plan(const struct machine *machine, const struct filesystem_request *requests,
		size_t count, struct mount_made *made, struct plan *plan);

/** umount_plan - an operation for each of them that is mounted, deepest first. */
void umount_plan(const struct machine *machine, const struct filesystem_request *requests,
		 size_t count, struct plan *plan);

#endif
