/*
 * passwd_keys - what is written below a user's home, with no more than the user's rights.
 *
 * Owns: the authorized_keys file, and giving to the user the directories below the home that the
 * mount stage made (spec ignition 6.11).  The user may have filled the home with links: paths
 * cannot leave the root (base/root), and the user's rights bound what they reach inside.
 */
#ifndef SLIPWAY_HOST_PASSWD_KEYS_H
#define SLIPWAY_HOST_PASSWD_KEYS_H

#include "base/plan.h"
#include "host/accounts.h"

/* Detail of the operation of passwd_keys_class; lives in the plan's arena. */
struct passwd_keys {
	const char *user;
	const char *subpath; /* below the home: ".ssh/authorized_keys" */
	struct slice text;   /* whole file */
};

extern const struct operation_class passwd_keys_class;

/* Detail: the user's name, a C string; the operation's object is the directory. */
extern const struct operation_class passwd_home_class;

/**
 * passwd_keys_write - write the file now, as its user; no text removes it.
 * @user: of the accounts of the root of @machine
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the user has no home; -errno.
 */
int passwd_keys_write(const struct machine *machine, const struct account_user *user,
		      const struct passwd_keys *keys, struct error *err);

/** passwd_keys_is_done - whether the file of @user, who is there, is already as asked. */
bool passwd_keys_is_done(int root_fd, const struct account_user *user,
			 const struct passwd_keys *keys);

#endif
