/*
 * relabel - SELinux labels for what was made in the target (spec ignition 6.15).
 *
 * Owns: whether the target has a policy, which paths get labels, and the words for setfiles.  A
 * target without RELABEL_CONFIG has no SELinux, and nothing is relabelled there.
 */
#ifndef SLIPWAY_HOST_RELABEL_H
#define SLIPWAY_HOST_RELABEL_H

#include "base/plan.h"
#include "host/accounts.h"
#include "host/request.h"

#define RELABEL_CONFIG "/etc/selinux/config"

/* What was asked for; all of it borrowed until the plan is made, users until it is applied. */
struct relabel_request {
	const struct machine *machine;
	const struct accounts *accounts; /* of the target as it is */
	const struct node_request *nodes;
	size_t node_count;
	const struct unit_request *units;
	size_t unit_count;
	const struct user_request *users;
	size_t user_count;
	size_t group_count;
	const char *further; /* one more path, which will be written anew; NULL: none */
	bool is_changing;    /* something of the others will be made or changed */
};

/**
 * host_plan_relabel - one call of setfiles, to be made when all of @request is there.  When nothing
 * changes it is for what has no label, so that a killed run is made good; mostly for nothing.
 *
 * For each path it is the first component that does not exist, or has no label, that is labelled
 * with all below it.  Accounts bring the databases in /etc and the homes of users.
 *
 * Return: 0; what accounts and resolving paths return.
 */
int host_plan_relabel(struct plan *plan, const struct relabel_request *request, struct error *err);

/**
 * relabel_now - label @path and what is below it, unless the target has no SELinux.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when RELABEL_CONFIG names no policy; as command_run().
 */
int relabel_now(const struct machine *machine, const char *path,
		const struct event_observer *observer, struct error *err);

#endif
