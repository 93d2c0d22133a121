/*
 * node_turn - one entry of a plan whose turn has come.
 *
 * Owns: how an entry is refused, and how operations are added for it: their words, their details.
 * Leaves to others: what is to be done (node_plan.c, for files node_file.c).  Nobody else includes
 * this.
 */
#ifndef SLIPWAY_HOST_NODE_TURN_H
#define SLIPWAY_HOST_NODE_TURN_H

#include "host/node_detail.h"
#include "host/node_order.h"

struct planner {
	struct plan *plan;
	const struct host_plan_params *params;
	struct node_order *order;
	struct node_session *session;
	int root_fd;
	size_t earlier;	    /* operations that were in the plan before */
	const char *prefix; /* path of the root in messages, no slash at the end */
};

/* One entry whose turn has come, and what will be there by then. */
struct turn {
	struct planner *planner;
	struct node_entry *entry;
	const struct node_request *request;
	struct node_detail detail; /* as an operation would get it */
	bool overwrite;		   /* asked for, or inherited from a directory above */
	bool exists;
	struct stat st; /* set when it exists */
};

/** turn_arena - of the plan. */
struct arena *turn_arena(const struct turn *turn);

/**
 * turn_refuse - the entry cannot be had: what is wrong, and what to do about it.
 *
 * Return: -@errnum.
 */
int turn_refuse(const struct turn *turn, struct error *err, int errnum, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * turn_add - an operation.
 * @verb: how the plan words it
 * @receipt: NULL for what may be done twice
 */
void turn_add(struct turn *turn, enum node_action action, const char *verb, const char *receipt);

/** turn_add_new - make the node anew, over what is there when it may be overwritten. */
void turn_add_new(struct turn *turn, enum node_action action, const char *receipt);

/** turn_has_other_attributes - whether owner or mode are not what they shall be. */
bool turn_has_other_attributes(const struct turn *turn);

/** turn_set_attributes - add @action if turn_has_other_attributes().  Return: 0. */
int turn_set_attributes(struct turn *turn, enum node_action action);

/** turn_want_attributes_of_new - what is there can stay only if it is as a new node would be. */
void turn_want_attributes_of_new(struct turn *turn, mode_t mode);

/** turn_plan_file - plan an entry that is a file. */
int turn_plan_file(struct turn *turn, struct error *err);

#endif
