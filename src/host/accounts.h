/*
 * accounts - users and groups of the target root, read from its files.
 *
 * Owns: /etc/passwd, group, shadow and gshadow of the target and the read-only databases that
 * images carry beside them (/usr/lib/passwd, /usr/lib/group: altfiles;
 * /usr/share/baselayout/passwd, group), plus what a plan will add.  Nothing is written here, and no
 * NSS of the running system is asked.
 *
 * A name in /etc hides the same name of the image, as "files altfiles" in nsswitch.conf does; of
 * two rows of one file the first counts.  Blank lines, comments and the "+" and "-" rows of NIS are
 * not accounts.
 */
#ifndef SLIPWAY_HOST_ACCOUNTS_H
#define SLIPWAY_HOST_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/scope.h"
#include "base/text.h"

struct account_user {
	const char *name;
	uint32_t uid;
	uint32_t gid;
	const char *gecos;
	const char *home;
	const char *shell;
	const char *password_hash; /* of shadow, else of passwd; secret */
	bool has_secret_row;	   /* of shadow */
	bool is_local;		   /* in /etc/passwd: usermod can change it */
	bool is_in_image;	   /* in a read-only database: cannot be removed */
	bool is_planned;	   /* will be there; ids may be unknown */
	bool has_ids;
};

struct account_group {
	const char *name;
	uint32_t gid;
	const char *password_hash;  /* of gshadow, else of group; secret */
	const char *const *members; /* NULL-terminated */
	bool has_secret_row;	    /* of gshadow */
	bool is_local;
	bool is_in_image;
	bool is_planned;
	bool has_id;
};

struct accounts;

/**
 * accounts_load - read the databases below @root_fd; missing files count as empty.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when a line of one of them is malformed: the message names file
 * and line and repeats nothing of it, for it may hold a password hash; -EFBIG.
 */
int accounts_load(int root_fd, struct accounts **ret, struct error *err);
void accounts_free(struct accounts *accounts);

/** accounts_reload - read again, as after users were made; planned entries are dropped. */
int accounts_reload(struct accounts *accounts, int root_fd, struct error *err);

/** accounts_find_user - by name; borrowed until the next reload; NULL when unknown. */
const struct account_user *accounts_find_user(const struct accounts *accounts, struct slice name);
/** accounts_find_group - by name, as accounts_find_user(). */
const struct account_group *accounts_find_group(const struct accounts *accounts, struct slice name);
/** accounts_find_group_by_id - NULL when unknown. */
const struct account_group *accounts_find_group_by_id(const struct accounts *accounts,
						      uint32_t gid);
/** accounts_user_at - the user at @index, from 0 in file order; NULL beyond the last. */
const struct account_user *accounts_user_at(const struct accounts *accounts, size_t index);
/** accounts_group_at - the group at @index, from 0 in file order; NULL beyond the last. */
const struct account_group *accounts_group_at(const struct accounts *accounts, size_t index);
/** accounts_find_user_by_id - NULL when unknown. */
const struct account_user *accounts_find_user_by_id(const struct accounts *accounts, uint32_t uid);
/** accounts_is_member - whether @user is a supplementary member of @group. */
bool accounts_is_member(const struct account_group *group, const char *user);

/**
 * accounts_plan_user - a user that an operation will make or change; @gid and @uid < 0: unknown, or
 * as they are; @home absent or empty: as it is.
 */
void accounts_plan_user(struct accounts *accounts, struct slice name, int64_t uid, int64_t gid,
			struct slice home);
/** accounts_plan_group - a group that an operation will make or change; @gid < 0: unknown, or as
 * is.
 */
void accounts_plan_group(struct accounts *accounts, struct slice name, int64_t gid);
/** accounts_plan_remove - a user or group that an operation will delete. */
void accounts_plan_remove_user(struct accounts *accounts, struct slice name);
void accounts_plan_remove_group(struct accounts *accounts, struct slice name);

DEFINE_RELEASE(struct accounts *, accounts_free)

#endif
