/*
 * node_session - what the operations of one plan share while they run.
 *
 * Owns: the directory that the last operation worked in, which the next one mostly works in too,
 * and the accounts of the target for owners that did not exist when the plan was made.
 */
#ifndef SLIPWAY_HOST_NODE_SESSION_H
#define SLIPWAY_HOST_NODE_SESSION_H

#include "base/plan.h"
#include "host/accounts.h"
#include "host/request.h"

/* Not given: nobody changes it. */
#define NODE_ID_NONE (-1)

/* A user or group id, or a name that has one once the users of the plan were made. */
struct node_id {
	int64_t id;
	struct slice late_name; /* absent: @id holds */
};

struct node_owner {
	struct node_id user;
	struct node_id group;
};

struct node_session;

/** node_session_new - lives in the arena of @plan. */
struct node_session *node_session_new(struct plan *plan);

/** node_session_expect - one more operation will use it. */
void node_session_expect(struct node_session *session);

/**
 * node_session_leave - one operation has ended; after the last one, or one that failed, all that is
 * open is closed.
 * @r: how it ended
 */
void node_session_leave(struct node_session *session, int r);

/**
 * node_session_parent - root_open_parent() that remembers.
 *
 * Return: a descriptor that stays the session's, good until the next call; -errno.
 */
int node_session_parent(struct node_session *session, int root_fd, const char *path,
			const char **ret_name, struct error *err);

/* As chown(2) takes them: -1 changes nothing. */
struct node_ids {
	uid_t uid;
	gid_t gid;
};

/**
 * node_session_ids - the ids of @owner by now.
 *
 * Return: 0; -ENOENT when a name has no id.
 */
int node_session_ids(struct node_session *session, int root_fd, const struct node_owner *owner,
		     struct node_ids *ret, struct error *err);

#endif
