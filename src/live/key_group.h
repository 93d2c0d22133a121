/*
 * key_group - groups of SSH keys of one user, as update-ssh-keys keeps them.
 *
 * Owns: ~/.ssh/authorized_keys.d with one file for each group, and ~/.ssh/authorized_keys made of
 * all of them.  Keys that were in authorized_keys before there were groups become the group
 * KEY_GROUP_OLD.
 * Leaves to others: writing with no more than the user's rights (host/passwd_keys).
 */
#ifndef SLIPWAY_LIVE_KEY_GROUP_H
#define SLIPWAY_LIVE_KEY_GROUP_H

#include "base/plan.h"
#include "config/live_model.h"

#define KEY_GROUP_OLD "old_authorized_keys"

/**
 * key_group_plan - the group @keys takes the place of the one of its name.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for a name that is no file's.
 */
int key_group_plan(struct plan *plan, const struct live_keys *keys, struct error *err);

#endif
