/*
 * ring - blocks of bytes in memory that processes share, from one producer to several consumers.
 *
 * Owns: the memory, mapped before the processes are forked, and who may touch which block: a block
 * belongs to whom its token was sent, over pipes.  So nothing polls, no atomic is needed, and the
 * end of a process is seen by the others as the end of a pipe.  A consumer's view of the memory
 * cannot be made writable, so that none can show another what never came. Leaves to others:
 * processes (base/worker).
 */
#ifndef SLIPWAY_BASE_RING_H
#define SLIPWAY_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define RING_CONSUMERS_MAX 3
/* Blocks begin at multiples of this: enough for direct writes to any disk. */
#define RING_ALIGNMENT 4096

struct ring;

struct ring_params {
	size_t block_bytes; /* multiple of RING_ALIGNMENT */
	unsigned blocks;
	unsigned consumers; /* 1 to RING_CONSUMERS_MAX */
};

/** ring_new - map it, in the process that forks both sides; free with ring_free(). */
int ring_new(const struct ring_params *params, struct ring **ret, struct error *err);
void ring_free(struct ring *ring);

/* Who a process is to a ring. */
enum ring_role {
	RING_PRODUCER,
	RING_CONSUMER, /* and those after it: RING_CONSUMER + 1 is the second one */
};

/* Descriptors that one role needs, for who closes all others. */
#define RING_FDS_MAX (2 * RING_CONSUMERS_MAX)

/** ring_fds - descriptors of @role.  Return: how many. */
size_t ring_fds(const struct ring *ring, unsigned role, int ret[static RING_FDS_MAX]);

/**
 * ring_take - this process is @role from now on, and nothing else: the ends of all others are
 * closed here, and for a consumer the writable view goes.
 */
void ring_take(struct ring *ring, unsigned role);

/** ring_block_bytes - room in a block. */
size_t ring_block_bytes(const struct ring *ring);

/** ring_leave - no one in this process has a role any more: close all ends that are still open. */
void ring_leave(struct ring *ring);

/* --- the producer */

/**
 * ring_reserve - wait for a block to fill.
 * @ret: of block_bytes, until ring_commit()
 *
 * Return: 0; -EPIPE (ERROR_SYSTEM) when a consumer is gone.
 */
int ring_reserve(struct ring *ring, void **ret, struct error *err);

/** ring_commit - hand the reserved block over; @length 0: it was the end.  Return: as above. */
int ring_commit(struct ring *ring, size_t length, struct error *err);

/* --- a consumer */

/** ring_ready_fd - of the one consumer that this process is: readable when a block is there. */
int ring_ready_fd(const struct ring *ring);

/**
 * ring_next - wait for the next block.
 * @ret: borrowed until ring_release()
 * @ret_length: 0: that was the end
 *
 * Return: 0; -EPIPE (ERROR_SYSTEM) when the producer is gone without having told the end.
 */
int ring_next(struct ring *ring, const void **ret, size_t *ret_length, struct error *err);

/** ring_release - the block of the last ring_next() may be used again. */
void ring_release(struct ring *ring);

DEFINE_RELEASE(struct ring *, ring_free)

#endif
