/*
 * command - start a helper program, bound its time, and say how it ended.
 *
 * Owns: every program that the tree starts (with base/child).  argv only, never a shell; the child
 * inherits PATH (a default if unset) and no other variable but those that the caller names; stdin
 * is /dev/null or the given bytes; the last lines of its stderr become the error; exit, signal and
 * time-out are decoded here only.
 */
#ifndef SLIPWAY_BASE_COMMAND_H
#define SLIPWAY_BASE_COMMAND_H

#include <limits.h>
#include <stdint.h>

#include "base/error.h"
#include "base/event.h"
#include "base/text.h"

struct command {
	const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH; borrowed */
	uint64_t secrets;	 /* bit n set: argv[n] is never logged or put into an error */
	struct slice input;	 /* written to stdin, then closed; absent: /dev/null */
	const int *input_fd;	 /* its stdin, instead of input; NULL: there is none */
	int64_t timeout_ms;	 /* > 0; the child is killed when it runs out */
	/* names of variables that are passed on when they are set; NULL-terminated; NULL: none */
	const char *const *variables;
	/* hears EVENT_COMMAND, in which secret words are "<hidden>" already; NULL: nobody */
	const struct event_observer *observer;
};

/**
 * command_run - run to the end.
 * @ret_stdout: captured up to its ceiling; NULL drops it
 * @ret_status: exit status when the child exited by itself, set also on failure; NULL drops it
 *
 * Return: 0 when it exited with 0; -ENOENT when it is not in PATH (ERROR_NOT_FOUND); -ETIMEDOUT
 * (ERROR_TIMEOUT); -ECANCELED when it exited with another status or died by a signal
 * (ERROR_SYSTEM).
 */
int command_run(const struct command *command, struct text *ret_stdout, int *ret_status,
		struct error *err);

/* A program that runs beside us. */
struct command_process;

/**
 * command_start - the first half of command_run(); the words of @command are copied.
 * @ret_stdout: filled until the process is finished; NULL drops it
 * @ret: to command_finish(), or to command_process_free(), which kills it
 *
 * Return: 0; as command_run() when it cannot be started.
 */
int command_start(const struct command *command, struct text *ret_stdout,
		  struct command_process **ret, struct error *err);

/* For command_wait(): as long as it takes. */
#define COMMAND_WAIT_MAX INT_MAX

/**
 * command_wait - until one of @count (> 0) processes has ended or used up its time.
 * @wait_ms: at most
 * @ret_index: the first of these, to be finished next; @count when @wait_ms went by before
 */
int command_wait(struct command_process *const *processes, size_t count, int wait_ms,
		 size_t *ret_index, struct error *err);

/**
 * command_written - bytes that the process, not its children, has caused to be written to disks, as
 * the kernel counts them (/proc/PID/io, write_bytes).
 *
 * Return: 0; -errno when that is not to be had.
 */
int command_written(const struct command_process *process, uint64_t *ret);

/** command_finish - wait for the end of @process, judge it as command_run() does, and free it. */
int command_finish(struct command_process *process, int *ret_status, struct error *err);

/** command_process_free - kill it if it still runs. */
void command_process_free(struct command_process *process);

/** command_append_words - each word quoted as Go's %q does.  Return: 0; -E2BIG. */
int command_append_words(struct text *out, const char *const *argv);

/** command_find - path of @name in PATH, freed with free().  Return: 0; -ENOENT. */
int command_find(const char *name, char **ret, struct error *err);

DEFINE_RELEASE(struct command_process *, command_process_free)

#endif
