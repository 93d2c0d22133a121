/*
 * journal - what this provisioning has begun and finished, so that the next run can go on.
 *
 * Owns: a file of JSON lines beside the state file: one header with the key of the config (struct
 * acquired) and a nonce of this provisioning, then the operations of each plan, and one line for
 * each that was begun and done.  A line that was cut off by a kill counts as not
 * written.  Receipts (plan.h) are also kept inside the target root, where they
 * survive a power cut. Only what a journal with the same key says is ours may be touched again.
 */
#ifndef SLIPWAY_IGNITION_JOURNAL_H
#define SLIPWAY_IGNITION_JOURNAL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/history.h"
#include "base/machine.h"
#include "base/plan.h"

/* In the target root, mode 0600; written only when a plan has operations with receipts. */
#define JOURNAL_TARGET_PATH "/etc/.slipway-journal"

struct journal;

/**
 * journal_open - open or begin the journal of one provisioning.
 * @path: beside the state file; NULL keeps no file (a plan)
 * @machine: its target root may hold receipts of an earlier run
 * @key: hex SHA-512; receipts of another key are not ours and are ignored
 *
 * Return: 0; -EBUSY (ERROR_BUSY) when @path records operations of another config that were begun
 * and not all finished; -errno.
 */
int journal_open(struct journal **ret, const char *path, const struct machine *machine,
		 const char *key, struct error *err);
void journal_free(struct journal *journal);

/** journal_was_done - whether @receipt is recorded; fits struct host_plan_params.was_done. */
bool journal_was_done(const void *journal, const char *receipt);

/**
 * journal_history - what earlier runs planned, began and did in @stage.
 * @ret: free with history_free(); empty when there was no earlier run with this key
 *
 * Return: 0; -EUCLEAN (ERROR_INPUT) when the journal cannot be understood.
 */
int journal_history(const struct journal *journal, const char *stage, struct history **ret,
		    struct error *err);

/** journal_plan - record the operations that are about to be applied, receipts made durable first.
 */
int journal_plan(struct journal *journal, const struct machine *machine, const struct plan *plan,
		 const char *stage, struct error *err);

/** journal_begin - operation @index of the plan starts. */
int journal_begin(struct journal *journal, size_t index, struct error *err);
/** journal_done - operation @index has ended well. */
int journal_done(struct journal *journal, size_t index, struct error *err);
/** journal_complete - the whole plan was applied. */
int journal_complete(struct journal *journal, struct error *err);

DEFINE_RELEASE(struct journal *, journal_free)

#endif
