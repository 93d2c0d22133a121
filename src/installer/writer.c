#include "installer/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Runs of zeros are looked for in steps of this. */
#define STEP_BYTES ((size_t)64 << 10)
/* A longer run is told in parts: progress goes on, and a device may take its time. */
#define ZEROS_MAX ((uint64_t)64 << 20)

static const char *node_of(const struct writer *writer)
{
	return writer->target->device.node;
}

static int zero_out(struct writer *writer, uint64_t begin, uint64_t end, struct error *err)
{
	const uint64_t range[2] = { begin, end - begin };

	if (end == begin)
		return 0;
	if (ioctl(writer->target->direct_fd, BLKZEROOUT, range) < 0)
		return error_errno(err, errno, "%s: write zeros at byte %" PRIu64, node_of(writer),
				   begin);
	writer->durable_bytes += end - begin;
	return 0;
}

static int write_at(struct writer *writer, int fd, const uint8_t *data, size_t length,
		    uint64_t offset, struct error *err)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = pwrite(fd, data + done, length - done, (off_t)(offset + done));

		if (n < 0 && errno != EINTR)
			return error_errno(err, errno, "%s: write at byte %" PRIu64,
					   node_of(writer), offset + done);
		if (n == 0)
			return error_errno(err, ENOSPC, "%s: write at byte %" PRIu64,
					   node_of(writer), offset + done);
		done += n > 0 ? (size_t)n : 0;
	}
	writer->durable_bytes += length;
	return 0;
}

/* What is no whole sector at the end cannot be written past the page cache. */
static int write_data(struct writer *writer, const uint8_t *data, size_t length, uint64_t offset,
		      struct error *err)
{
	const size_t tail = length % writer->target->device.sector_bytes;
	int r = write_at(writer, writer->target->direct_fd, data, length - tail, offset, err);

	if (r < 0 || !tail)
		return r;
	return write_at(writer, writer->target->fd, data + length - tail, tail,
			offset + length - tail, err);
}

static bool is_zero(const uint8_t *data, size_t length)
{
	return length == STEP_BYTES && data[0] == 0 && memcmp(data, data + 1, length - 1) == 0;
}

/* A block on its way: what is before @from is done, or part of the run of zeros. */
struct block {
	const uint8_t *data;
	uint64_t offset; /* of data on the disk */
	size_t from;
};

/* Bytes that are no zeros come at @at: whatever is before them must be decided on. */
static int end_run(struct writer *writer, struct block *block, size_t at, struct error *err)
{
	const uint64_t here = block->offset + at;
	const uint64_t begin = writer->zeros_begin;
	int r = 0;

	if (begin == here)
		return 0;
	/* A short run of this block is written with what is around it. */
	if (begin >= block->offset && here - begin < WRITER_ZEROS_MIN)
		return 0;
	if (begin > block->offset + block->from)
		r = write_data(writer, block->data + block->from,
			       (size_t)(begin - block->offset) - block->from,
			       block->offset + block->from, err);
	if (r == 0)
		r = zero_out(writer, begin, here, err);
	block->from = at;
	return r;
}

/* The end of the block: data is written now, a run of zeros may go on in the next one. */
static int end_block(struct writer *writer, struct block *block, size_t length, struct error *err)
{
	const uint64_t end = block->offset + length;
	const uint64_t data_end =
		writer->zeros_begin > block->offset ? writer->zeros_begin : block->offset;
	int r = 0;

	if (data_end > block->offset + block->from)
		r = write_data(writer, block->data + block->from,
			       (size_t)(data_end - block->offset) - block->from,
			       block->offset + block->from, err);
	if (r == 0 && end - writer->zeros_begin >= ZEROS_MAX) {
		r = zero_out(writer, writer->zeros_begin, end, err);
		writer->zeros_begin = end;
	}
	return r;
}

int writer_write(struct writer *writer, const void *data, size_t length, struct error *err)
{
	struct block block = { .data = data, .offset = writer->offset };
	int r = 0;

	if (length > writer->limit - writer->offset)
		return error_set(err, ERROR_INPUT, ENOSPC,
				 "%s: the image goes on behind byte %" PRIu64
				 ", where it has to end",
				 node_of(writer), writer->limit);
	for (size_t at = 0; at < length && r == 0; at += STEP_BYTES) {
		const size_t step = length - at < STEP_BYTES ? length - at : STEP_BYTES;

		if (is_zero(block.data + at, step))
			continue;
		r = end_run(writer, &block, at, err);
		writer->zeros_begin = block.offset + at + step;
	}
	writer->offset += length;
	return r < 0 ? r : end_block(writer, &block, length, err);
}

int writer_finish(struct writer *writer, struct error *err)
{
	int r = zero_out(writer, writer->zeros_begin, writer->offset, err);

	writer->zeros_begin = writer->offset;
	if (r == 0 && fsync(writer->target->fd) < 0)
		r = error_errno(err, errno, "%s: flush", node_of(writer));
	return r;
}
