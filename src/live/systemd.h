/*
 * systemd - jobs for the system and service manager that runs.
 *
 * Owns: the operations and the calls of systemctl and systemd-run, and what their exit statuses
 * mean.
 * Leaves to others: the files of units (host/node), which jobs there are (live).
 */
#ifndef SLIPWAY_LIVE_SYSTEMD_H
#define SLIPWAY_LIVE_SYSTEMD_H

#include "base/plan.h"

/** systemd_plan_reload - the manager reads the files of its units anew. */
void systemd_plan_reload(struct plan *plan);

/** systemd_plan_enable - links for [Install] of @unit, over older ones. */
void systemd_plan_enable(struct plan *plan, struct slice unit, struct origin origin);

/**
 * systemd_plan_job - @verb, as "restart", for @unit, in the place of jobs that contradict it.
 *
 * A job that was taken and then failed is a warning: what failed is the unit, not the system that
 * was asked for.  A unit that does not exist or is masked fails the operation.
 */
void systemd_plan_job(struct plan *plan, struct slice verb, struct slice unit,
		      struct origin origin);

/** systemd_plan_script - run the program @path with bash as the transient unit @unit; not waited
 * for. */
void systemd_plan_script(struct plan *plan, const char *path, const char *unit,
			 struct origin origin);

/**
 * systemd_plan_unmask - remove @path (absolute, in the root) where it is empty or leads to
 * /dev/null; what is more than a mask stays, which is a warning.
 */
void systemd_plan_unmask(struct plan *plan, const struct machine *machine, struct slice path,
			 struct origin origin, const struct event_observer *observer);

#endif
