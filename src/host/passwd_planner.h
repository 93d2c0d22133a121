/*
 * passwd_planner - what planning groups and planning users have in common.
 *
 * Owns: turning a call of a tool into an operation, copying an account of the image to /etc, where
 * a password hash goes, and how differences are worded.  Leaves to others: what differs
 * (host/passwd_groups, host/passwd_users).
 */
#ifndef SLIPWAY_HOST_PASSWD_PLANNER_H
#define SLIPWAY_HOST_PASSWD_PLANNER_H

#include "host/passwd.h"
#include "host/passwd_call.h"
#include "host/passwd_hash.h"
#include "host/passwd_words.h"

#define PASSWD_PHASE	    "files"
#define PASSWD_GROUPS_SCOPE "ensureGroups"
#define PASSWD_USERS_SCOPE  "ensureUsers"

/* What of an existing account is not as asked. */
enum passwd_difference {
	DIFFERS_UID = 1 << 0,
	DIFFERS_GID = 1 << 1,
	DIFFERS_PRIMARY = 1 << 2,
	DIFFERS_GROUPS = 1 << 3,
	DIFFERS_GECOS = 1 << 4,
	DIFFERS_HOME = 1 << 5,
	DIFFERS_SHELL = 1 << 6,
	DIFFERS_HASH = 1 << 7,
};

struct passwd_planner {
	struct plan *plan;
	const struct host_plan_params *params;
	unsigned flags;	      /* enum passwd_flag */
	bool has_user_groups; /* useradd makes one for each user */
	char *default_home;   /* parent of new homes; owned */
};

/** passwd_planner_init - read the target's settings; release with passwd_planner_done(). */
void passwd_planner_init(struct passwd_planner *planner, struct plan *plan,
			 const struct host_plan_params *params, unsigned flags);
void passwd_planner_done(struct passwd_planner *planner);

/** passwd_planner_copy - @s as a C string in the plan's arena. */
char *passwd_planner_copy(const struct passwd_planner *planner, struct slice s);

/** passwd_planner_log - "adding group \"x\"", for struct operation.log_text. */
const char *passwd_planner_log(const struct passwd_planner *planner, const char *what,
			       struct slice name);

/** passwd_planner_changes - "change uid, shell", from bits of enum passwd_difference. */
const char *passwd_planner_changes(const struct passwd_planner *planner, unsigned differences);

/** passwd_planner_words - no words yet; in the plan's arena, for the plan's root. */
struct passwd_words passwd_planner_words(const struct passwd_planner *planner);

/** passwd_planner_way - where password hashes go. */
enum passwd_hash_way passwd_planner_way(const struct passwd_planner *planner);

struct passwd_planned_hash {
	const struct operation_class *class; /* of host/passwd_hash */
	struct slice name;
	struct slice hash;
	const char *what; /* for the log, as in passwd_planner_log() */
	bool is_change;	  /* as in struct passwd_hash */
	struct origin origin;
};

/** passwd_planner_hash - add the operation that sets a hash apart from its tool. */
void passwd_planner_hash(const struct passwd_planner *planner,
			 const struct passwd_planned_hash *planned);

struct passwd_planned_call {
	enum passwd_action action;
	struct slice name;
	struct origin origin;
	const struct passwd_words *words;
	const char *parent; /* as in struct passwd_call */
	const char *summary;
	const char *log_text;
	const char *receipt; /* as in struct operation */
};

/** passwd_planner_call - add the operation.  Return: 0; -ENOENT when its tool is not in PATH. */
int passwd_planner_call(const struct passwd_planner *planner,
			const struct passwd_planned_call *call, struct error *err);

/** passwd_planner_adopt_user - copy @user to /etc first, if he is only in the image. */
void passwd_planner_adopt_user(const struct passwd_planner *planner,
			       const struct account_user *user, const struct origin *origin);

/** passwd_planner_adopt_group - as passwd_planner_adopt_user(). */
void passwd_planner_adopt_group(const struct passwd_planner *planner,
				const struct account_group *group, const struct origin *origin);

/** passwd_planner_wrap - put the place in the config and "user core" before what is wrong. */
int passwd_planner_wrap(struct error *err, int r, const struct origin *origin, const char *what,
			struct slice name);

DEFINE_DONE(struct passwd_planner, passwd_planner_done)

#endif
