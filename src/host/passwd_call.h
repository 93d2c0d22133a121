/*
 * passwd_call - one call of a tool of the shadow suite, as an operation.
 *
 * Owns: the classes of these operations, checking before the call that the account is (not) there
 * as the plan found it, lock files that an interrupted run left behind, and what to do when the
 * databases are locked.  Leaves to others: whether a call is needed (host/passwd), its words
 * (host/passwd_words), the process (base/command).
 */
#ifndef SLIPWAY_HOST_PASSWD_CALL_H
#define SLIPWAY_HOST_PASSWD_CALL_H

#include "base/plan.h"

enum passwd_action {
	PASSWD_GROUP_ADD,
	PASSWD_GROUP_CHANGE,
	PASSWD_GROUP_REMOVE,
	PASSWD_USER_ADD,
	PASSWD_USER_CHANGE,
	PASSWD_USER_REMOVE,
	PASSWD_USER_PASSWORD,
	PASSWD_USER_DISCARD, /* of what an interrupted useradd left */
	PASSWD_ACTION_COUNT,
};

/* Detail of the operation; lives in the plan's arena. */
struct passwd_call {
	enum passwd_action action;
	const char *name;
	const char *const *argv;
	uint64_t secrets;   /* as struct command.secrets */
	const char *parent; /* directory made first, as usermod only renames; or NULL */
};

/** passwd_call_class - the class of operations of @action; their detail is a struct passwd_call. */
const struct operation_class *passwd_call_class(enum passwd_action action);

#endif
