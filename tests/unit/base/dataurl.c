/* dataurl - grammar, error texts and bytes of "data:" URLs. */
#include "base/dataurl.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

static const struct {
	const char *url, *media_type;
	struct slice want;
} good_rows[] = {
	{ "data:,", "text/plain", SLICE("") },
	{ "data:,a%20b%41%00c", "text/plain", SLICE("a bA\0c") },
	{ "data:,%ff%FF", "text/plain", SLICE("\xff\xff") },
	{ "data:,a,b;c?d", "text/plain", SLICE("a,b;c?d") },
	{ "data:;base64,", "text/plain", SLICE("") },
	{ "data:;base64,QUI=", "text/plain", SLICE("AB") },
	{ "data:;charset=utf-8,x", "text/plain", SLICE("x") },
	{ "data:text/html,x", "text/html", SLICE("x") },
	{ "data:text/html;a=b;c=%41;base64,QQ==", "text/html", SLICE("A") },
	{ "data:textile/x,x", "textile/x", SLICE("x") },
	{ "data:text/,x", "text/", SLICE("x") },
	{ "data:x-a/b,x", "x-a/b", SLICE("x") },
	{ "data:X-/b,x", "X-/b", SLICE("x") },
	{ "data:;a=\"b;,\\\"\\n\\x41\\101\\u00e9\\U0001f600\",x", "text/plain", SLICE("x") },
	{ "data:;a=\"\",x", "text/plain", SLICE("x") },
	{ "data:;a=\"\";b=%zz,x", "text/plain", SLICE("x") },
};

static const struct {
	const char *url, *want;
} bad_rows[] = {
	{ "", "missing data prefix" },
	{ "DATA:,x", "missing data prefix" },
	{ "data:", "missing comma before data" },
	{ "data:/x,", "invalid character after data prefix" },
	{ "data:\xc3\xa9,", "invalid character after data prefix" },
	{ "data:text", "missing media type slash" },
	{ "data:text,", "invalid character for media type" },
	{ "data:te xt/plain,", "invalid character for media type" },
	{ "data:model/vrml,", "invalid media type" },
	{ "data:TEXT/plain,", "invalid media type" },
	{ "data:xml/x,", "invalid media type" },
	{ "data:x/x,", "invalid character for media type" },
	{ "data:x\xc3\xa9/x,", "invalid media type" },
	{ "data:x", "missing media type slash" },
	{ "data:x-", "missing media type slash" },
	{ "data:x-,", "invalid character for media type" },
	{ "data:text/plain", "incomplete media type" },
	{ "data:text/pl/ain,", "invalid character for media subtype" },
	{ "data:;", "unterminated parameter sequence" },
	{ "data:;,", "unterminated parameter sequence" },
	{ "data:;=a,", "unterminated parameter sequence" },
	{ "data:;a", "unterminated parameter sequence" },
	{ "data:;;,", "invalid character for parameter attribute" },
	{ "data:;a;b=c,", "invalid character for parameter attribute" },
	{ "data:;base64;a=b,", "invalid character for parameter attribute" },
	{ "data:;BASE64,", "expected base64, got BASE64" },
	{ "data:;a=", "missing comma before data" },
	{ "data:;a=b", "missing comma before data" },
	{ "data:;a=,", "invalid character for parameter value" },
	{ "data:;a=b c,", "invalid character for parameter value" },
	{ "data:;a=%4,", "rfc2396: unexpected end of unescape sequence" },
	{ "data:;a=%zz,", "rfc2396: invalid char 0x25 in unescape sequence" },
	{ "data:;a=\"b", "unclosed quoted string" },
	{ "data:;a=\"b\\", "unclosed quoted string" },
	{ "data:;a=\"\xc3\xa9\",", "invalid character for parameter value" },
	{ "data:;a=\"\\\xc3\xa9\",", "invalid escaped character" },
	{ "data:;a=\"b\"", "missing comma before data" },
	{ "data:;a=\"b\"c,", "expected semicolon or comma" },
	{ "data:;a=\"\\'\",", "invalid syntax" },
	{ "data:;a=\"\\x4\",", "invalid syntax" },
	{ "data:;a=\"\\400\",", "invalid syntax" },
	{ "data:;a=\"\\ud800\",", "invalid syntax" },
	{ "data:;a=\"\\U00110000\",", "invalid syntax" },
	{ "data:;a=\"\n\",", "invalid syntax" },
	{ "data:,a b", "invalid data character" },
	{ "data:,%zz{", "invalid data character" },
	{ "data:,\xc3\xa9", "invalid data character" },
	{ "data:,%", "rfc2396: unexpected end of unescape sequence" },
	{ "data:,a%4", "rfc2396: unexpected end of unescape sequence" },
	{ "data:,%4g", "rfc2396: invalid char 0x25 in unescape sequence" },
	{ "data:;base64,QUJD\nQUJD", "invalid data character" },
	{ "data:;base64,QQ%3D%3D", "invalid data character" },
	{ "data:;base64,Q-==", "invalid data character" },
	{ "data:;base64,QUJDQQ=", "illegal base64 data at input byte 7" },
	{ "data:;base64,QUJDQ", "illegal base64 data at input byte 4" },
};

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	return text_append(sink->context, data, length) < 0
		       ? error_set(err, ERROR_INPUT, E2BIG, "full")
		       : 0;
}

static void test_good(size_t i)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text delivered = TEXT_INIT(64);
	struct content_sink sink = { .write = append, .context = &delivered };
	struct dataurl url = { 0 };
	AUTO_FREE unsigned char *bytes = NULL;
	size_t length = 0;
	int r = dataurl_parse(slice_of(good_rows[i].url), &url, &err);

	tap_ok(r == 0 && slice_is(url.media_type, good_rows[i].media_type), "parse: %s: %s",
	       good_rows[i].url, err.text);
	tap_ok(dataurl_decode(&url, &bytes, &length, &err) == 0 &&
		       slice_equal((struct slice){ (char *)bytes, length }, good_rows[i].want) &&
		       bytes[length] == '\0',
	       "decode: %s", good_rows[i].url);
	tap_ok(dataurl_deliver(&url, &sink, &err) == 0 &&
		       slice_equal(text_slice(&delivered), good_rows[i].want),
	       "deliver: %s", good_rows[i].url);
}

/* @encoded, repeated far beyond one piece of a delivery after @prefix, gives @decoded as often. */
static void test_pieces(const char *prefix, const char *encoded, const char *decoded)
{
	AUTO(text_done) struct text text = TEXT_INIT(1 << 20);
	AUTO(text_done) struct text want = TEXT_INIT(1 << 20);
	AUTO(text_done) struct text got = TEXT_INIT(1 << 20);
	struct content_sink sink = { .write = append, .context = &got };
	struct dataurl url = { 0 };

	text_append_str(&text, prefix);
	text_append_str(&want, strchr(prefix, ',') + 1);
	for (size_t i = 0; i < 70000; i++) {
		text_append_str(&text, encoded);
		text_append_str(&want, decoded);
	}
	tap_int(dataurl_parse(text_slice(&text), &url, NULL), 0, prefix);
	tap_ok(dataurl_deliver(&url, &sink, NULL) == 0 &&
		       slice_equal(text_slice(&got), text_slice(&want)),
	       "%s%s... arrives whole over many pieces", prefix, encoded);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(good_rows); i++)
		test_good(i);
	for (size_t i = 0; i < ARRAY_SIZE(bad_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = dataurl_parse(slice_of(bad_rows[i].url), NULL, &err);

		tap_ok(r == -EINVAL && err.kind == ERROR_INPUT, "refused: %s", bad_rows[i].url);
		tap_str(err.text, bad_rows[i].want, bad_rows[i].url);
	}
	test_pieces("data:,", "%41", "A");
	test_pieces("data:,x", "%41", "A");
	test_pieces("data:,xx", "%41", "A");
	test_pieces("data:;base64,", "QUJD", "ABC");

	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text small = TEXT_INIT(2);
	struct content_sink sink = { .write = append, .context = &small };
	struct dataurl url = { 0 };
	unsigned char *bytes = NULL;
	size_t length = 0;

	dataurl_parse(SLICE("data:,abc"), &url, NULL);
	tap_int(dataurl_deliver(&url, &sink, &err), -E2BIG, "the sink's error is the delivery's");
	url.data = SLICE("%");
	tap_int(dataurl_decode(&url, &bytes, &length, NULL), -EINVAL, "unchecked data is refused");
	return tap_done();
}
