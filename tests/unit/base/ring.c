/* Blocks from one process to others, and what each may do with them. */
#include "base/ring.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/worker.h"
#include "tap.h"

#define BLOCKS	  50
#define CONSUMERS 2

/* What a worker works with. */
struct job {
	struct ring *ring;
	unsigned role;
	unsigned stop_after; /* blocks; 0: never */
};

static int produce(const void *input, struct text *output, struct error *err)
{
	const struct job *job = input;

	(void)output;
	ring_take(job->ring, RING_PRODUCER);
	for (unsigned i = 0; i <= BLOCKS; i++) {
		void *block = NULL;
		int r = ring_reserve(job->ring, &block, err);

		if (r < 0)
			return r;
		if (job->stop_after && i == job->stop_after)
			return 0;
		memset(block, (int)i, RING_ALIGNMENT);
		r = ring_commit(job->ring, i < BLOCKS ? RING_ALIGNMENT - i : 0, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Says the sum of all bytes. */
static int consume(const void *input, struct text *output, struct error *err)
{
	const struct job *job = input;
	uint64_t sum = 0;
	size_t length = 0;

	ring_take(job->ring, job->role);
	for (unsigned i = 0;; i++) {
		const void *block = NULL;
		int r = ring_next(job->ring, &block, &length, err);

		if (r < 0)
			return r;
		for (size_t at = 0; at < length; at++)
			sum += ((const uint8_t *)block)[at];
		if (job->stop_after && i == job->stop_after)
			return 0;
		ring_release(job->ring);
		if (length == 0)
			break;
	}
	return text_printf(output, "%" PRIu64, sum);
}

/* A page of the ring made writable, and written. */
static int forge(const void *input, struct text *output, struct error *err)
{
	const struct job *job = input;
	const void *block = NULL;
	size_t length = 0;

	ring_take(job->ring, job->role);

	int r = ring_next(job->ring, &block, &length, err);

	if (r < 0)
		return r;
	r = mprotect((void *)(uintptr_t)block, RING_ALIGNMENT, PROT_READ | PROT_WRITE);
	return text_printf(output, "%s", r < 0 && errno == EACCES ? "refused" : "allowed");
}

static struct worker_process *start(int (*work)(const void *, struct text *, struct error *),
				    const struct job *job)
{
	int fds[RING_FDS_MAX];
	const struct worker worker = { .what = "the test",
				       .work = work,
				       .input = job,
				       .output_max = 64,
				       .memory_max = (size_t)64 << 20,
				       .flags = WORKER_THREADS,
				       .fds = fds,
				       .fd_count = ring_fds(job->ring, job->role, fds) };
	struct worker_process *process = NULL;

	if (worker_start(&worker, &process, NULL) < 0)
		abort();
	return process;
}

struct outcome {
	int produced;
	int consumed[CONSUMERS];
	struct text said[CONSUMERS];
	struct error errors[CONSUMERS];
};

static void run(unsigned producer_stops, unsigned consumer_stops, struct outcome *ret)
{
	const struct ring_params params = { RING_ALIGNMENT, 3, CONSUMERS };
	AUTO(ring_free) struct ring *ring = NULL;
	struct worker_process *consumers[CONSUMERS];

	*ret = (struct outcome){ .produced = 0 };
	if (ring_new(&params, &ring, NULL) < 0)
		abort();

	struct worker_process *producer =
		start(produce, &(struct job){ ring, RING_PRODUCER, producer_stops });

	for (unsigned i = 0; i < CONSUMERS; i++)
		consumers[i] = start(consume, &(struct job){ ring, RING_CONSUMER + i,
							     i == 0 ? consumer_stops : 0 });
	ring_leave(ring);
	for (unsigned i = 0; i < CONSUMERS; i++) {
		ret->said[i] = TEXT_INIT(64);
		ret->consumed[i] = worker_finish(consumers[i], &ret->said[i], &ret->errors[i]);
	}

	AUTO(text_done) struct text nothing = TEXT_INIT(64);

	ret->produced = worker_finish(producer, &nothing, NULL);
}

static void outcome_done(struct outcome *outcome)
{
	for (unsigned i = 0; i < CONSUMERS; i++) {
		text_done(&outcome->said[i]);
		error_done(&outcome->errors[i]);
	}
}

static void test_all(void)
{
	struct outcome outcome;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < BLOCKS; i++)
		sum += i * (RING_ALIGNMENT - i);

	AUTO_FREE char *want = xasprintf("%" PRIu64, sum);

	run(0, 0, &outcome);
	tap_int(outcome.produced, 0, "the producer comes to its end");
	tap_str(text_str(&outcome.said[0]), want, "the first consumer has every byte");
	tap_str(text_str(&outcome.said[1]), want, "so has the second");
	outcome_done(&outcome);
}

static void test_ends(void)
{
	struct outcome outcome;

	run(7, 0, &outcome);
	tap_int(outcome.consumed[0], -EPIPE, "a producer that ends without an end is seen");
	tap_str(outcome.errors[1].text, "the producer is gone", "by every consumer");
	outcome_done(&outcome);
	run(0, 7, &outcome);
	tap_int(outcome.consumed[0], 0, "a consumer that has enough ends");
	tap_int(outcome.produced, -EPIPE, "the producer sees it");
	tap_int(outcome.consumed[1], -EPIPE, "and the other consumer is not left waiting");
	outcome_done(&outcome);
}

static void test_forgery(void)
{
	const struct ring_params params = { RING_ALIGNMENT, 3, 1 };
	AUTO(ring_free) struct ring *ring = NULL;
	AUTO(text_done) struct text said = TEXT_INIT(64);

	if (ring_new(&params, &ring, NULL) < 0)
		abort();

	struct worker_process *forger = start(forge, &(struct job){ ring, RING_CONSUMER, 0 });
	struct worker_process *producer = start(produce, &(struct job){ ring, RING_PRODUCER, 2 });

	ring_leave(ring);
	worker_finish(forger, &said, NULL);
	tap_str(text_str(&said), "refused", "a consumer's view cannot be made writable");
	worker_process_free(producer);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_all();
	test_ends();
	test_forgery();
	return tap_done();
}
