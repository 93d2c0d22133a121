/*
 * lines - files of lines "NAME=value" of which some are set and the others stay.
 *
 * Owns: /etc/environment and its like as text (spec configs 1.6, 1.8): lines in place, names that
 * are missing at the end, sorted.  Pure.
 * Leaves to others: reading and replacing the file (host/node).
 */
#ifndef SLIPWAY_HOST_LINES_H
#define SLIPWAY_HOST_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct lines_variable {
	struct slice name;
	struct slice value;
};

enum lines_flag {
	/* A line that begins with a name is its line, whether or not "=" follows. */
	LINES_BY_PREFIX = 1 << 0,
};

/**
 * lines_merge - append @old with @variables set in it; carriage returns before newlines go.
 * @flags: enum lines_flag
 *
 * Each line of a name is set, so that no older value follows a newer one.
 */
void lines_merge(struct slice old, const struct lines_variable *variables, size_t count,
		 unsigned flags, struct text *out);

#endif
