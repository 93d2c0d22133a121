/* gzip - what is a whole stream, in any pieces, and what is not. */
#include "fetch/gzip.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/text.h"
#include "tap.h"

/* "hello", and " you", as gzip -n writes them. */
#define HEADER	  "\x1f\x8b\x08\0\0\0\0\0\0\x03"
#define HELLO_RAW "\xcb\x48\xcd\xc9\xc9\x07\0"
#define HELLO_SUM "\x86\xa6\x10\x36"
#define HELLO	  HEADER HELLO_RAW HELLO_SUM "\x05\0\0\0"
#define STORED_HI "\x01\x02\0\xfd\xffhi"
#define HI_SUM	  "\xac\x2a\x93\xd8"
#define HI	  HEADER STORED_HI HI_SUM "\x02\0\0\0"
#define EMPTY	  HEADER "\x03\0\0\0\0\0\0\0\0\0"

static const struct {
	const char *label;
	struct slice in;
	const char *want, *want_error; /* NULL: it is whole */
} rows[] = {
	{ "one member", SLICE(HELLO), "hello", NULL },
	{ "an empty member", SLICE(EMPTY), "", NULL },
	{ "two members", SLICE(HELLO HI), "hellohi", NULL },
	{ "three, one of them empty", SLICE(HI EMPTY HELLO), "hihello", NULL },
	{ "extra field, name, comment",
	  SLICE("\x1f\x8b\x08\x1c\0\0\0\0\0\x03\x02\0xyname\0comment\0" HELLO_RAW HELLO_SUM
		"\x05\0\0\0"),
	  "hello", NULL },
	{ "reserved flags",
	  SLICE("\x1f\x8b\x08\xe0\0\0\0\0\0\x03" HELLO_RAW HELLO_SUM "\x05\0\0\0"), "hello", NULL },
	{ "nothing", SLICE(""), "", "gzip: unexpected EOF" },
	{ "other bytes", SLICE("hello, world"), "", "gzip: invalid header" },
	{ "a few other bytes", SLICE("hello"), "", "gzip: unexpected EOF" },
	{ "another method", SLICE("\x1f\x8b\x07\0\0\0\0\0\0\x03\0\0"), "", "gzip: invalid header" },
	{ "a wrong header checksum", SLICE("\x1f\x8b\x08\x02\0\0\0\0\0\x03\x01\x01\0\0"), "",
	  "gzip: invalid header" },
	{ "a byte behind the last member", SLICE(HELLO "\0"), "hello", "gzip: unexpected EOF" },
	{ "ten bytes behind the last member", SLICE(HELLO "\0\0\0\0\0\0\0\0\0\0"), "hello",
	  "gzip: invalid header" },
	{ "a second header alone", SLICE(HELLO HEADER), "hello", "gzip: unexpected EOF" },
	{ "the last byte missing", SLICE(HEADER HELLO_RAW HELLO_SUM "\x05\0\0"), "hello",
	  "gzip: unexpected EOF" },
	{ "cut in the data", SLICE(HEADER "\xcb\x48"), NULL, "gzip: unexpected EOF" },
	{ "cut in the header", SLICE("\x1f\x8b\x08\0"), "", "gzip: unexpected EOF" },
	{ "a wrong checksum", SLICE(HEADER HELLO_RAW "\0\0\0\0\x05\0\0\0"), NULL,
	  "gzip: invalid checksum" },
	{ "a wrong length", SLICE(HEADER HELLO_RAW HELLO_SUM "\x06\0\0\0"), NULL,
	  "gzip: invalid checksum" },
	{ "a block type that is none", SLICE(HEADER "\xff\xff\xff\xff\xff"), "",
	  "gzip: corrupt input: invalid block type" },
};

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	return text_append(sink->context, data, length) < 0
		       ? error_set(err, ERROR_INPUT, E2BIG, "full")
		       : 0;
}

/* @in written @step bytes at a time. */
static void test_row(size_t row, size_t step)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text out = TEXT_INIT(100);
	struct content_sink sink = { .write = append, .context = &out };
	AUTO(gzip_free) struct gzip *gzip = gzip_new(&sink);
	struct content_sink *in = gzip_sink(gzip);
	int r = 0;

	for (struct slice rest = rows[row].in; rest.length && r == 0; rest = slice_from(rest, step))
		r = in->write(in, rest.data, rest.length < step ? rest.length : step, &err);
	if (r == 0)
		r = gzip_finish(gzip, &err);
	tap_ok(r == (rows[row].want_error ? -EINVAL : 0) &&
		       err.kind == (r ? ERROR_INPUT : ERROR_NONE) &&
		       (!rows[row].want || slice_is(text_slice(&out), rows[row].want)),
	       "%s, in pieces of %zu (got %d, \"%s\")", rows[row].label, step, r, text_str(&out));
	tap_str(err.text, rows[row].want_error, rows[row].label);
}

/* A megabyte of zeros is about a kilobyte of gzip: the sink behind says when it is enough. */
static void test_bomb(void)
{
	static const unsigned char stored[] = { 0, 0xff, 0xff, 0, 0 };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text out = TEXT_INIT(200000);
	struct content_sink sink = { .write = append, .context = &out };
	AUTO(gzip_free) struct gzip *gzip = gzip_new(&sink);
	struct content_sink *in = gzip_sink(gzip);
	AUTO_FREE unsigned char *zeros = xcalloc(1, 65535);
	int r = in->write(in, HEADER, 10, &err);
	unsigned blocks = 0;

	for (; blocks < 10 && r == 0; blocks++) {
		r = in->write(in, stored, sizeof(stored), &err);
		if (r == 0)
			r = in->write(in, zeros, 65535, &err);
	}
	tap_ok(r == -E2BIG && blocks == 4, "a sink that is full stops it (%d after %u)", r, blocks);
	tap_str(err.text, "full", "with the sink's own words");
}

int main(void)
{
	static const size_t steps[] = { 1, 2, 7, 11, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t step = 0; step < ARRAY_SIZE(steps); step++)
			test_row(i, steps[step]);
	test_bomb();
	gzip_free(NULL);
	return tap_done();
}
