/*
 * filesystem_plan - the operations that make filesystems, on partitions that may be yet to be made.
 *
 * Owns: finding the bytes that a request's device has or will have, the refusal to overwrite what
 * is there or in use, and the operation, which looks again before it makes anything.
 * Leaves to others: the rule of reuse and mkfs itself (disk/filesystem).
 */
#ifndef SLIPWAY_DISK_FILESYSTEM_PLAN_H
#define SLIPWAY_DISK_FILESYSTEM_PLAN_H

#include <stddef.h>

#include "base/error.h"
#include "base/event.h"
#include "base/history.h"
#include "base/plan.h"
#include "disk/projection.h"
#include "disk/request.h"

#define FILESYSTEM_PHASE "filesystems"

struct filesystem_plan_params {
	const struct projection *projection;
	const struct filesystem_request *requests; /* borrowed by the operations */
	size_t count;
	const struct history *history;	       /* outlives the plan; NULL: this is the first run */
	const struct event_observer *observer; /* hears what is kept, and what is ambiguous */
};

/**
 * filesystem_plan - add an operation to @plan for each filesystem that is not there yet.
 *
 * A device that is neither there nor of a layout (an array, say) gets an operation that decides
 * when it is carried out.
 *
 * Each has the node that it will be on as its resource, and a UUID of its own.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when something else is there; -EBUSY (ERROR_BUSY) when a device
 * to be formatted is in use; -ENOENT (ERROR_NOT_FOUND) when its mkfs is missing; -EROFS
 * (ERROR_INPUT) when it cannot be written; the errors of all requests are joined by newlines, each
 * with its position.
 */
int filesystem_plan(const struct filesystem_plan_params *params, struct plan *plan,
		    struct error *err);

extern const struct operation_class filesystem_create_class;

#endif
