#include <errno.h>
#include <inttypes.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/alloc.h"
#include "base/expand.h"

/* What `zstd --ultra --long=31` can make; the decoder knows no larger one (zstd.h). */
#define WINDOW_LOG_MAX 31
#define WINDOW_LOG_MIN 10

struct zstd {
	ZSTD_DCtx *context; /* owned */
	uint64_t memory_bytes;
};

/* The largest window that fits @bytes, as its logarithm. */
static int window_log(uint64_t bytes)
{
	int log = WINDOW_LOG_MIN;

	while (log < WINDOW_LOG_MAX && (uint64_t)2 << log <= bytes)
		log++;
	return log;
}

static int zstd_open(const struct expand_limits *limits, void **ret, struct error *err)
{
	struct zstd *zstd = xcalloc(1, sizeof(*zstd));

	(void)err;
	zstd->context = ZSTD_createDCtx();
	zstd->memory_bytes = limits->memory_bytes;
	/* What is left to fail with these arguments is memory. */
	if (!zstd->context ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax,
						window_log(limits->memory_bytes))))
		abort();
	*ret = zstd;
	return 0;
}

static int refuse(const struct zstd *zstd, size_t code, struct error *err)
{
	if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge)
		return error_set(err, ERROR_INPUT, ENOMEM,
				 "decompressing it needs more memory than the %" PRIu64
				 " MiB that it may have",
				 zstd->memory_bytes >> 20);
	return error_set(err, ERROR_INPUT, EBADMSG, "the data is damaged: %s",
			 ZSTD_getErrorName(code));
}

static int zstd_step(void *state, struct expand_step *step, struct error *err)
{
	const struct zstd *zstd = state;
	ZSTD_inBuffer in = { .src = step->in, .size = step->in_left };
	ZSTD_outBuffer out = { .dst = step->out, .size = step->out_left };
	size_t left = ZSTD_decompressStream(zstd->context, &out, &in);

	if (ZSTD_isError(left))
		return refuse(zstd, left, err);
	step->in += in.pos;
	step->in_left -= in.pos;
	step->out += out.pos;
	step->out_left -= out.pos;
	return left == 0 ? EXPAND_END : 0;
}

static void zstd_close(void *state)
{
	struct zstd *zstd = state;

	ZSTD_freeDCtx(zstd->context);
	free(zstd);
}

/* RFC 8878, 3.1.1.  A skippable frame is none of an image. */
const struct expand_class expand_zstd = {
	.name = "zstd",
	.magic_length = 4,
	.magic = { 0x28, 0xb5, 0x2f, 0xfd },
	.open = zstd_open,
	.step = zstd_step,
	.close = zstd_close,
};
