/*
 * node_detail - what the plan decides about one node, and the operations that carry it out.
 *
 * Owns: the seam between node_plan.c, which decides, node_state.c, which compares with what is
 * there, and node_apply.c, which does it.  Nobody else includes this.
 */
#ifndef SLIPWAY_HOST_NODE_DETAIL_H
#define SLIPWAY_HOST_NODE_DETAIL_H

#include <sys/stat.h>

#include "host/node.h"
#include "host/node_session.h"

#define NODE_DIRECTORY_MODE 0755
#define NODE_FILE_MODE	    0644

enum node_action {
	NODE_DIRECTORY_MAKE, /* or take the one that is there */
	NODE_DIRECTORY_SET,  /* owner and mode only */
	NODE_FILE_WRITE,
	NODE_FILE_APPEND,
	NODE_FILE_SET,
	NODE_SYMLINK_MAKE,
	NODE_SYMLINK_SET,
	NODE_HARDLINK_MAKE,
	NODE_ACTION_COUNT,
};

/* struct operation.detail */
struct node_detail {
	const struct node_request *request; /* borrowed */
	struct node_session *session;
	struct node_owner owner;
	const char *path;   /* resolved inside the root */
	const char *shown;  /* with the root's path in front, for messages */
	const char *target; /* of a hard link, resolved inside the root */
	bool replaces;	    /* whatever is there goes */
	bool has_mode;	    /* else: as it is, or as a new one is made */
	mode_t mode;
};

/** host_node_class - of the operations that do @action. */
const struct operation_class *host_node_class(enum node_action action);

/** host_node_accepts_target - whether a link to @existing is a link to @wanted, both cleaned. */
bool host_node_accepts_target(const char *existing, struct slice wanted);

/** host_node_is_local - whether all bytes of @request can be had without a network. */
bool host_node_is_local(const struct node_request *request);

/* Where to look for what @request asks for. */
struct node_look {
	int root_fd;
	const char *path; /* resolved inside the root */
	const struct node_request *request;
	const struct event_observer *observer; /* of the delivery of contents */
};

/** host_node_has_contents - whether the file holds contents and fragments, and nothing else. */
int host_node_has_contents(const struct node_look *look, bool *ret, struct error *err);

/**
 * host_node_count_fragments - how often the file holds all fragments in a row.
 * @ret: 0 when there is no such file
 * @ret_length: of the fragments
 */
int host_node_count_fragments(const struct node_look *look, size_t *ret, size_t *ret_length,
			      struct error *err);

/* Whether @path is one that may be in the directory. */
typedef bool host_node_expected_fn(const void *context, const char *path);

struct node_filter {
	host_node_expected_fn *is_expected;
	const void *context;
};

/** host_node_holds_only - whether all in the directory @path, at any depth, is expected. */
int host_node_holds_only(int root_fd, const char *path, const struct node_filter *filter, bool *ret,
			 struct error *err);

#endif
