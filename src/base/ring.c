#include "base/ring.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/scope.h"

/* A pipe of tokens, each of them one block. */
struct tokens {
	int read_fd;
	int write_fd;
};

struct ring {
	struct ring_params params;
	size_t map_bytes;
	uint8_t *writable;	 /* NULL once this process is a consumer */
	const uint8_t *readable; /* the same memory */
	struct tokens filled[RING_CONSUMERS_MAX];
	struct tokens emptied[RING_CONSUMERS_MAX];
	unsigned role;
	unsigned at;			      /* the next block */
	unsigned credits[RING_CONSUMERS_MAX]; /* blocks that the producer may fill, by consumer */
};

/* Lengths of the blocks come first, in blocks' worth of room, so that blocks are aligned. */
static size_t lengths_bytes(const struct ring_params *params)
{
	size_t bytes = params->blocks * sizeof(uint64_t);

	return (bytes + RING_ALIGNMENT - 1) / RING_ALIGNMENT * RING_ALIGNMENT;
}

static void tokens_close(struct tokens *tokens)
{
	scope_close(&tokens->read_fd);
	scope_close(&tokens->write_fd);
	*tokens = (struct tokens){ -1, -1 };
}

void ring_leave(struct ring *ring)
{
	for (unsigned i = 0; i < RING_CONSUMERS_MAX; i++) {
		tokens_close(&ring->filled[i]);
		tokens_close(&ring->emptied[i]);
	}
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	ring_leave(ring);
	if (ring->writable)
		munmap(ring->writable, ring->map_bytes);
	if (ring->readable)
		munmap((void *)(uintptr_t)ring->readable, ring->map_bytes);
	free(ring);
}

static int open_tokens(struct tokens *ret)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*ret = (struct tokens){ .read_fd = ends[0], .write_fd = ends[1] };
	return 0;
}

/*
 * The memory twice: for who may write, and through a descriptor that cannot: a mapping of that one
 * does not become writable by mprotect().
 */
static int map(struct ring *ring)
{
	AUTO_CLOSE int fd = memfd_create("ring", MFD_CLOEXEC);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);

	if (fd < 0 || ftruncate(fd, (off_t)ring->map_bytes) < 0)
		return -errno;

	AUTO_CLOSE int read_only = open(path, O_RDONLY | O_CLOEXEC);

	if (read_only < 0)
		return -errno;

	void *writable = mmap(NULL, ring->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (writable == MAP_FAILED)
		return -errno;
	ring->writable = writable;

	void *readable = mmap(NULL, ring->map_bytes, PROT_READ, MAP_SHARED, read_only, 0);

	if (readable == MAP_FAILED)
		return -errno;
	ring->readable = readable;
	return 0;
}

int ring_new(const struct ring_params *params, struct ring **ret, struct error *err)
{
	AUTO(ring_free) struct ring *ring = xcalloc(1, sizeof(*ring));

	assert(params->consumers >= 1 && params->consumers <= RING_CONSUMERS_MAX);
	assert(params->block_bytes % RING_ALIGNMENT == 0 && params->blocks > 0);
	ring->params = *params;
	ring->map_bytes = lengths_bytes(params) + params->blocks * params->block_bytes;
	for (unsigned i = 0; i < RING_CONSUMERS_MAX; i++) {
		ring->filled[i] = (struct tokens){ -1, -1 };
		ring->emptied[i] = (struct tokens){ -1, -1 };
		ring->credits[i] = params->blocks;
	}

	int r = map(ring);

	for (unsigned i = 0; i < params->consumers && r == 0; i++) {
		r = open_tokens(&ring->filled[i]);
		if (r == 0)
			r = open_tokens(&ring->emptied[i]);
	}
	if (r < 0)
		return error_errno(err, -r, "make a ring of %zu bytes", ring->map_bytes);
	*ret = take_ptr(&ring);
	return 0;
}

size_t ring_fds(const struct ring *ring, unsigned role, int ret[static RING_FDS_MAX])
{
	size_t count = 0;

	if (role != RING_PRODUCER) {
		ret[count++] = ring->filled[role - RING_CONSUMER].read_fd;
		ret[count++] = ring->emptied[role - RING_CONSUMER].write_fd;
		return count;
	}
	for (unsigned i = 0; i < ring->params.consumers; i++) {
		ret[count++] = ring->filled[i].write_fd;
		ret[count++] = ring->emptied[i].read_fd;
	}
	return count;
}

size_t ring_block_bytes(const struct ring *ring)
{
	return ring->params.block_bytes;
}

static void drop(int *fd)
{
	scope_close(fd);
	*fd = -1;
}

void ring_take(struct ring *ring, unsigned role)
{
	ring->role = role;
	for (unsigned i = 0; i < RING_CONSUMERS_MAX; i++) {
		if (role == RING_PRODUCER) {
			drop(&ring->filled[i].read_fd);
			drop(&ring->emptied[i].write_fd);
			continue;
		}
		drop(&ring->filled[i].write_fd);
		drop(&ring->emptied[i].read_fd);
		if (i == role - RING_CONSUMER)
			continue;
		drop(&ring->filled[i].read_fd);
		drop(&ring->emptied[i].write_fd);
	}
	if (role == RING_PRODUCER)
		return;
	munmap(ring->writable, ring->map_bytes);
	ring->writable = NULL;
}

/* --- tokens */

static int gone(struct error *err, const char *who)
{
	return error_set(err, ERROR_SYSTEM, EPIPE, "the %s is gone", who);
}

/* As many as are there.  Return: how many; 0: the other side is gone. */
static unsigned take_tokens(int fd, unsigned most)
{
	char tokens[256];
	ssize_t got = 0;

	do
		got = read(fd, tokens, most < sizeof(tokens) ? most : sizeof(tokens));
	while (got < 0 && errno == EINTR);
	return got > 0 ? (unsigned)got : 0;
}

static bool send_token(int fd)
{
	ssize_t sent = 0;

	do
		sent = write(fd, "", 1);
	while (sent < 0 && errno == EINTR);
	return sent == 1;
}

/* --- the producer */

static uint64_t *length_at(const struct ring *ring)
{
	return (uint64_t *)(void *)ring->writable + ring->at;
}

static size_t block_offset(const struct ring *ring)
{
	return lengths_bytes(&ring->params) + ring->at * ring->params.block_bytes;
}

int ring_reserve(struct ring *ring, void **ret, struct error *err)
{
	for (unsigned i = 0; i < ring->params.consumers; i++) {
		if (ring->credits[i] == 0)
			ring->credits[i] =
				take_tokens(ring->emptied[i].read_fd, ring->params.blocks);
		if (ring->credits[i] == 0)
			return gone(err, "consumer");
	}
	*ret = ring->writable + block_offset(ring);
	return 0;
}

int ring_commit(struct ring *ring, size_t length, struct error *err)
{
	assert(length <= ring->params.block_bytes);
	*length_at(ring) = length;
	ring->at = (ring->at + 1) % ring->params.blocks;
	for (unsigned i = 0; i < ring->params.consumers; i++) {
		ring->credits[i]--;
		if (!send_token(ring->filled[i].write_fd))
			return gone(err, "consumer");
	}
	return 0;
}

/* --- a consumer */

int ring_ready_fd(const struct ring *ring)
{
	return ring->filled[ring->role - RING_CONSUMER].read_fd;
}

int ring_next(struct ring *ring, const void **ret, size_t *ret_length, struct error *err)
{
	if (take_tokens(ring_ready_fd(ring), 1) == 0)
		return gone(err, "producer");

	/* Once: who is not trusted may write to it at any time. */
	const uint64_t length = ((const volatile uint64_t *)(const void *)ring->readable)[ring->at];

	if (length > ring->params.block_bytes)
		return error_set(err, ERROR_INPUT, EBADMSG, "the producer says what cannot be");
	*ret = ring->readable + block_offset(ring);
	*ret_length = length;
	return 0;
}

void ring_release(struct ring *ring)
{
	ring->at = (ring->at + 1) % ring->params.blocks;
	/* A producer that has ended wants no block any more. */
	send_token(ring->emptied[ring->role - RING_CONSUMER].write_fd);
}
