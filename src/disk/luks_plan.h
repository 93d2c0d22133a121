/*
 * luks_plan - the operations that make and open encrypted volumes.
 *
 * Owns: looking at the device of a volume, which may be yet to be made, and at who uses it; the
 * operation, which looks again.
 * Leaves to others: the decision (disk/luks), carrying it out (disk/luks_apply).
 */
#ifndef SLIPWAY_DISK_LUKS_PLAN_H
#define SLIPWAY_DISK_LUKS_PLAN_H

#include <stddef.h>

#include "base/error.h"
#include "base/history.h"
#include "base/plan.h"
#include "disk/luks_key.h"
#include "disk/projection.h"
#include "disk/request.h"

#define LUKS_PHASE "luks"

struct luks_plan_params {
	struct projection *projection; /* volumes that will be opened are added */
	const struct luks_request *requests;
	size_t count;
	const struct history *history; /* NULL: this is the first run */
	/*
	 * What an earlier run remembered; the operations add the keys that must be remembered, and
	 * borrow it.
	 */
	struct luks_keyring *keys;
	const struct event_observer *observer;
};

/**
 * luks_plan - add an operation to @plan for each volume that is not open yet.
 *
 * Return: 0; as luks_decide(), luks_header_read() but for a damaged header.
 */
int luks_plan(const struct luks_plan_params *params, struct plan *plan, struct error *err);

extern const struct operation_class luks_format_class;
extern const struct operation_class luks_open_class;

#endif
