/*
 * files - the files stage: from a config to a tree.
 *
 * Owns: the order of its parts (spec ignition 6.10) in one plan, and what surrounds applying it.
 */
#ifndef SLIPWAY_IGNITION_FILES_H
#define SLIPWAY_IGNITION_FILES_H

#include "base/plan.h"
#include "config/model.h"
#include "fetch/prefetch.h"
#include "ignition/journal.h"
#include "ignition/profile.h"
#include "ignition/state.h"

struct files_params {
	const struct config *config; /* base and user, merged */
	struct machine *machine;     /* with a target root */
	struct prefetch *prefetch;   /* of contents; what is planned is expected of it */
	const struct profile *profile;
	const struct journal *journal; /* receipts of an earlier run; NULL: none */
	const struct state *state;     /* what earlier stages left; NULL: there were none */
	bool skips_accounts;	       /* groups and users are left as they are */
	bool keeps_result; /* what makes no change writes no report over that of the last run */
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
 * files_plan_labels - SELinux labels for what @changes makes, and for the result file; an empty
 * plan when there is nothing to label, or the profile labels nothing.
 * @changes: of files_plan(), not applied yet
 * @ret: for files_apply_labels() after result_write(); freed with plan_free()
 */
int files_plan_labels(const struct files_params *params, const struct plan *changes,
		      struct plan **ret, struct error *err);

/**
 * files_apply - apply @plan, then make all of it durable.
 * @journal: the one of the plan; NULL: none is kept
 */
int files_apply(const struct files_params *params, const struct plan *plan, struct journal *journal,
		struct error *err);

/** files_apply_labels - apply the plan of files_plan_labels(), and make it durable. */
int files_apply_labels(const struct files_params *params, const struct plan *labels,
		       struct error *err);

#endif
