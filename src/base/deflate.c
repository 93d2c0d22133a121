#include "base/deflate.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <zlib.h>

#include "base/alloc.h"

/* zlib.h, deflateInit2(): a window of 2^15 bytes, 16 more asks for a gzip header. */
#define GZIP_WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL	 8

struct deflate {
	z_stream stream;
};

struct deflate *deflate_new(void)
{
	struct deflate *deflate = xcalloc(1, sizeof(*deflate));

	if (deflateInit2(&deflate->stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS,
			 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		abort(); /* only for want of memory, as in base/alloc */
	return deflate;
}

void deflate_free(struct deflate *deflate)
{
	if (!deflate)
		return;
	deflateEnd(&deflate->stream);
	free(deflate);
}

int deflate_gzip(struct deflate *self, struct slice bytes, struct text *out)
{
	z_stream *stream = &self->stream;
	const size_t bound = deflateBound(stream, bytes.length);

	if (bytes.length > UINT_MAX || bound > UINT_MAX || text_reserve(out, bound) < 0)
		return -E2BIG;
	deflateReset(stream);
	stream->next_in = (unsigned char *)(uintptr_t)bytes.data;
	stream->avail_in = (unsigned)bytes.length;
	stream->next_out = (unsigned char *)out->data + out->length;
	stream->avail_out = (unsigned)bound;
	if (deflate(stream, Z_FINISH) != Z_STREAM_END)
		return -E2BIG;
	out->length += bound - stream->avail_out;
	out->data[out->length] = '\0';
	return 0;
}
