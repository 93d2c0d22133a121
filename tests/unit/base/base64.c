/* base64 - strict as Go's StdEncoding, and the same offsets in errors. */
#include "base/base64.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

static const struct {
	const char *label, *in, *want; /* want NULL: refused at @offset */
	size_t offset;
} rows[] = {
	{ "nothing", "", "", 0 },
	{ "one byte", "QQ==", "A", 0 },
	{ "two bytes", "QUI=", "AB", 0 },
	{ "three bytes", "QUJD", "ABC", 0 },
	{ "both last letters of the alphabet", "+/+/", "\xfb\xff\xbf", 0 },
	{ "many groups", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0 },
	{ "newlines anywhere", "\nQU\r\nJD\nREVGR0hJSktM\r\nTQ\n=\n=\r\n", "ABCDEFGHIJKLM", 0 },
	{ "bits beyond the last byte are not looked at", "QR==", "A", 0 },
	{ "no padding", "QQ", NULL, 0 },
	{ "no padding after a group", "QUJDQQ", NULL, 4 },
	{ "half of the padding", "QQ=", NULL, 3 },
	{ "a lone character", "QUJDR", NULL, 4 },
	{ "padding at the start", "=QUJ", NULL, 0 },
	{ "padding as the second", "Q===", NULL, 1 },
	{ "a character between paddings", "QQ=Q", NULL, 2 },
	{ "a group after padding", "QQ==QUJD", NULL, 4 },
	{ "too much padding", "QUI==", NULL, 4 },
	{ "the URL alphabet", "QUJ-", NULL, 3 },
	{ "a space", "QU JD", NULL, 2 },
	{ "a bad byte behind full blocks",
	  "QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQU*D", NULL,
	  74 },
	{ "non-ASCII", "QU\xc3\xa9", NULL, 2 },
	{ "newlines count in the offset as Go counts them", "QUJD\nQ\n", NULL, 6 },
};

static void test_row(size_t i)
{
	struct slice in = slice_of(rows[i].in);
	AUTO_FREE unsigned char *out = xmalloc(BASE64_DECODED_MAX(in.length));
	size_t length = 0, offset = 0, checked = 0, checked_offset = 0;
	int r = base64_decode(in, out, &length, &offset);
	int check = base64_decode(in, NULL, &checked, &checked_offset);
	struct slice got = { (const char *)out, length };

	tap_ok(rows[i].want ? r == 0 && slice_is(got, rows[i].want)
			    : r == -EINVAL && offset == rows[i].offset,
	       "decode: %s (got %d, %zu at %zu)", rows[i].label, r, length, offset);
	tap_ok(check == r && checked == length && checked_offset == offset,
	       "check agrees: %s (got %d, %zu at %zu)", rows[i].label, check, checked,
	       checked_offset);
}

/* Every byte value in every place of a group, all lengths around a block. */
static void test_round_trip(void)
{
	unsigned char bytes[300];
	bool same = true;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 167 + (i >> 3));
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		AUTO(text_done) struct text text = TEXT_INIT(sizeof(bytes) * 2);

		base64_append(&text, bytes, length);

		AUTO_FREE unsigned char *out = xmalloc(BASE64_DECODED_MAX(text.length));
		size_t decoded = 0;
		int r = base64_decode(text_slice(&text), out, &decoded, NULL);

		same &= r == 0 && decoded == length && memcmp(out, bytes, length) == 0;
	}
	tap_ok(same, "what was encoded decodes to itself, at every length");
}

/* A byte outside the alphabet is found wherever it stands. */
static void test_every_place(void)
{
	bool all = true;

	for (size_t at = 0; at < 160; at++) {
		for (unsigned c = 0; c < 256; c++) {
			char in[160];
			bool known = c && strchr("+/\r\n=", (int)c);
			size_t offset = 0;

			memset(in, 'A', sizeof(in));
			in[at] = (char)c;
			if (known || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			    (c >= 'A' && c <= 'Z'))
				continue;
			all &= base64_decode((struct slice){ in, sizeof(in) }, NULL, NULL,
					     &offset) == -EINVAL &&
			       offset == at;
		}
	}
	tap_ok(all, "a foreign byte is named wherever it stands");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(i);
	test_round_trip();
	test_every_place();

	AUTO(text_done) struct text text = TEXT_INIT(4);

	tap_int(base64_append(&text, "A", 1), 0, "encode: up to the ceiling");
	tap_str(text_str(&text), "QQ==", "encode: with padding");
	tap_int(base64_append(&text, "A", 1), -E2BIG, "encode: not beyond it");
	tap_str(text_str(&text), "QQ==", "encode: refused, the text is unchanged");
	return tap_done();
}
