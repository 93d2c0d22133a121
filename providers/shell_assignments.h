/*
 * shell_assignments - "NAME='value'" lines as a shell reads them, without a shell.
 *
 * Owns: the grammar: assignments, export, comments, quoting as bash does it.  Whatever would run or
 * expand something is refused: a file of assignments has none of it.  Made for workers.
 */
#ifndef SLIPWAY_PROVIDERS_SHELL_ASSIGNMENTS_H
#define SLIPWAY_PROVIDERS_SHELL_ASSIGNMENTS_H

#include "base/error.h"
#include "base/text.h"

struct shell_reader {
	struct slice rest;
	unsigned line; /* from 1 */
};

/** SHELL_READER_INIT - at the beginning of @text, which is borrowed. */
#define SHELL_READER_INIT(text) ((struct shell_reader){ .rest = (text), .line = 1 })

/**
 * shell_assignments_next - the next assignment.
 * @ret_name: part of the text
 * @ret_value: cleared first; without its quotes
 *
 * Return: 1; 0 at the end; -EINVAL (ERROR_INPUT), with the line in its text, for anything that is
 * no plain assignment; -E2BIG beyond the ceiling of @ret_value.
 */
int shell_assignments_next(struct shell_reader *reader, struct slice *ret_name,
			   struct text *ret_value, struct error *err);

#endif
