/*
 * request - what a caller wants the target root to hold.
 *
 * Owns: plain values that src/ignition/lower (and installer, image builder) fills; nothing here
 * knows a config format.  Everything is borrowed from whoever made the request and outlives the
 * plan.
 */
#ifndef SLIPWAY_HOST_REQUEST_H
#define SLIPWAY_HOST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/content.h"
#include "base/source.h"
#include "base/text.h"

enum host_tristate {
	HOST_UNSET,
	HOST_NO,
	HOST_YES,
};

/* Owner of a node: an id, a name to look up in the target, or neither (keep, or 0 when new). */
struct host_owner {
	bool has_id;
	int64_t id;
	struct slice name;
};

enum host_node_kind {
	HOST_DIRECTORY,
	HOST_FILE,
	HOST_SYMLINK,
	HOST_HARDLINK,
};

struct node_request {
	enum host_node_kind kind;
	bool overwrite;
	bool has_mode;
	mode_t mode; /* 07777 at most */
	struct origin origin;
	struct slice path; /* absolute, clean */
	struct host_owner user;
	struct host_owner group;
	const struct content *contents; /* file: NULL keeps what is there, or makes an empty file */
	const struct content *append;	/* file: array of fragments */
	size_t append_count;
	struct slice target; /* links */
};

struct group_request {
	struct origin origin;
	struct slice name;
	bool has_gid;
	int64_t gid;
	struct slice password_hash; /* secret; absent: unset */
	bool is_system;
	bool should_exist;
};

struct user_request {
	struct origin origin;
	struct slice name;
	bool has_uid;
	int64_t uid;
	struct slice password_hash; /* secret; absent: unset, empty: "*" */
	struct slice gecos;	    /* the following: empty means not given */
	struct slice home_dir;
	struct slice primary_group;
	struct slice shell;
	const struct slice *groups;
	size_t group_count;
	const struct slice *ssh_keys;
	size_t ssh_key_count;
	bool no_create_home;
	bool no_user_group;
	bool no_log_init;
	bool is_system;
	bool should_exist;
};

struct dropin_request {
	struct slice name;
	struct slice contents; /* absent: skip; empty: an empty file */
};

struct unit_request {
	struct origin origin;
	struct slice name;
	struct slice contents; /* empty or absent: no unit file is written */
	const struct dropin_request *dropins;
	size_t dropin_count;
	enum host_tristate enabled;
	enum host_tristate mask;
};

struct kargs_request {
	struct origin origin;
	const struct slice *should_exist;
	size_t should_exist_count;
	const struct slice *should_not_exist;
	size_t should_not_exist_count;
};

#endif
