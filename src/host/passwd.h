/*
 * passwd - groups, users and their SSH keys (spec ignition 6.11).
 *
 * Owns: which of groupadd, groupmod, groupdel, useradd, usermod, userdel is called for what.  A
 * user or group that is already as asked gets no operation; one that differs gets all of upstream's
 * words.  Leaves to others: the words (host/passwd_words), the calls (host/passwd_call), the
 * authorized_keys file (host/passwd_keys).
 *
 * Refused while planning, because a tool would refuse it half-way: values that /etc/passwd cannot
 * hold, ids that somebody else has, groups that do not exist, a user whose own group exists
 * already, a home that cannot be moved, a tool that is not in PATH.
 *
 * Accounts that only the image's read-only databases know: they exist for lookups.  Asked for as
 * they are, they get no operation.  To be changed, or to gain a member, they are first copied to
 * /etc by an operation of their own (host/passwd_adopt), where upstream's usermod fails.  They
 * cannot be removed: asking for it is refused with -EROFS.
 *
 * A user whom an interrupted useradd left without shadow entry, group or home is removed and made
 * again, if the receipt of its user.add says that he is ours.
 */
#ifndef SLIPWAY_HOST_PASSWD_H
#define SLIPWAY_HOST_PASSWD_H

#include "host/node.h"

enum passwd_flag {
	/* authorized_keys.d/ignition instead of authorized_keys. */
	PASSWD_KEYS_FRAGMENT = 1 << 0,
	/* Password hashes are put into the databases by us, never into a process list. */
	PASSWD_HASH_HIDDEN = 1 << 1,
};

/**
 * host_plan_groups - operations for @requests in their order.
 * @flags: enum passwd_flag
 *
 * Return: 0; -EINVAL, -ERANGE, -EEXIST, -ENOENT, -EROFS (ERROR_INPUT); -ENOENT (ERROR_NOT_FOUND)
 * when a tool is missing.  Messages begin with the place in the config and the account's name.
 */
int host_plan_groups(struct plan *plan, const struct host_plan_params *params,
		     const struct group_request *requests, size_t count, unsigned flags,
		     struct error *err);

/** host_plan_users - each user, then his keys.  Return: as host_plan_groups(). */
int host_plan_users(struct plan *plan, const struct host_plan_params *params,
		    const struct user_request *requests, size_t count, unsigned flags,
		    struct error *err);

#endif
