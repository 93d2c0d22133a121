/*
 * syscall_filter - the calls of the kernel that a worker may make; any other ends it (seccomp).
 *
 * Owns: the lists.  Used by base/worker only.
 */
#ifndef SLIPWAY_BASE_SYSCALL_FILTER_H
#define SLIPWAY_BASE_SYSCALL_FILTER_H

#include <stdbool.h>

/**
 * syscall_filter_apply - from now on this process may read, write, allocate and exit.
 * @with_threads: and start threads, no processes
 *
 * Return: 0; -errno.
 */
int syscall_filter_apply(bool with_threads);

#endif
