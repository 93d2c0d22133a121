/*
 * journal_history - what the lines of a journal say of earlier runs.
 *
 * Owns: reading the operations, begins and dones of one stage back into a history.  Pure.
 * Leaves to others: the file, and whose it is (ignition/journal).
 */
#ifndef SLIPWAY_IGNITION_JOURNAL_HISTORY_H
#define SLIPWAY_IGNITION_JOURNAL_HISTORY_H

#include "base/error.h"
#include "base/history.h"
#include "base/text.h"

/**
 * journal_history_parse - the history of @stage in the lines of @text.
 * @ret: free with history_free()
 *
 * A line that was cut off by a kill is as if it had not been written.
 *
 * Return: 0; -EUCLEAN (ERROR_INPUT) for a whole line that is none of ours.
 */
int journal_history_parse(struct slice text, const char *stage, struct history **ret,
			  struct error *err);

#endif
