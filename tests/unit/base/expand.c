/* What comes out of each format, and that nothing else is taken for a whole stream. */
#include "base/expand.h"

#include <bzlib.h>
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "tap.h"

#define PLAIN_BYTES 5000
#define OUT_BYTES   ((size_t)2 * PLAIN_BYTES)
#define PACKED_MAX  16384
#define MEMORY	    ((uint64_t)256 << 20)

static uint8_t plain[PLAIN_BYTES];

/* Half of it compresses well, half does not. */
static void fill_plain(void)
{
	uint32_t state = 12345;

	for (size_t i = 0; i < PLAIN_BYTES; i++) {
		state = state * 1103515245U + 12345U;
		plain[i] = i < PLAIN_BYTES / 2 ? (uint8_t)(i / 100) : (uint8_t)(state >> 16);
	}
}

static size_t pack_gzip(uint8_t *out)
{
	z_stream z = {
		.next_in = plain, .avail_in = PLAIN_BYTES, .next_out = out, .avail_out = PACKED_MAX
	};

	deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return z.total_out;
}

static size_t pack_xz(uint8_t *out)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	/* Several blocks: they are what threads share. */
	const lzma_mt options = {
		.threads = 2, .block_size = 1024, .preset = 1, .check = LZMA_CHECK_CRC64
	};

	if (lzma_stream_encoder_mt(&stream, &options) != LZMA_OK)
		abort();
	stream.next_in = plain;
	stream.avail_in = PLAIN_BYTES;
	stream.next_out = out;
	stream.avail_out = PACKED_MAX;
	while (lzma_code(&stream, LZMA_FINISH) == LZMA_OK)
		continue;

	size_t length = stream.total_out;

	lzma_end(&stream);
	return length;
}

static size_t pack_zstd(uint8_t *out)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);

	size_t length = ZSTD_compress2(context, out, PACKED_MAX, plain, PLAIN_BYTES);

	ZSTD_freeCCtx(context);
	return length;
}

static size_t pack_bzip2(uint8_t *out)
{
	unsigned length = PACKED_MAX;

	BZ2_bzBuffToBuffCompress((char *)out, &length, (char *)plain, PLAIN_BYTES, 1, 0, 0);
	return length;
}

static const struct {
	const char *name;
	size_t (*pack)(uint8_t *out);
} formats[] = {
	{ "gzip", pack_gzip },
	{ "xz", pack_xz },
	{ "zstd", pack_zstd },
	{ "bzip2", pack_bzip2 },
};

/* Feed @packed in pieces.  Return: as expand_step(); *ret_matches: what came out is the plain. */
static int run(const uint8_t *packed, size_t length, size_t in_piece, size_t out_piece,
	       bool *ret_matches, struct error *err)
{
	const struct expand_limits limits = { .memory_bytes = MEMORY, .threads = 2 };
	AUTO(expand_free) struct expand *expand = expand_new(&limits);
	static uint8_t out[OUT_BYTES];
	struct expand_step step = { .in = NULL, .out = out };
	size_t done = 0;
	int r = expand_step(expand, &step, err); /* nothing is there yet */

	step.in = packed;

	while (r == 0) {
		if (step.in_left == 0) {
			step.in_left = length - done < in_piece ? length - done : in_piece;
			done += step.in_left;
			step.is_last = step.in_left == 0;
		}
		if (step.out_left == 0)
			step.out_left = out_piece;
		if ((size_t)(step.out - out) + step.out_left > sizeof(out))
			return -E2BIG;
		r = expand_step(expand, &step, err);
	}
	*ret_matches =
		(size_t)(step.out - out) == PLAIN_BYTES && memcmp(out, plain, PLAIN_BYTES) == 0;
	return r;
}

static void test_whole(const char *name, const uint8_t *packed, size_t length)
{
	static const struct {
		size_t in, out;
	} pieces[] = { { PACKED_MAX, OUT_BYTES }, { 1, 7 }, { 100, 1 }, { 3, 512 } };

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		bool matches = false;
		int r = run(packed, length, pieces[i].in, pieces[i].out, &matches, NULL);

		tap_ok(r == EXPAND_END && matches, "%s in pieces of %zu to pieces of %zu", name,
		       pieces[i].in, pieces[i].out);
	}
}

static void test_truncated(const char *name, const uint8_t *packed, size_t length)
{
	size_t taken = 0;

	/* A part of the first bytes is no stream of that format yet, and comes out as it is. */
	for (size_t cut = EXPAND_MAGIC_BYTES; cut < length; cut++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		bool matches = false;

		if (run(packed, cut, 64, 512, &matches, &err) != -EBADMSG ||
		    err.kind != ERROR_INPUT || !strstr(err.text, "ends early"))
			taken++;
	}
	tap_int((int64_t)taken, 0, "a stream cut anywhere ends early");
	printf("# %s, %zu places\n", name, length - EXPAND_MAGIC_BYTES);
}

static void test_followed(const char *name, uint8_t *packed, size_t length)
{
	static const size_t piece_sizes[] = { 1, 17, PACKED_MAX };

	memcpy(packed + length, packed, length);
	for (size_t i = 0; i < ARRAY_SIZE(piece_sizes); i++)
		for (size_t more = 1; more <= length; more += length - 1) {
			AUTO(error_done) struct error err = ERROR_INIT;
			bool matches = false;
			int r = run(packed, length + more, piece_sizes[i], 512, &matches, &err);

			tap_ok(r == -EBADMSG && strstr(err.text, "behind the end"),
			       "%s: %zu bytes behind it are refused, in pieces of %zu", name, more,
			       piece_sizes[i]);
		}
}

/* Of gzip's header the time, the system and the level are under no checksum. */
static void test_damaged(const char *name, uint8_t *packed, size_t length)
{
	size_t taken = 0;

	for (size_t at = 0; at < length; at++) {
		bool matches = false;

		packed[at] ^= 0x10;
		if (at >= expand_sniff(packed + length, length)->magic_length &&
		    run(packed, length, 64, 512, &matches, NULL) == EXPAND_END && !matches)
			taken++;
		packed[at] ^= 0x10;
	}
	tap_int((int64_t)taken, 0, "a damaged byte anywhere never passes for other contents");
	printf("# %s\n", name);
}

static void test_memory(void)
{
	const struct expand_limits little = { .memory_bytes = 1 << 16 };
	uint8_t packed[PACKED_MAX];
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(expand_free) struct expand *expand = expand_new(&little);
	uint8_t out[512];
	struct expand_step step = { .in = packed,
				    .in_left = pack_xz(packed),
				    .is_last = true,
				    .out = out,
				    .out_left = sizeof(out) };

	tap_int(expand_step(expand, &step, &err), -ENOMEM, "xz that needs more than it may have");
	tap_ok(err.text && strstr(err.text, "may have 0 MiB"), "says how much: %s", err.text);
	tap_str(expand_format(expand), "xz", "and its format is known");
}

static void test_sniff(void)
{
	tap_str(expand_sniff("\x1f\x8b\x08\0\0\0", 6)->name, "gzip", "gzip by two bytes");
	tap_str(expand_sniff("\xfd"
			     "7zXZ",
			     5)
			->name,
		"uncompressed", "five bytes of xz are none");
	tap_str(expand_sniff("", 0)->name, "uncompressed", "nothing is uncompressed");
	tap_str(expand_sniff("BZ\0\0\0\0", 6)->name, "uncompressed", "BZ alone is no bzip2");
}

static void test_raw(void)
{
	bool matches = false;

	tap_ok(run(plain, PLAIN_BYTES, 100, 64, &matches, NULL) == EXPAND_END && matches,
	       "what has no format comes out as it is");
	tap_ok(run(plain, 0, 100, 64, &matches, NULL) == EXPAND_END, "nothing is a whole file");
	tap_ok(run(plain, 3, 1, 64, &matches, NULL) == EXPAND_END, "so are three bytes");
}

int main(void)
{
	fill_plain();
	test_sniff();
	test_raw();
	test_memory();
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		static uint8_t packed[2 * PACKED_MAX];
		size_t length = formats[i].pack(packed);

		test_whole(formats[i].name, packed, length);
		test_truncated(formats[i].name, packed, length);
		test_followed(formats[i].name, packed, length);
		test_damaged(formats[i].name, packed, length);
	}
	return tap_done();
}
