/*
 * work - what the parts of one resize share.
 *
 * Owns: the plan, the limits, and the disks that stay locked from the first write to a table until
 * the filesystems on it are grown, so that udev does not look at them in between.
 */
#ifndef SLIPWAY_RESIZE_WORK_H
#define SLIPWAY_RESIZE_WORK_H

#include <stdint.h>

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "base/plan.h"

/* New ends are multiples of it, as those of all partitions that are made here. */
#define RESIZE_GRAIN_BYTES ((uint64_t)1 << 20)
/* Less is left alone: that makes a run at every boot quiet. */
#define RESIZE_MINIMUM_BYTES ((uint64_t)2 << 20)

struct resize_hold {
	char *node; /* owned */
	int fd;	    /* open for writing, locked; owned */
};

struct resize_work {
	struct machine *machine; /* borrowed */
	const struct event_observer *observer;
	struct plan *plan; /* owned */
	uint64_t grain_bytes;
	uint64_t minimum_bytes;	   /* a partition that would gain less is left alone */
	struct resize_hold *holds; /* owned */
	size_t hold_count;
};

/**
 * work_hold - open the disk @node for writing and lock it, unless that was done before.
 *
 * Return: its descriptor, borrowed until work_release(); -ETIMEDOUT when another program holds it;
 * -errno.
 */
int work_hold(struct resize_work *work, const char *node, struct error *err);

/** work_release - let go of all disks. */
void work_release(struct resize_work *work);

/** work_done - release disks and plan. */
void work_done(struct resize_work *work);

/** work_size_text - "4 GiB -> 64 GiB", in the plan's arena. */
const char *work_size_text(const struct resize_work *work, uint64_t from_bytes, uint64_t to_bytes);

DEFINE_DONE(struct resize_work, work_done)

#endif
