/*
 * passwd - groups, users and their SSH keys (spec ignition 6.11).
 *
 * Owns: which of groupadd, groupmod, groupdel, useradd, usermod, userdel, chpasswd is called with
 * which words, and the authorized_keys file.  A user or group that is already as asked gets no
 * operation.
 */
#ifndef SLIPWAY_HOST_PASSWD_H
#define SLIPWAY_HOST_PASSWD_H

#include "host/node.h"

enum passwd_flag {
	/* authorized_keys.d/ignition instead of authorized_keys. */
	PASSWD_KEYS_FRAGMENT = 1 << 0,
	/* Password hashes go to chpasswd's standard input, never into a process list. */
	PASSWD_HASH_ON_STDIN = 1 << 1,
};

/** host_plan_groups - operations for @requests in their order.  Return: as host_plan_nodes(). */
int host_plan_groups(struct plan *plan, const struct host_plan_params *params,
		     const struct group_request *requests, size_t count, unsigned flags,
		     struct error *err);

/** host_plan_users - users, then their keys.  Return: as host_plan_nodes(). */
int host_plan_users(struct plan *plan, const struct host_plan_params *params,
		    const struct user_request *requests, size_t count, unsigned flags,
		    struct error *err);

#endif
