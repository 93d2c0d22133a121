/* text - ceilings, slices, quoting. */
#include "base/text.h"

#include <errno.h>

#include "tap.h"

static const struct {
	const char *label;
	struct slice in;
	const char *json, *quoted;
} quote_rows[] = {
	{ "plain", SLICE("abc"), "\"abc\"", "\"abc\"" },
	{ "quote and backslash", SLICE("a\"\\b"), "\"a\\\"\\\\b\"", "\"a\\\"\\\\b\"" },
	{ "newline, tab, return", SLICE("\n\t\r"), "\"\\n\\t\\r\"", "\"\\n\\t\\r\"" },
	{ "other control characters", SLICE("\x01\x7f"), "\"\\u0001\x7f\"", "\"\\x01\\x7f\"" },
	{ "what HTML would see", SLICE("<&>"), "\"\\u003c\\u0026\\u003e\"", "\"<&>\"" },
	{ "UTF-8 stays", SLICE("\xc3\xa9"), "\"\xc3\xa9\"", "\"\xc3\xa9\"" },
	{ "line separator", SLICE("\xe2\x80\xa8"), "\"\\u2028\"", "\"\\u2028\"" },
	{ "white space of other scripts", SLICE("\xc2\xa0\xe3\x80\x80"), "\"\xc2\xa0\xe3\x80\x80\"",
	  "\"\\u00a0\\u3000\"" },
	{ "a tag character", SLICE("\xf3\xa0\x80\x81"), "\"\xf3\xa0\x80\x81\"", "\"\\U000e0001\"" },
	{ "a face is printable", SLICE("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"",
	  "\"\xf0\x9f\x98\x80\"" },
	{ "invalid UTF-8", SLICE("a\xff"), "\"a\\ufffd\"", "\"a\\xff\"" },
	{ "an encoded surrogate is invalid", SLICE("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"",
	  "\"\\xed\\xa0\\x80\"" },
	{ "a NUL inside", SLICE("a\0b"), "\"a\\u0000b\"", "\"a\\x00b\"" },
	{ "nothing", SLICE(""), "\"\"", "\"\"" },
};

static void test_ceiling(void)
{
	AUTO(text_done) struct text text = TEXT_INIT(4);

	tap_int(text_append_str(&text, "abcd"), 0, "as much as the ceiling fits");
	tap_int(text_append_char(&text, 'e'), -E2BIG, "one more does not");
	tap_str(text_str(&text), "abcd", "a refused append changes nothing");
	text_clear(&text);
	tap_int(text_append_json(&text, SLICE("abc")), -E2BIG, "quotes count");
	tap_str(text_str(&text), "", "a refused string leaves no quote behind");
}

/* Each byte at each place of what is looked at in blocks. */
static void test_json_plain(void)
{
	char bytes[40];
	bool is_right = true;

	for (unsigned c = 0; c < 256; c++) {
		bool is_plain = c >= 0x20 && c < 0x80 && (c == 0 || !strchr("\"\\<>&", (int)c));

		for (size_t at = 0; at < sizeof(bytes); at++) {
			memset(bytes, 'x', sizeof(bytes));
			bytes[at] = (char)c;
			is_right = is_right &&
				   text_json_plain((struct slice){ bytes, sizeof(bytes) }) ==
					   (is_plain ? sizeof(bytes) : at);
		}
	}
	tap_ok(is_right, "a run ends before the first byte that JSON escapes or UTF-8 needs");
	tap_int((int64_t)text_json_plain(SLICE("")), 0, "an empty text has no run");
}

int main(void)
{
	test_json_plain();
	test_ceiling();
	for (size_t i = 0; i < ARRAY_SIZE(quote_rows); i++) {
		AUTO(text_done) struct text json = TEXT_INIT(256);
		AUTO(text_done) struct text quoted = TEXT_INIT(256);

		text_append_json(&json, quote_rows[i].in);
		text_append_quoted(&quoted, quote_rows[i].in);
		tap_str(text_str(&json), quote_rows[i].json, quote_rows[i].label);
		tap_str(text_str(&quoted), quote_rows[i].quoted, quote_rows[i].label);
	}
	tap_ok(slice_equal((struct slice){ NULL, 0 }, SLICE("")), "absent equals empty");
	tap_ok(slice_compare(SLICE("a"), SLICE("ab")) < 0, "the shorter of two comes first");
	struct slice lines = SLICE("a\n\nb");

	tap_ok(slice_is(slice_take_line(&lines), "a") && slice_is(lines, "\nb"),
	       "a line is taken with its newline");
	tap_ok(slice_is(slice_take_line(&lines), "") && slice_is(lines, "b"),
	       "an empty line is one");
	tap_ok(slice_is(slice_take_line(&lines), "b") && lines.length == 0,
	       "the last needs no newline");
	tap_ok(slice_is(slice_trim(SLICE(" \t a b\r\n")), "a b"), "trim keeps inner spaces");
	tap_ok(slice_ends(SLICE("x.service"), ".service"), "a suffix is found");
	return tap_done();
}
