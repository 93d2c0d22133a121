/*
 * raid_plan - the operations that make arrays, of devices that may be yet to be made.
 *
 * Owns: looking at the devices of an array and at who uses them, and the operation, which looks
 * again before it does anything and waits for the array.
 * Leaves to others: the decision and the words of mdadm (disk/raid).
 */
#ifndef SLIPWAY_DISK_RAID_PLAN_H
#define SLIPWAY_DISK_RAID_PLAN_H

#include <stddef.h>

#include "base/error.h"
#include "base/history.h"
#include "base/plan.h"
#include "disk/projection.h"
#include "disk/request.h"

#define RAID_PHASE "raids"

struct raid_plan_params {
	struct projection *projection; /* arrays that will be made are added */
	const struct raid_request *requests;
	size_t count;
	const struct history *history; /* NULL: this is the first run */
};

/**
 * raid_plan - add an operation to @plan for each array that is not there yet.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when a device is listed twice, under whatever names; as
 * raid_decide().
 */
int raid_plan(const struct raid_plan_params *params, struct plan *plan, struct error *err);

extern const struct operation_class raid_create_class;

#endif
