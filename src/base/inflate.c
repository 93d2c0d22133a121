#include "base/inflate.h"

#include <errno.h>
#include <stdint.h>
#include <zlib.h>

/* zlib.h, inflateInit2(): a window of 2^15 bytes, 16 more asks for a gzip header. */
#define WINDOW_BITS_GZIP (15 + 16)
#define PIECE_BYTES	 ((size_t)64 << 10)

static int inflate_members(z_stream *stream, struct text *out, struct error *err)
{
	unsigned char piece[PIECE_BYTES];
	int status = Z_OK;

	while (status == Z_OK) {
		stream->next_out = piece;
		stream->avail_out = sizeof(piece);
		status = inflate(stream, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END)
			break;
		if (text_append(out, piece, sizeof(piece) - stream->avail_out) < 0)
			return error_set(err, ERROR_INPUT, EFBIG,
					 "more than %zu bytes come out of it", out->max);
		/* Another member may follow. */
		if (status == Z_STREAM_END && stream->avail_in)
			status = inflateReset(stream);
	}
	if (status != Z_STREAM_END)
		return error_set(err, ERROR_INPUT, EINVAL, "%s",
				 stream->avail_in ? "gzip: invalid header"
						  : "gzip: unexpected EOF");
	return 0;
}

int inflate_gzip(struct slice bytes, struct text *out, struct error *err)
{
	z_stream stream = { .next_in = (unsigned char *)bytes.data };

	if (bytes.length > UINT32_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "a gzip file of %zu bytes is too large",
				 bytes.length);
	stream.avail_in = (uInt)bytes.length;
	if (inflateInit2(&stream, WINDOW_BITS_GZIP) != Z_OK)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "zlib does not start");

	int r = inflate_members(&stream, out, err);

	inflateEnd(&stream);
	return r;
}
