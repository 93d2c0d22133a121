/*
 * node - directories, files, symbolic and hard links of the target root.
 *
 * Owns: spec ignition 6.12: order, overwrite, append, modes, owners; comparing what is asked for
 * with what is there, so that nothing is done twice. Leaves to others: path resolution (base/root),
 * bytes (base/content), accounts (host/accounts).
 */
#ifndef SLIPWAY_HOST_NODE_H
#define SLIPWAY_HOST_NODE_H

#include "base/content.h"
#include "base/plan.h"
#include "host/accounts.h"
#include "host/request.h"

struct host_plan_params {
	struct machine *machine;
	const struct event_observer *observer;
	struct accounts *accounts; /* of the target, with what the plan so far will add */
	/*
	 * Whether an earlier run of the same provisioning recorded this very receipt (struct
	 * operation.receipt), or NULL.  Recorded is not done: an append is found by how often its
	 * fragments are in the file, a file from the network by being there at all.
	 */
	bool (*was_done)(const void *context, const char *receipt);
	const void *was_done_context;
	/* Units that the plan gets later: their files may stay in a directory with overwrite. */
	const struct unit_request *units;
	size_t unit_count;
	/* Paths below the root that the mount stage made: those below a user's home become his. */
	const struct slice *mount_directories;
	size_t mount_directory_count;
};

/**
 * host_plan_nodes - operations for @requests, in the order in which they must happen.
 * @requests: borrowed, must outlive @plan
 *
 * Every refusal that can be known now happens now: a file where a directory is asked for, an
 * existing file without overwrite, two entries that resolve to one path, an unknown owner.  A node
 * that is already as asked gets no operation.
 *
 * Return: 0; -EEXIST, -ENOTDIR, -ELOOP, -ENOENT … (ERROR_INPUT for what the request has wrong).
 */
int host_plan_nodes(struct plan *plan, const struct host_plan_params *params,
		    const struct node_request *requests, size_t count, struct error *err);

/**
 * host_nodes_replace - whether @plan puts something else where @path or a directory above it is, so
 * that what is on disk there will be gone.
 * @path: as it is written; links above it are not followed
 */
bool host_nodes_replace(const struct plan *plan, const char *path);

/* @content will be written to @path, inside the root. */
typedef void host_content_fn(void *context, const struct content *content, const char *path);

/** host_nodes_each_content - call @fn for what the operations of @plan will ask for, in order. */
void host_nodes_each_content(const struct plan *plan, host_content_fn *fn, void *context);

#endif
