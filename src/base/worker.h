/*
 * worker - work on bytes that nobody vouches for, in a process that can do nothing else.
 *
 * Owns: a forked child without capabilities, that gains no privileges, may call the kernel only to
 * read, write, allocate and exit (seccomp), with ceilings on memory and time; and the one pipe on
 * which its result comes back.  What it returns is as trustworthy as what it read: the caller
 * checks it again.  A worker may run beside its caller, with rings (base/ring) between them.
 * Leaves to others: programs (base/command).
 */
#ifndef SLIPWAY_BASE_WORKER_H
#define SLIPWAY_BASE_WORKER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct worker {
	const char *what; /* "the goal state", for messages */
	/*
	 * Runs in the child, which has a copy of all memory.
	 * @output: the result, appended to; its ceiling is output_max
	 * Return: 0; -errno with @err set, which the caller then gets.
	 */
	int (*work)(const void *input, struct text *output, struct error *err);
	const void *input;
	size_t output_max;
	size_t memory_max;  /* beyond what the process has already */
	int64_t timeout_ms; /* 0: none, for what its caller watches */
	unsigned flags;	    /* enum worker_flag */
	const int *fds;	    /* descriptors that it keeps; all others are closed */
	size_t fd_count;
};

enum worker_flag {
	WORKER_THREADS = 1 << 0, /* it may start threads */
	/* It may do what its caller may, but for what needs descriptors it has not: it fetches. */
	WORKER_UNCONFINED = 1 << 1,
};

/* How many descriptors a worker can keep. */
#define WORKER_FDS_MAX 16

/* A worker that runs beside its caller. */
struct worker_process;

/**
 * worker_start - the first half of worker_run().
 * @worker: copied; what it points at is used by the child only
 * @ret: to worker_finish(), or to worker_process_free(), which kills it
 */
int worker_start(const struct worker *worker, struct worker_process **ret, struct error *err);

/** worker_fd - readable when it has something to say: its end, mostly. */
int worker_fd(const struct worker_process *process);

/** worker_finish - the second half: wait for its end, and free @process; as worker_run(). */
int worker_finish(struct worker_process *process, struct text *ret, struct error *err);
void worker_process_free(struct worker_process *process);

/**
 * worker_run - run to the end.
 * @ret: the child's output is appended
 *
 * Return: 0; what the work returned; -EBADMSG (ERROR_INPUT) when the child was killed, by its
 * filter, its ceilings or a fault: the bytes were not what they should be; -ETIMEDOUT
 * (ERROR_TIMEOUT); -EFBIG (ERROR_INPUT) for too much output.
 */
int worker_run(const struct worker *worker, struct text *ret, struct error *err);

DEFINE_RELEASE(struct worker_process *, worker_process_free)

#endif
