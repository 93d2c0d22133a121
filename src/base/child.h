/*
 * child - one running helper program and what it says.
 *
 * Owns: fork and exec, the child's standard streams, reading them without ever being blocked by
 * it, and its end.  Used by base/command only.
 * Leaves to others: finding the program, deadlines, what its end means (base/command).
 */
#ifndef SLIPWAY_BASE_CHILD_H
#define SLIPWAY_BASE_CHILD_H

#include <poll.h>
#include <signal.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/scope.h"
#include "base/text.h"

/* PATH of children when ours is unset. */
#define CHILD_PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* What of stderr is kept: its end. */
#define CHILD_TAIL_BYTES 8192

enum child_stream {
	CHILD_STDOUT,
	CHILD_STDERR,
	CHILD_STREAM_COUNT,
};

struct child {
	pid_t pid;		     /* also its process group; 0 once it was waited for */
	int exit_fd;		     /* pidfd: readable when it has exited */
	int fds[CHILD_STREAM_COUNT]; /* our ends of its pipes; -1: closed */
	struct text *captured;	     /* stdout up to its ceiling; NULL: dropped; borrowed */
	char tail[CHILD_TAIL_BYTES];
	size_t tail_length;
};

#define CHILD_INIT ((struct child){ .exit_fd = -1, .fds = { -1, -1 } })

/* What child_poll() fills. */
#define CHILD_POLL_COUNT (1 + CHILD_STREAM_COUNT)

/** child_search_path - PATH of children. */
const char *child_search_path(void);

struct child_program {
	const char *path;
	const char *const *argv;      /* NULL-terminated */
	const char *const *variables; /* passed on beside PATH; NULL-terminated; NULL: none */
	struct slice input;	      /* its stdin, handed over in memory; absent: /dev/null */
	const int *input_fd;	      /* its stdin, instead of input; NULL: there is none */
};

/**
 * child_start - run @program, which is borrowed until then.
 * @child: CHILD_INIT, captured set by the caller if it wants that; to be released with
 *	child_done(), whatever is returned
 */
int child_start(const struct child_program *program, struct child *child, struct error *err);

/** child_done - kill what still runs, with its process group. */
void child_done(struct child *child);

/** child_poll - what to wait for: the first is its end, the others are what it says. */
void child_poll(const struct child *child, struct pollfd ret[static CHILD_POLL_COUNT]);

/** child_read - take what it has said, at most one read from each stream. */
void child_read(struct child *child);

/** child_collect - once it has ended: read the rest and take its status. */
int child_collect(struct child *child, siginfo_t *ret, struct error *err);

/** child_tail - the last lines of its stderr; borrowed. */
struct slice child_tail(const struct child *child);

DEFINE_DONE(struct child, child_done)

#endif
