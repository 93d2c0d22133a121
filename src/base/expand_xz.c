#include <errno.h>
#include <inttypes.h>
#include <lzma.h>

#include "base/alloc.h"
#include "base/expand.h"

struct xz {
	lzma_stream stream;
	uint64_t memory_bytes;
};

static int xz_open(const struct expand_limits *limits, void **ret, struct error *err)
{
	struct xz *xz = xcalloc(1, sizeof(*xz));
	/* With less than the first limit it goes on in one thread, with less than the second not.
	 */
	const lzma_mt options = {
		.flags = LZMA_TELL_UNSUPPORTED_CHECK,
		.threads = limits->threads ?: 1,
		.memlimit_threading = limits->memory_bytes,
		.memlimit_stop = limits->memory_bytes,
	};

	(void)err;
	xz->stream = (lzma_stream)LZMA_STREAM_INIT;
	xz->memory_bytes = limits->memory_bytes;
	/* What is left to fail with these arguments is memory. */
	if (lzma_stream_decoder_mt(&xz->stream, &options) != LZMA_OK)
		abort();
	*ret = xz;
	return 0;
}

static int refuse(const struct xz *xz, lzma_ret r, struct error *err)
{
	static const struct {
		lzma_ret code;
		const char *text;
	} texts[] = {
		{ LZMA_FORMAT_ERROR, "it is no xz file" },
		{ LZMA_OPTIONS_ERROR, "it was made with options that are unknown here" },
		{ LZMA_UNSUPPORTED_CHECK, "its checksums are of an unknown kind" },
	};

	if (r == LZMA_MEMLIMIT_ERROR)
		return error_set(err, ERROR_INPUT, ENOMEM,
				 "decompressing it needs %" PRIu64
				 " MiB of memory, and it may have %" PRIu64 " MiB",
				 (lzma_memusage(&xz->stream) >> 20) + 1, xz->memory_bytes >> 20);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].code == r)
			return error_set(err, ERROR_INPUT, EBADMSG, "%s", texts[i].text);
	return error_set(err, ERROR_INPUT, EBADMSG, "the data is damaged");
}

static int xz_step(void *state, struct expand_step *step, struct error *err)
{
	struct xz *xz = state;

	xz->stream.next_in = step->in;
	xz->stream.avail_in = step->in_left;
	xz->stream.next_out = step->out;
	xz->stream.avail_out = step->out_left;

	lzma_ret r = lzma_code(&xz->stream, step->is_last ? LZMA_FINISH : LZMA_RUN);

	step->in = xz->stream.next_in;
	step->in_left = xz->stream.avail_in;
	step->out = xz->stream.next_out;
	step->out_left = xz->stream.avail_out;
	if (r == LZMA_MEM_ERROR)
		return error_set(err, ERROR_INPUT, ENOMEM, "there is no memory to decompress it");
	if (r == LZMA_STREAM_END)
		return EXPAND_END;
	/* LZMA_BUF_ERROR: there was nothing to do, which is no error. */
	return r == LZMA_OK || r == LZMA_BUF_ERROR ? 0 : refuse(xz, r, err);
}

static void xz_close(void *state)
{
	struct xz *xz = state;

	lzma_end(&xz->stream);
	free(xz);
}

/* The .xz file format, 2.1.1.1. */
const struct expand_class expand_xz = {
	.name = "xz",
	.magic_length = 6,
	.magic = { 0xfd, '7', 'z', 'X', 'Z', 0x00 },
	.open = xz_open,
	.step = xz_step,
	.close = xz_close,
};
