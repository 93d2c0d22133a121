/* node - reading a parsed text. */
#include "base/node.h"

#include "base/json.h"
#include "tap.h"

#define FFFD "\xef\xbf\xbd"

static const struct {
	const char *label;
	struct slice text; /* of one string, with quotes */
	struct slice want;
	unsigned flags;
} string_rows[] = {
	{ "plain", SLICE("\"abc\""), SLICE("abc"), 0 },
	{ "empty", SLICE("\"\""), SLICE(""), 0 },
	{ "valid UTF-8 needs no repair", SLICE("\"\xc3\xa9\""), SLICE("\xc3\xa9"), 0 },
	{ "every letter escape", SLICE("\"\\b\\f\\n\\r\\t\\\\\\/\\\"\""), SLICE("\b\f\n\r\t\\/\""),
	  NODE_ESCAPED },
	{ "hex digits of both cases", SLICE("\"\\u00e9\\u00E9\""), SLICE("\xc3\xa9\xc3\xa9"),
	  NODE_ESCAPED },
	{ "an escaped NUL", SLICE("\"a\\u0000b\""), SLICE("a\0b"), NODE_ESCAPED },
	{ "a surrogate pair is one character", SLICE("\"\\ud83d\\ude00\""),
	  SLICE("\xf0\x9f\x98\x80"), NODE_ESCAPED },
	{ "the last surrogate pair", SLICE("\"\\uDBFF\\uDFFF\""), SLICE("\xf4\x8f\xbf\xbf"),
	  NODE_ESCAPED },
	{ "a lone high surrogate", SLICE("\"\\ud83dx\""), SLICE(FFFD "x"), NODE_ESCAPED },
	{ "a high surrogate at the end", SLICE("\"\\ud83d\""), SLICE(FFFD), NODE_ESCAPED },
	{ "a lone low surrogate", SLICE("\"\\ude00\""), SLICE(FFFD), NODE_ESCAPED },
	{ "surrogates in the wrong order", SLICE("\"\\ude00\\ud83d\""), SLICE(FFFD FFFD),
	  NODE_ESCAPED },
	{ "a high surrogate before another escape", SLICE("\"\\ud83d\\u0041\""), SLICE(FFFD "A"),
	  NODE_ESCAPED },
	{ "two high surrogates, then a low one", SLICE("\"\\ud83d\\ud83d\\ude00\""),
	  SLICE(FFFD "\xf0\x9f\x98\x80"), NODE_ESCAPED },
	{ "a high surrogate before a letter escape", SLICE("\"\\ud83d\\nabcd\""),
	  SLICE(FFFD "\nabcd"), NODE_ESCAPED },
	{ "a stray byte", SLICE("\"a\xff\""), SLICE("a" FFFD), NODE_ESCAPED | NODE_INVALID_UTF8 },
	{ "each byte of an encoded surrogate", SLICE("\"\xed\xa0\x80\""), SLICE(FFFD FFFD FFFD),
	  NODE_ESCAPED | NODE_INVALID_UTF8 },
	{ "a character cut short by the quote", SLICE("\"\xe2\x82\""), SLICE(FFFD FFFD),
	  NODE_ESCAPED | NODE_INVALID_UTF8 },
	{ "each byte of an overlong form", SLICE("\"\xc0\xaf\""), SLICE(FFFD FFFD),
	  NODE_ESCAPED | NODE_INVALID_UTF8 },
	{ "an escape and a stray byte", SLICE("\"\\n\xfe\""), SLICE("\n" FFFD),
	  NODE_ESCAPED | NODE_INVALID_UTF8 },
	{ "DEL needs no escape", SLICE("\"\x7f\""), SLICE("\x7f"), 0 },
	{ "a special byte in the second block", SLICE("\"0123456789abcdef0123\\n\""),
	  SLICE("0123456789abcdef0123\n"), NODE_ESCAPED },
};

static struct document *parse(struct source *source)
{
	struct document *document = NULL;

	json_parse(source, &document, NULL, NULL);
	return document;
}

static void test_strings(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(string_rows); i++) {
		AUTO(source_free) struct source *source = source_new("s", string_rows[i].text);
		AUTO(document_free) struct document *document = parse(source);
		unsigned flags = document ? document->nodes[0].flags : 0;
		struct slice got = document ? node_string(document, 0) : SLICE("(refused)");

		tap_ok(slice_equal(got, string_rows[i].want), "string: %s", string_rows[i].label);
		tap_int(flags, string_rows[i].flags, string_rows[i].label);
	}
}

static void test_tree(void)
{
	AUTO(source_free)
	struct source *source = source_new(
		"s",
		SLICE("{\"a\": [1, {}, []],\n \"b\": true, \"a\": -2.5e3, \"\\u0063\": null}"));
	AUTO(document_free) struct document *document = parse(source);

	tap_int(document->count, 12, "keys and values are nodes");
	tap_int(document->nodes[0].value, 4, "an object counts its pairs");

	uint32_t key = node_first(document, 0);
	uint32_t list = node_next(document, key);
	uint32_t one = node_first(document, list);
	uint32_t object = node_next(document, one);
	uint32_t empty = node_next(document, object);

	tap_ok(slice_is(node_string(document, key), "a"), "the first child is the first key");
	tap_int(document->nodes[list].value, 3, "an array counts its elements");
	tap_ok(slice_is(node_text(document, one), "1"), "a number keeps its text");
	tap_int(document->nodes[object].kind, NODE_OBJECT, "siblings follow in order");
	tap_int(node_first(document, object), 0, "an empty object has no child");
	tap_int(node_first(document, empty), 0, "an empty array has no child");
	tap_int(node_next(document, empty), 0, "the last sibling has no next");
	tap_ok(slice_is(node_text(document, list), "[1, {}, []]"), "an array's text has brackets");
	tap_int(node_first(document, one), 0, "a scalar has no child");

	tap_ok(slice_is(node_text(document, node_get(document, 0, "a")), "-2.5e3"),
	       "get: the last of repeated keys");
	tap_int(document->nodes[node_get(document, 0, "b")].flags, NODE_TRUE, "get: true");
	tap_int(node_get(document, 0, "x"), 0, "get: absent");
	tap_int(node_get(document, 0, "B"), 0, "get: case counts");
	tap_int(node_get(document, list, "a"), 0, "get: an array has no keys");
	tap_int(document->nodes[node_get(document, 0, "c")].kind, NODE_NULL,
		"get: keys are compared unescaped");

	uint32_t values = document->value_count;

	tap_int(node_get(document, 0, "x"), 0, "get: absent again");
	tap_int(document->value_count, values, "what is unescaped once is kept");
}

static void test_positions(void)
{
	AUTO(source_free) struct source *source = source_new("s", SLICE("{\"a\":\n [\"x\", 7]}"));
	AUTO(document_free) struct document *document = parse(source);
	uint32_t list = node_get(document, 0, "a");
	struct origin origin = node_origin(document, list);
	struct origin marker = node_marker(document, list);
	struct origin seven =
		node_marker(document, node_next(document, node_first(document, list)));

	tap_ok(origin.line == 2 && origin.column == 2, "an array begins at its bracket");
	tap_ok(marker.line == 2 && marker.column == 3, "an array is marked after its bracket");
	tap_ok(seven.line == 2 && seven.column == 8, "a scalar is marked at its first byte");
	tap_int(node_marker(document, 0).column, 2, "an object is marked after its bracket");
}

int main(void)
{
	test_strings();
	test_tree();
	test_positions();
	document_free(NULL);
	return tap_done();
}
