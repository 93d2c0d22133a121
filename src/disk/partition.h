/*
 * partition - what becomes of each partition of a request (spec ignition 6.4, steps 4 to 6).
 *
 * Owns: the decision table, and every refusal that follows from the table alone.  Pure: literal
 * tables test it.
 * Leaves to others: who uses a partition, and the operations (disk/partition_plan).
 */
#ifndef SLIPWAY_DISK_PARTITION_H
#define SLIPWAY_DISK_PARTITION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "disk/request.h"
#include "disk/table.h"

enum partition_action {
	PARTITION_NOTHING, /* not there as asked for, or there and matches */
	PARTITION_CREATE,
	PARTITION_DELETE,
	PARTITION_REPLACE, /* delete, and create anew */
	PARTITION_RESIZE,  /* the same with another size; its contents stay */
};

/* What an earlier run of the same provisioning made of an entry of the request. */
struct partition_known {
	unsigned number; /* 0: nothing */
	char guid[TABLE_GUID_SIZE];
};

struct partition_decision {
	const struct partition_request *request; /* borrowed */
	enum partition_action action;
	unsigned number; /* of the request, or assigned */
};

struct partition_decisions {
	struct partition_decision *list; /* as in the request, those of number 0 last; owned */
	size_t count;
	struct table *after; /* as the disk will be; GUIDs to be drawn are ""; owned */
};

/**
 * partition_decide - all of @request at once.
 * @found: the GPT that is there, or a new one (blank disk, wipeTable); borrowed
 * @known: one for each entry of @request, in its order; NULL: this is the first run.  A partition
 *	with its number and GUID is that entry's, done, and is left alone; what is made anew gets
 *	the GUID again.
 * @ret: release with partition_decisions_done()
 *
 * Return: 0; -EINVAL (ERROR_INPUT) with upstream's words and a remedy when what is there must not
 *be changed; -ENOSPC, -ERANGE (ERROR_INPUT) when it does not fit; the message has the position of
 *the entry.
 */
int partition_decide(const struct disk_request *request, const struct table *found,
		     const struct partition_known *known, struct partition_decisions *ret,
		     struct error *err);
void partition_decisions_done(struct partition_decisions *decisions);

/** partition_is_changed - whether @action changes or removes what is there. */
bool partition_is_changed(enum partition_action action);

DEFINE_DONE(struct partition_decisions, partition_decisions_done)

#endif
