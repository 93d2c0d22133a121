/*
 * node_order - the nodes of one request, where they really are and when their turn comes.
 *
 * Owns: resolving every path, the order of spec ignition 6.12 (shallow before deep, hard links
 * last), two entries for one place, and looking entries up by path.  Leaves to others: what is to
 * be done about an entry (host/node_plan).
 */
#ifndef SLIPWAY_HOST_NODE_ORDER_H
#define SLIPWAY_HOST_NODE_ORDER_H

#include "base/arena.h"
#include "host/request.h"

struct node_entry {
	const struct node_request *request;
	const char *path; /* resolved inside the root */
	size_t depth;	  /* components of @path */
	size_t index;	  /* in the requests */
	/* Known once the plan has come to it: */
	bool empties; /* a directory that is made anew: what is below on disk will be gone */
	bool renews; /* a directory that counts as made anew: what is below counts as overwritten */
	bool is_new; /* what hard links to it would share will be another file */
	bool is_decided;
};

struct node_order;

struct node_order_params {
	struct arena *arena; /* the result lives here */
	int root_fd;
	const char *prefix; /* path of the root in messages, no slash at the end */
	const struct node_request *requests;
	size_t count;
};

/**
 * node_order_new - resolve and sort.
 *
 * Below a directory with overwrite, links that are on disk are not followed: they go before what is
 * below is made.
 *
 * Return: 0; -EEXIST when two entries are one place; as root_resolve().
 */
int node_order_new(const struct node_order_params *params, struct node_order **ret,
		   struct error *err);

/** node_order_entries - in the order of their turns; borrowed. */
struct node_entry *node_order_entries(struct node_order *order, size_t *ret_count);

/** node_order_resolve - as the entries were; @ret lives in the arena. */
int node_order_resolve(struct node_order *order, struct slice path, const char **ret,
		       struct error *err);

/** node_order_find - the entry at the resolved @path; NULL when there is none. */
const struct node_entry *node_order_find(const struct node_order *order, const char *path);

/** node_order_above - the deepest entry that the resolved @path is below; NULL: none. */
const struct node_entry *node_order_above(struct node_order *order, const char *path);

/** node_order_expects - whether there is an entry at @path or below it. */
bool node_order_expects(const struct node_order *order, const char *path);

/** node_where - " (config.ign:3:14)" or "", for messages; lives in @arena. */
const char *node_where(struct arena *arena, const struct node_request *request);

#endif
