/*
 * worker - work on bytes that nobody vouches for, in a process that can do nothing else.
 *
 * Owns: a forked child without capabilities, that gains no privileges, may call the kernel only to
 * read, write, allocate and exit (seccomp), with ceilings on memory and time; and the one pipe on
 * which its result comes back.  What it returns is as trustworthy as what it read: the caller
 * checks it again.
 * Leaves to others: programs (base/command).
 */
#ifndef SLIPWAY_BASE_WORKER_H
#define SLIPWAY_BASE_WORKER_H

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
	size_t memory_max; /* beyond what the process has already */
	int64_t timeout_ms;
};

/**
 * worker_run - run to the end.
 * @ret: the child's output is appended
 *
 * Return: 0; what the work returned; -EBADMSG (ERROR_INPUT) when the child was killed, by its
 * filter, its ceilings or a fault: the bytes were not what they should be; -ETIMEDOUT
 * (ERROR_TIMEOUT); -EFBIG (ERROR_INPUT) for too much output.
 */
int worker_run(const struct worker *worker, struct text *ret, struct error *err);

#endif
