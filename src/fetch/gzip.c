#include "fetch/gzip.h"

#define ZLIB_CONST
#include <errno.h>
#include <limits.h>
#include <zlib.h>

#include "base/alloc.h"

/* RFC 1952, 2.3: ID1 ID2 CM FLG MTIME XFL OS */
#define HEADER_BYTES 10
#define HEADER_FLAGS 3
/* FTEXT to FCOMMENT; zlib refuses the reserved ones, Go does not look at them. */
#define KNOWN_FLAGS 0x1f
/* The largest window, and a gzip wrapper (zlib.h, inflateInit2). */
#define WINDOW_BITS (MAX_WBITS + 16)
#define CHUNK_BYTES 65536

enum gzip_place {
	GZIP_AT_START, /* before any member */
	GZIP_IN_MEMBER,
	GZIP_BETWEEN_MEMBERS,
};

struct gzip {
	struct content_sink sink;
	struct content_sink *next; /* borrowed */
	enum gzip_place place;
	z_stream stream;
	size_t header_length; /* of the header below, until it is complete */
	unsigned char header[HEADER_BYTES];
	unsigned char out[CHUNK_BYTES];
};

static int refuse(struct error *err, const char *text)
{
	return error_set(err, ERROR_INPUT, EINVAL, "gzip: %s", text);
}

/* What zlib complains about, in the words of Go. */
static int refuse_data(struct error *err, const char *message)
{
	static const struct {
		const char *zlib, *text;
	} texts[] = {
		{ "incorrect data check", "invalid checksum" },
		{ "incorrect length check", "invalid checksum" },
		{ "header crc mismatch", "invalid header" },
	};

	for (size_t i = 0; message && i < ARRAY_SIZE(texts); i++)
		if (strcmp(message, texts[i].zlib) == 0)
			return refuse(err, texts[i].text);
	return error_set(err, ERROR_INPUT, EINVAL, "gzip: corrupt input: %s",
			 message ?: "a preset dictionary is needed");
}

/* One turn of the decoder.  Return: 0; -errno. */
static int inflate_chunk(struct gzip *gzip, struct error *err)
{
	gzip->stream.next_out = gzip->out;
	gzip->stream.avail_out = sizeof(gzip->out);

	int r = inflate(&gzip->stream, Z_NO_FLUSH);
	size_t length = sizeof(gzip->out) - gzip->stream.avail_out;

	if (r == Z_MEM_ERROR)
		abort();
	/* Z_BUF_ERROR: no input was left, which is no error. */
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return refuse_data(err, gzip->stream.msg);
	if (r == Z_STREAM_END)
		gzip->place = GZIP_BETWEEN_MEMBERS;
	return length ? gzip->next->write(gzip->next, gzip->out, length, err) : 0;
}

/* Decompress from *in until it is used up or the member ends. */
static int read_member(struct gzip *gzip, struct slice *in, struct error *err)
{
	size_t length = in->length < UINT_MAX ? in->length : UINT_MAX;
	int r = 0;

	gzip->stream.next_in = (const unsigned char *)in->data;
	gzip->stream.avail_in = (unsigned)length;
	do
		r = inflate_chunk(gzip, err);
	while (r == 0 && gzip->place == GZIP_IN_MEMBER &&
	       (gzip->stream.avail_in || gzip->stream.avail_out == 0));
	*in = slice_from(*in, length - gzip->stream.avail_in);
	return r;
}

/* Collect a member's header from *in: zlib would pass over what is none behind a first member. */
static int read_header(struct gzip *gzip, struct slice *in, struct error *err)
{
	size_t missing = HEADER_BYTES - gzip->header_length;
	size_t length = in->length < missing ? in->length : missing;

	memcpy(gzip->header + gzip->header_length, in->data, length);
	gzip->header_length += length;
	*in = slice_from(*in, length);
	if (gzip->header_length < HEADER_BYTES)
		return 0;
	if (memcmp(gzip->header, "\x1f\x8b\x08", 3) != 0)
		return refuse(err, "invalid header");
	gzip->header[HEADER_FLAGS] &= KNOWN_FLAGS;
	gzip->header_length = 0;
	gzip->place = GZIP_IN_MEMBER;
	inflateReset(&gzip->stream);
	return read_member(gzip, &(struct slice){ (const char *)gzip->header, HEADER_BYTES }, err);
}

static int gzip_write(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	struct gzip *gzip = sink->context;
	struct slice in = { data, length };
	int r = 0;

	while (in.length && r == 0)
		r = gzip->place == GZIP_IN_MEMBER ? read_member(gzip, &in, err)
						  : read_header(gzip, &in, err);
	return r;
}

struct gzip *gzip_new(struct content_sink *next)
{
	struct gzip *gzip = xcalloc(1, sizeof(*gzip));

	gzip->sink = (struct content_sink){ .write = gzip_write, .context = gzip };
	gzip->next = next;
	/* What is left to fail with these arguments is memory. */
	if (inflateInit2(&gzip->stream, WINDOW_BITS) != Z_OK)
		abort();
	return gzip;
}

void gzip_free(struct gzip *gzip)
{
	if (!gzip)
		return;
	inflateEnd(&gzip->stream);
	free(gzip);
}

struct content_sink *gzip_sink(struct gzip *gzip)
{
	return &gzip->sink;
}

int gzip_finish(const struct gzip *gzip, struct error *err)
{
	if (gzip->place == GZIP_BETWEEN_MEMBERS && gzip->header_length == 0)
		return 0;
	return refuse(err, "unexpected EOF");
}
