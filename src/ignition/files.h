/*
 * files - the files stage: from a config to a tree.
 *
 * Owns: the order of its parts (spec ignition 6.10) in one plan, and what surrounds applying it.
 */
#ifndef SLIPWAY_IGNITION_FILES_H
#define SLIPWAY_IGNITION_FILES_H

#include "base/plan.h"
#include "config/model.h"
#include "fetch/supply.h"
#include "ignition/journal.h"
#include "ignition/profile.h"
#include "ignition/state.h"

struct files_params {
	const struct config *config; /* base and user, merged */
	struct machine *machine;     /* with a target root */
	struct supply *supply;	     /* of contents; what is planned is expected of it */
	const struct profile *profile;
	const struct journal *journal; /* receipts of an earlier run */
	const struct state *state;     /* what earlier stages left; NULL: there were none */
	const struct event_observer *observer;
};

/**
 * files_plan - groups, users, nodes, units: what has to be done on this target.
 * @ret: freed with plan_free()
 *
 * Return: 0; what refused, with the origin of what asked for it in the message.
 */
int files_plan(const struct files_params *params, struct plan **ret, struct error *err);

/**
 * files_apply - apply @plan, then make all of it durable.
 * @journal: the one of the plan
 */
int files_apply(const struct files_params *params, const struct plan *plan, struct journal *journal,
		struct error *err);

#endif
