#include <bzlib.h>
#include <errno.h>
#include <limits.h>

#include "base/alloc.h"
#include "base/expand.h"

static int bzip2_open(const struct expand_limits *limits, void **ret, struct error *err)
{
	bz_stream *stream = xcalloc(1, sizeof(*stream));

	(void)limits;
	(void)err;
	/* What is left to fail with these arguments is memory: 4 MB, whatever the stream says. */
	if (BZ2_bzDecompressInit(stream, /* verbosity= */ 0, /* small= */ 0) != BZ_OK)
		abort();
	*ret = stream;
	return 0;
}

static int bzip2_step(void *state, struct expand_step *step, struct error *err)
{
	bz_stream *stream = state;
	const unsigned in = step->in_left < UINT_MAX ? (unsigned)step->in_left : UINT_MAX;
	const unsigned out = step->out_left < UINT_MAX ? (unsigned)step->out_left : UINT_MAX;

	/* It reads only; its interface is older than const. */
	stream->next_in = (char *)(uintptr_t)step->in;
	stream->avail_in = in;
	stream->next_out = (char *)step->out;
	stream->avail_out = out;

	int r = BZ2_bzDecompress(stream);

	step->in += in - stream->avail_in;
	step->in_left -= in - stream->avail_in;
	step->out += out - stream->avail_out;
	step->out_left -= out - stream->avail_out;
	if (r == BZ_MEM_ERROR)
		abort();
	if (r == BZ_STREAM_END)
		return EXPAND_END;
	return r == BZ_OK ? 0 : error_set(err, ERROR_INPUT, EBADMSG, "the data is damaged");
}

static void bzip2_close(void *state)
{
	BZ2_bzDecompressEnd(state);
	free(state);
}

const struct expand_class expand_bzip2 = {
	.name = "bzip2",
	.magic_length = 3,
	.magic = { 'B', 'Z', 'h' },
	.open = bzip2_open,
	.step = bzip2_step,
	.close = bzip2_close,
};
