/*
 * disks - the disks stage: from a config to partitions, arrays, volumes and filesystems.
 *
 * Owns: the order of its parts (spec ignition 6.3) in one plan, over the state that earlier
 * operations will have made, and the waits for devices before it.
 */
#ifndef SLIPWAY_IGNITION_DISKS_H
#define SLIPWAY_IGNITION_DISKS_H

#include "base/plan.h"
#include "disk/luks_key.h"
#include "disk/partition_plan.h"
#include "ignition/journal.h"
#include "ignition/lower.h"

struct disks_params {
	const struct config *config; /* base and user, merged */
	const struct profile *profile;
	struct machine *machine;
	struct prefetch *prefetch; /* of keys of volumes */
	struct luks_keyring *keys; /* of earlier runs; those of volumes are added to it */
	const struct event_observer *observer;
	struct journal *journal; /* of this provisioning; NULL: none is kept */
	int64_t wait_ms;	 /* for each device; 0: it must be there */
};

/* A plan, and what its operations and pictures of it need. */
struct disks_plan {
	struct plan *plan; /* owned, as is all here */
	struct partition_layout **layouts;
	size_t layout_count;
	struct disks_requests requests; /* in the plan's arena */
	struct history *history;	/* of the stage's earlier runs; NULL without a journal */
};

/**
 * disks_plan - what has to be done to the disks; nothing is written.
 * @ret: release with disks_plan_done(), which also lets go of the disks' locks
 *
 * Return: 0; what refused.
 */
int disks_plan(const struct disks_params *params, struct disks_plan *ret, struct error *err);
void disks_plan_done(struct disks_plan *plan);

/** disks_apply - carry @plan out; every filesystem is waited for to be ready. */
int disks_apply(const struct disks_params *params, const struct disks_plan *plan,
		struct error *err);

DEFINE_DONE(struct disks_plan, disks_plan_done)

#endif
