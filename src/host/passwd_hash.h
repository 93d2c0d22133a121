/*
 * passwd_hash - the password hash of an account, put where no process list shows it.
 *
 * usermod takes a hash as a word, which every user of the machine can read while it runs; chpasswd
 * reads it, but is in few initramfs, and dates the row of a user who was just made anew.  So the
 * field is written by us, under the lock of the shadow suite; all else of the row is the suite's.
 *
 * Owns: in which database the hash stands, and the day of its change.
 */
#ifndef SLIPWAY_HOST_PASSWD_HASH_H
#define SLIPWAY_HOST_PASSWD_HASH_H

#include "base/plan.h"

/* Detail of the operations below; lives in the plan's arena. */
struct passwd_hash {
	const char *name;
	const char *hash; /* secret */
	/* The account was there before: its password is dated as usermod does it. */
	bool is_change;
};

extern const struct operation_class passwd_hash_user_class;
extern const struct operation_class passwd_hash_group_class;

#endif
