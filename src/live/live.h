/*
 * live - a config on the system that runs.
 *
 * Owns: the order of what is done there (spec configs 1.9) as one plan: host name, users, keys,
 * files, edited lines, units, jobs, the script.  Everything that can be refused is refused before
 * the first operation.
 * Leaves to others: each kind of operation (host, live/systemd, live/key_group, live/hostname),
 * doing them (ignition/apply), what a text asks for (config).
 */
#ifndef SLIPWAY_LIVE_LIVE_H
#define SLIPWAY_LIVE_LIVE_H

#include "base/machine.h"
#include "base/plan.h"
#include "config/live_model.h"
#include "fetch/prefetch.h"

struct live_params {
	const struct live_config *config; /* outlives the plan */
	struct machine *machine;	  /* whose root is the running "/" */
	struct prefetch *prefetch;	  /* delivers contents */
	const char *workspace;		  /* where scripts go */
	const struct event_observer *observer;
};

/**
 * live_plan - what has to be done.
 * @ret: freed with plan_free()
 *
 * Files that are as asked get no operation; commands, keys and scripts are asked for each time.
 *
 * Return: 0; what refused, ERROR_INPUT for what the config has wrong.
 */
int live_plan(const struct live_params *params, struct plan **ret, struct error *err);

#endif
