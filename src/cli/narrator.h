/*
 * narrator - events as plain lines on standard error, for our own commands.
 *
 * Owns: which events a person wants to hear of, and journal entries of those that have one.
 */
#ifndef SLIPWAY_CLI_NARRATOR_H
#define SLIPWAY_CLI_NARRATOR_H

#include <stdbool.h>

#include "base/event.h"

/* An observer whose context is this. */
struct narrator {
	struct event_observer observer; /* pass this one down */
	const char *program;		/* begins each line */
	bool is_verbose;		/* also what informs or helps to debug */
};

/** narrator_init - fill @ret; it must stay where it is while somebody observes. */
void narrator_init(struct narrator *ret, const char *program, bool is_verbose);

#endif
