/*
 * history - what earlier runs of one provisioning planned, began and did.
 *
 * Owns: the merged record of each operation, by which a later run knows what is its own.
 * Leaves to others: where it is kept (ignition/journal), what follows from it (disk).
 */
#ifndef SLIPWAY_BASE_HISTORY_H
#define SLIPWAY_BASE_HISTORY_H

#include <stddef.h>

#include "base/arena.h"
#include "base/plan.h"

enum operation_progress {
	OPERATION_PLANNED,
	OPERATION_BEGUN, /* and not done: what it makes may be there in part */
	OPERATION_DONE,
};

/* An operation that was in a plan. */
struct history_record {
	const char *class_name;
	const char *object;
	struct operation_identity identity; /* as it was planned last */
	enum operation_progress progress;
};

struct history {
	struct arena *arena; /* owns records and texts */
	struct history_record *records;
	size_t count;
	size_t capacity;
};

/** history_new - nothing happened yet; free with history_free(). */
struct history *history_new(void);
void history_free(struct history *history);

/**
 * history_find - the record of an operation.
 * @history: NULL: nothing happened
 * @entry: as in struct operation_identity
 *
 * Return: borrowed until the next record is added; NULL when it never was in a plan.
 */
const struct history_record *history_find(const struct history *history, const char *class_name,
					  const char *object, unsigned entry);

/**
 * history_add - an operation was planned, perhaps again: what was begun stays begun until it is
 * done.  Texts of @record are copied; its progress is not looked at.
 *
 * Return: its index.
 */
size_t history_add(struct history *history, const struct history_record *record);

DEFINE_RELEASE(struct history *, history_free)

#endif
