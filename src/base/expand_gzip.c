#define ZLIB_CONST
#include <errno.h>
#include <limits.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/expand.h"

/* The largest window, and a gzip wrapper (zlib.h, inflateInit2). */
#define WINDOW_BITS (MAX_WBITS + 16)

static int gzip_open(const struct expand_limits *limits, void **ret, struct error *err)
{
	z_stream *stream = xcalloc(1, sizeof(*stream));

	(void)limits;
	(void)err;
	/* What is left to fail with these arguments is memory. */
	if (inflateInit2(stream, WINDOW_BITS) != Z_OK)
		abort();
	*ret = stream;
	return 0;
}

static int gzip_step(void *state, struct expand_step *step, struct error *err)
{
	z_stream *stream = state;
	const unsigned in = step->in_left < UINT_MAX ? (unsigned)step->in_left : UINT_MAX;
	const unsigned out = step->out_left < UINT_MAX ? (unsigned)step->out_left : UINT_MAX;

	stream->next_in = step->in;
	stream->avail_in = in;
	stream->next_out = step->out;
	stream->avail_out = out;

	int r = inflate(stream, Z_NO_FLUSH);

	step->in += in - stream->avail_in;
	step->in_left -= in - stream->avail_in;
	step->out += out - stream->avail_out;
	step->out_left -= out - stream->avail_out;
	if (r == Z_MEM_ERROR)
		abort();
	if (r == Z_STREAM_END)
		return EXPAND_END;
	/* Z_BUF_ERROR: there was nothing to do, which is no error. */
	if (r == Z_OK || r == Z_BUF_ERROR)
		return 0;
	return error_set(err, ERROR_INPUT, EBADMSG, "the data is damaged: %s",
			 stream->msg ?: "a preset dictionary is needed");
}

static void gzip_close(void *state)
{
	inflateEnd(state);
	free(state);
}

/* RFC 1952, 2.3.1. */
const struct expand_class expand_gzip = {
	.name = "gzip",
	.magic_length = 2,
	.magic = { 0x1f, 0x8b },
	.open = gzip_open,
	.step = gzip_step,
	.close = gzip_close,
};
