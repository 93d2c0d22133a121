#include "installer/stream.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/expand.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/ring.h"
#include "base/worker.h"
#include "installer/relay.h"
#include "installer/signature.h"
#include "installer/image_head.h"
#include "installer/image_source.h"

/* What is fetched goes around in these, */
#define IN_BLOCK_BYTES ((size_t)256 << 10)
#define IN_BLOCKS      32
/* and what is written in these: as large as requests that a disk is fast with. */
#define OUT_BLOCK_BYTES ((size_t)4 << 20)
#define OUT_BLOCKS	4
/* Of a decoder: half of what the machine has, but not less than what most streams need. */
#define DECODER_BYTES_MIN ((uint64_t)128 << 20)
#define DECODER_THREADS	  8
/* What workers have beside that: stacks of threads, tables. */
#define WORKER_BYTES ((size_t)64 << 20)
#define STACK_BYTES  ((size_t)8 << 20)
/* What gpgv has not read yet. */
#define PIPE_BYTES ((size_t)1 << 20)
/* A quiet stream says so this often. */
#define QUIET_MS 1000

/* Whatever runs; the order is that in which they are asked why it stopped. */
enum part {
	PART_EXPANDER,
	PART_SOURCE,
	PART_HASHER,
	PART_FEEDER, /* of gpgv */
	PART_COUNT,
};

struct stream {
	const struct event_observer *observer;
	struct image_source source;
	char *name; /* of the image, for messages; owned */
	struct expand_limits limits;
	struct slice hash; /* expected; absent: none */
	enum hash_kind hash_kind;
	struct ring *in;  /* from the source; owned, as all below */
	struct ring *out; /* to us */
	struct worker_process *parts[PART_COUNT];
	struct signature_check *check; /* NULL: there is no signature */
	int relay_fd;
	int gpgv_fd;	/* of the feeder */
	bool has_block; /* the last one is not given back */
	bool is_over;
};

void stream_free(struct stream *stream)
{
	if (!stream)
		return;
	for (size_t i = 0; i < PART_COUNT; i++)
		worker_process_free(stream->parts[i]);
	signature_check_free(stream->check);
	ring_free(stream->in);
	ring_free(stream->out);
	scope_close(&stream->relay_fd);
	scope_close(&stream->gpgv_fd);
	free(stream->name);
	free(stream);
}

/* --- the processes */

/* Which consumer of the first ring each part is. */
struct part_of {
	const struct stream *stream;
	unsigned role;
};

/* Input that is used up is given back, and the next block waited for. */
static int next_input(struct ring *in, struct expand_step *step, bool *has_block, struct error *err)
{
	const void *data = NULL;
	size_t length = 0;

	if (*has_block)
		ring_release(in);
	*has_block = false;

	int r = ring_next(in, &data, &length, err);

	if (r < 0)
		return r;
	*has_block = true;
	step->in = data;
	step->in_left = length;
	step->is_last = length == 0;
	return 0;
}

/* Fill one block of output.  Return: bytes; less than a block is the last; -errno. */
static ssize_t expand_block(struct expand *expand, struct ring *in, struct expand_step *step,
			    size_t room, struct error *err)
{
	bool has_block = step->in != NULL;
	int r = 0;

	step->out_left = room;
	for (;;) {
		r = expand_step(expand, step, err);
		if (r < 0)
			return r;
		if (r == EXPAND_END || step->out_left == 0)
			return (ssize_t)(room - step->out_left);
		r = next_input(in, step, &has_block, err);
		if (r < 0)
			return r;
	}
}

static int expand_all(const void *input, struct text *output, struct error *err)
{
	const struct part_of *part = input;
	const struct stream *stream = part->stream;
	struct expand_step step = { .in = NULL };
	size_t room = IMAGE_HEAD_BYTES;
	ssize_t length = 0;

	(void)output;
	ring_take(stream->in, part->role);
	ring_take(stream->out, RING_PRODUCER);

	AUTO(expand_free) struct expand *expand = expand_new(&stream->limits);

	do {
		void *block = NULL;
		int r = ring_reserve(stream->out, &block, err);

		if (r < 0)
			return r;
		step.out = block;
		length = expand_block(expand, stream->in, &step, room, err);
		if (length < 0)
			return (int)length;
		r = ring_commit(stream->out, (size_t)length, err);
		if (r < 0)
			return r;
		room = OUT_BLOCK_BYTES;
	} while (length > 0);
	return 0;
}

static int hash_all(const void *input, struct text *output, struct error *err)
{
	const struct part_of *part = input;
	struct ring *in = part->stream->in;
	char digest[HASH_HEX_MAX];
	struct hash hash;
	size_t length = 0;

	ring_take(in, part->role);
	hash_init(&hash, part->stream->hash_kind);
	do {
		const void *data = NULL;
		int r = ring_next(in, &data, &length, err);

		if (r < 0)
			return r;
		hash_update(&hash, data, length);
		ring_release(in);
	} while (length > 0);
	hash_hex(&hash, digest);
	return text_append_str(output, digest);
}

/* A gpgv that ended early has said why; the others go on. */
static int feed_all(const void *input, struct text *output, struct error *err)
{
	const struct part_of *part = input;
	struct ring *in = part->stream->in;
	bool is_heard = true;
	size_t length = 0;

	(void)output;
	ring_take(in, part->role);
	do {
		const void *data = NULL;
		int r = ring_next(in, &data, &length, err);

		if (r < 0)
			return r;
		if (is_heard && length)
			is_heard = file_write_fd(part->stream->gpgv_fd, data, length) == 0;
		ring_release(in);
	} while (length > 0);
	return 0;
}

/* Work of each part that reads what the source brings. */
static const struct {
	const char *what;
	int (*work)(const void *input, struct text *output, struct error *err);
	unsigned flags;
} readers[PART_COUNT] = {
	[PART_EXPANDER] = { "decompressing the image", expand_all, WORKER_THREADS },
	[PART_HASHER] = { "the hash of the image", hash_all },
	[PART_FEEDER] = { "the bytes for gpgv", feed_all },
};

static int start_reader(struct stream *stream, enum part which, unsigned *role, struct error *err)
{
	const struct part_of part = { .stream = stream, .role = RING_CONSUMER + (*role)++ };
	int fds[2 * RING_FDS_MAX + 1];
	size_t count = ring_fds(stream->in, part.role, fds);

	if (which == PART_EXPANDER)
		count += ring_fds(stream->out, RING_PRODUCER, fds + count);
	if (which == PART_FEEDER)
		fds[count++] = stream->gpgv_fd;

	const struct worker worker = { .what = readers[which].what,
				       .work = readers[which].work,
				       .input = &part,
				       .output_max = HASH_HEX_MAX,
				       .memory_max = WORKER_BYTES + stream->limits.memory_bytes +
						     stream->limits.threads * STACK_BYTES,
				       .flags = readers[which].flags,
				       .fds = fds,
				       .fd_count = count };

	return worker_start(&worker, &stream->parts[which], err);
}

/* --- starting them */

static unsigned processors(void)
{
	cpu_set_t set;
	unsigned count =
		sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : (unsigned)CPU_COUNT(&set);

	return count < DECODER_THREADS ? count : DECODER_THREADS;
}

/* Half of the memory that is to be had. */
static uint64_t decoder_bytes(void)
{
	static const char name[] = "\nMemAvailable:";
	AUTO_FREE char *text = NULL;
	uint64_t kib = 0;

	if (file_read("/proc/meminfo", TEXT_MESSAGE_MAX, /* flags= */ 0, &text,
		      /* ret_length= */ NULL, /* err= */ NULL) < 0)
		return DECODER_BYTES_MIN;

	const char *at = strstr(text, name);
	struct slice number = slice_trim(slice_of(at ? at + strlen(name) : ""));

	number.length = 0;
	while (number.data && isdigit((unsigned char)number.data[number.length]))
		number.length++;
	if (number_parse_u64(number, 0, UINT64_MAX >> 10, &kib) < 0 ||
	    (kib << 10) / 2 < DECODER_BYTES_MIN)
		return DECODER_BYTES_MIN;
	return (kib << 10) / 2;
}

static int parse_hash(struct stream *stream, struct slice hash, struct error *err)
{
	for (enum hash_kind kind = 0; kind < HASH_KIND_COUNT; kind++) {
		const char *name = hash_kind_name(kind);
		const struct slice hex = slice_from(hash, strlen(name) + 1);

		if (!slice_starts(hash, name) || hash.data[strlen(name)] != '-' ||
		    hex.length != 2 * hash_bytes(kind))
			continue;
		stream->hash = hex;
		stream->hash_kind = kind;
		return 0;
	}
	return error_set(err, ERROR_INPUT, EINVAL,
			 "\"%.*s\" is no hash; write sha256-<hex> or sha512-<hex>",
			 SLICE_ARGS(hash));
}

static int make_rings(struct stream *stream, unsigned readers_count, struct error *err)
{
	const struct ring_params in = { IN_BLOCK_BYTES, IN_BLOCKS, readers_count };
	const struct ring_params out = { OUT_BLOCK_BYTES, OUT_BLOCKS, 1 };
	int r = ring_new(&in, &stream->in, err);

	return r < 0 ? r : ring_new(&out, &stream->out, err);
}

/* gpgv reads one end of a pipe, and the feeder has the other. */
static int start_gpgv(struct stream *stream, const struct stream_params *params, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, errno, "create a pipe");

	AUTO_CLOSE int reader = ends[0];

	stream->gpgv_fd = ends[1];
	/* Fewer turns; that it may not be had is no failure. */
	(void)fcntl(stream->gpgv_fd, F_SETPIPE_SZ, (int)PIPE_BYTES);
	return signature_begin(params->signature, params->keyring, reader, params->observer,
			       &stream->check, err);
}

static int start_source(struct stream *stream, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, errno, "create a pipe");

	AUTO_CLOSE int writer = ends[1];

	stream->relay_fd = ends[0];
	stream->source.relay_fd = writer;
	stream->source.ring = stream->in;
	return image_source_start(&stream->source, &stream->parts[PART_SOURCE], err);
}

static int start_all(struct stream *stream, struct error *err)
{
	unsigned role = 0;
	int r = start_source(stream, err);

	if (r == 0)
		r = start_reader(stream, PART_EXPANDER, &role, err);
	if (r == 0 && stream->hash.data)
		r = start_reader(stream, PART_HASHER, &role, err);
	if (r == 0 && stream->check)
		r = start_reader(stream, PART_FEEDER, &role, err);
	if (r < 0)
		return r;
	ring_leave(stream->in);
	ring_take(stream->out, RING_CONSUMER);
	scope_close(&stream->gpgv_fd);
	stream->gpgv_fd = -1;
	return 0;
}

int stream_open(const struct stream_params *params, struct stream **ret, struct error *err)
{
	AUTO(stream_free) struct stream *stream = xcalloc(1, sizeof(*stream));
	const struct slice hash = params->source->hash;

	stream->relay_fd = -1;
	stream->gpgv_fd = -1;
	stream->observer = params->observer;
	stream->name = image_source_name(params->source);
	stream->source = (struct image_source){ .from = params->source,
						.file_fd = params->file_fd,
						.fetch_retries = params->fetch_retries };
	stream->limits = (struct expand_limits){ decoder_bytes(), processors() };

	const unsigned count = 1 + (hash.data != NULL) + (params->signature.data != NULL);
	int r = hash.data ? parse_hash(stream, hash, err) : 0;

	if (r == 0)
		r = make_rings(stream, count, err);
	if (r == 0 && params->signature.data)
		r = start_gpgv(stream, params, err);
	if (r == 0)
		r = start_all(stream, err);
	if (r < 0)
		return r;
	*ret = take_ptr(&stream);
	return 0;
}

/* --- their ends */

/* Wait for the end of a part.  @ret: what it says; may be NULL. */
static int finish(struct stream *stream, enum part which, struct text *ret, struct error *err)
{
	AUTO(text_done) struct text ignored = TEXT_INIT(HASH_HEX_MAX);

	return stream->parts[which]
		       ? worker_finish(take_ptr(&stream->parts[which]), ret ?: &ignored, err)
		       : 0;
}

static void pass_events(struct stream *stream)
{
	if (relay_pass(stream->relay_fd, stream->observer) == 0)
		return;
	scope_close(&stream->relay_fd);
	stream->relay_fd = -1;
}

/*
 * Something broke off.  When one process ends, those that it writes to or reads from end as well,
 * and say only that: the first that says something else is the cause.
 */
static int explain(struct stream *stream, struct error *err)
{
	while (stream->relay_fd >= 0)
		pass_events(stream);
	for (enum part which = 0; which < PART_COUNT; which++) {
		AUTO(error_done) struct error cause = ERROR_INIT;
		int r = finish(stream, which, /* ret= */ NULL, &cause);

		if (r < 0 && r != -EPIPE)
			return error_wrap(err, error_move(err, &cause, r), "image %s",
					  stream->name);
	}
	return error_set(err, ERROR_SYSTEM, EPIPE, "image %s: a process that reads it is gone",
			 stream->name);
}

/* --- blocks */

/* Return: 0; -EPIPE when the decompressor is gone. */
static int take_block(struct stream *stream, enum stream_event *ret_event, struct stream_block *ret)
{
	int r = ring_next(stream->out, &ret->data, &ret->length, /* err= */ NULL);

	if (r < 0)
		return r;
	stream->has_block = true;
	stream->is_over = ret->length == 0;
	*ret_event = stream->is_over ? STREAM_END : STREAM_BLOCK;
	return 0;
}

int stream_next(struct stream *stream, int stop_fd, enum stream_event *ret_event,
		struct stream_block *ret, struct error *err)
{
	if (stream->has_block)
		ring_release(stream->out);
	stream->has_block = false;
	for (;;) {
		struct pollfd fds[] = { { .fd = stop_fd, .events = POLLIN },
					{ .fd = ring_ready_fd(stream->out), .events = POLLIN },
					{ .fd = stream->relay_fd, .events = POLLIN } };
		int ready = poll(fds, ARRAY_SIZE(fds), QUIET_MS);

		if (ready < 0 && errno != EINTR)
			return error_errno(err, errno, "wait for the image");
		if (ready <= 0) {
			*ret_event = STREAM_QUIET;
			return 0;
		}
		if (fds[0].revents) {
			*ret_event = STREAM_STOP;
			return 0;
		}
		if (fds[1].revents)
			return take_block(stream, ret_event, ret) < 0 ? explain(stream, err) : 0;
		pass_events(stream);
	}
}

/* --- the verdict */

static int judge_hash(struct stream *stream, struct error *err)
{
	AUTO(text_done) struct text digest = TEXT_INIT(HASH_HEX_MAX);
	int r = finish(stream, PART_HASHER, &digest, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < stream->hash.length; i++)
		if (i >= digest.length || char_lower(stream->hash.data[i]) != digest.data[i])
			return error_set(err, ERROR_VERIFY, EBADMSG,
					 "image %s: its %s is %s, and not %.*s", stream->name,
					 hash_kind_name(stream->hash_kind), text_str(&digest),
					 SLICE_ARGS(stream->hash));
	return 0;
}

static int judge_signature(struct stream *stream, struct error *err)
{
	AUTO(signature_judgement_done) struct signature_judgement judgement = { .signer = NULL };
	int r = finish(stream, PART_FEEDER, /* ret= */ NULL, err);

	if (r == 0)
		r = signature_end(take_ptr(&stream->check), &judgement, err);
	if (r < 0)
		return error_wrap(err, r, "image %s: check its signature", stream->name);
	r = signature_refuse(&judgement, stream->name, err);
	if (r == 0)
		event_message(stream->observer, EVENT_NOTICE, "the image is signed by %s, key %s",
			      judgement.signer ?: "somebody unnamed", judgement.key);
	return r;
}

int stream_verdict(struct stream *stream, struct error *err)
{
	int r = finish(stream, PART_SOURCE, /* ret= */ NULL, err);

	if (r == 0)
		r = finish(stream, PART_EXPANDER, /* ret= */ NULL, err);
	if (r < 0)
		return error_wrap(err, r, "image %s", stream->name);
	if (stream->hash.data)
		r = judge_hash(stream, err);
	return r == 0 && stream->check ? judge_signature(stream, err) : r;
}
