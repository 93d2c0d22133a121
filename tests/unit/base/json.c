/* json - what is JSON, what is not and why, and where. */
#include "base/json.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

#define END		"unexpected end of JSON input"
#define BAD(c, context) "invalid character '" c "' " context

static const struct {
	struct slice text;
	size_t offset;
	const char *message;
} error_rows[] = {
	{ SLICE(""), 1, END },
	{ SLICE("   "), 4, END },
	{ SLICE("{"), 2, END },
	{ SLICE("["), 2, END },
	{ SLICE("[1,"), 4, END },
	{ SLICE("{\"a\""), 5, END },
	{ SLICE("{\"a\":"), 6, END },
	{ SLICE("{\"a\":1,"), 8, END },
	{ SLICE("\"abc"), 5, END },
	{ SLICE("\"\xc3"), 3, END },
	/* The end inside a token is reported as the space that Go's scanner adds. */
	{ SLICE("tru"), 4, BAD(" ", "in literal true (expecting 'e')") },
	{ SLICE("-"), 2, BAD(" ", "in numeric literal") },
	{ SLICE("1."), 3, BAD(" ", "after decimal point in numeric literal") },
	{ SLICE("1e"), 3, BAD(" ", "in exponent of numeric literal") },
	{ SLICE("1E-"), 4, BAD(" ", "in exponent of numeric literal") },
	{ SLICE("\"\\"), 3, BAD(" ", "in string escape code") },
	{ SLICE("\"\\u12"), 6, BAD(" ", "in \\u hexadecimal character escape") },
	{ SLICE("#cloud-config"), 1, BAD("#", "looking for beginning of value") },
	{ SLICE("a"), 1, BAD("a", "looking for beginning of value") },
	{ SLICE("[,]"), 2, BAD(",", "looking for beginning of value") },
	{ SLICE("[1,]"), 4, BAD("]", "looking for beginning of value") },
	{ SLICE("{\"a\":}"), 6, BAD("}", "looking for beginning of value") },
	{ SLICE("+1"), 1, BAD("+", "looking for beginning of value") },
	{ SLICE(".5"), 1, BAD(".", "looking for beginning of value") },
	{ SLICE("NaN"), 1, BAD("N", "looking for beginning of value") },
	{ SLICE("// x"), 1, BAD("/", "looking for beginning of value") },
	{ SLICE("{x}"), 2, BAD("x", "looking for beginning of object key string") },
	{ SLICE("{,}"), 2, BAD(",", "looking for beginning of object key string") },
	{ SLICE("{\"a\":1,}"), 8, BAD("}", "looking for beginning of object key string") },
	{ SLICE("{1:2}"), 2, BAD("1", "looking for beginning of object key string") },
	{ SLICE("{\"a\" 1}"), 6, BAD("1", "after object key") },
	{ SLICE("{\"a\"}"), 5, BAD("}", "after object key") },
	{ SLICE("{\"a\":1 1}"), 8, BAD("1", "after object key:value pair") },
	{ SLICE("{\"a\":01}"), 7, BAD("1", "after object key:value pair") },
	{ SLICE("{\"a\":1]"), 7, BAD("]", "after object key:value pair") },
	{ SLICE("[1 1]"), 4, BAD("1", "after array element") },
	{ SLICE("[1}"), 3, BAD("}", "after array element") },
	{ SLICE("[0x1]"), 3, BAD("x", "after array element") },
	{ SLICE("{} {}"), 4, BAD("{", "after top-level value") },
	{ SLICE("{},"), 3, BAD(",", "after top-level value") },
	{ SLICE("01"), 2, BAD("1", "after top-level value") },
	{ SLICE("truex"), 5, BAD("x", "after top-level value") },
	{ SLICE("{}\0"), 3, BAD("\\x00", "after top-level value") },
	{ SLICE("\"\t\""), 2, BAD("\\t", "in string literal") },
	{ SLICE("{\"a\n\":1}"), 4, BAD("\\n", "in string literal") },
	{ SLICE("\"0123456789abcdef0123\x01\""), 22, BAD("\\x01", "in string literal") },
	{ SLICE("\"\0\""), 2, BAD("\\x00", "in string literal") },
	{ SLICE("\"\\q\""), 3, BAD("q", "in string escape code") },
	{ SLICE("\"\\'\""), 3, BAD("\\'", "in string escape code") },
	{ SLICE("\"\\\0\""), 3, BAD("\\x00", "in string escape code") },
	{ SLICE("\"\\u00g0\""), 6, BAD("g", "in \\u hexadecimal character escape") },
	{ SLICE("\"\\u123\""), 7, BAD("\"", "in \\u hexadecimal character escape") },
	{ SLICE("[tRue]"), 3, BAD("R", "in literal true (expecting 'r')") },
	{ SLICE("[nulx]"), 5, BAD("x", "in literal null (expecting 'l')") },
	{ SLICE("[falsE]"), 6, BAD("E", "in literal false (expecting 'e')") },
	{ SLICE("[-a]"), 3, BAD("a", "in numeric literal") },
	{ SLICE("[1.a]"), 4, BAD("a", "after decimal point in numeric literal") },
	{ SLICE("[1ea]"), 4, BAD("a", "in exponent of numeric literal") },
	{ SLICE("[1e+a]"), 5, BAD("a", "in exponent of numeric literal") },
	/* Characters are quoted as Go does; a byte above 0x7f is taken as Latin-1. */
	{ SLICE("'"), 1, BAD("\\'", "looking for beginning of value") },
	{ SLICE("\\"), 1, BAD("\\\\", "looking for beginning of value") },
	{ SLICE("{'"), 2, BAD("\\'", "looking for beginning of object key string") },
	{ SLICE("[1\""), 3, BAD("\"", "after array element") },
	{ SLICE("\x1b"), 1, BAD("\\x1b", "looking for beginning of value") },
	{ SLICE("\v"), 1, BAD("\\v", "looking for beginning of value") },
	{ SLICE("\x7f"), 1, BAD("\\x7f", "looking for beginning of value") },
	{ SLICE("\x80"), 1, BAD("\\u0080", "looking for beginning of value") },
	{ SLICE("\xa0"), 1, BAD("\\u00a0", "looking for beginning of value") },
	{ SLICE("\xad"), 1, BAD("\\u00ad", "looking for beginning of value") },
	{ SLICE("\xff"), 1, BAD("\xc3\xbf", "looking for beginning of value") },
	{ SLICE("\xef\xbb\xbf{}"), 1, BAD("\xc3\xaf", "looking for beginning of value") },
};

static const struct {
	const char *text;
	enum node_kind kind;
} valid_rows[] = {
	{ "null", NODE_NULL },
	{ " true ", NODE_BOOL },
	{ "false\n", NODE_BOOL },
	{ "0", NODE_NUMBER },
	{ "-0", NODE_NUMBER },
	{ "-0.0e-0", NODE_NUMBER },
	{ "1E+400", NODE_NUMBER },
	{ "123456789012345678901234567890", NODE_NUMBER },
	{ "\"\"", NODE_STRING },
	{ "\t\r\n []", NODE_ARRAY },
	{ "[ ]", NODE_ARRAY },
	{ "{ }", NODE_OBJECT },
	{ "{\"a\" : [ 1 , 2 ] , \"a\" : { } }", NODE_OBJECT },
	{ "{\"\":\"\"}", NODE_OBJECT },
};

static void test_errors(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(error_rows); i++) {
		AUTO(source_free) struct source *source = source_new("s", error_rows[i].text);
		struct document *document = NULL;
		struct json_error where = { 0 };
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = json_parse(source, &document, &where, &err);

		AUTO(text_done) struct text label = TEXT_INIT(TEXT_MESSAGE_MAX);

		text_append_quoted(&label, error_rows[i].text);
		tap_ok(r == -EINVAL && err.kind == ERROR_INPUT && !document, "refused: %s",
		       text_str(&label));
		tap_str(where.message, error_rows[i].message, "its message is Go's");
		tap_int((int64_t)where.offset, (int64_t)error_rows[i].offset, "its offset is Go's");
	}
}

static void test_valid(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(valid_rows); i++) {
		AUTO(source_free)
		struct source *source = source_new("s", slice_of(valid_rows[i].text));
		AUTO(document_free) struct document *document = NULL;
		int r = json_parse(source, &document, NULL, NULL);

		AUTO(text_done) struct text label = TEXT_INIT(TEXT_MESSAGE_MAX);

		text_append_quoted(&label, slice_of(valid_rows[i].text));
		tap_ok(r == 0 && document->nodes[0].kind == valid_rows[i].kind, "accepted: %s",
		       text_str(&label));
	}
}

/* @depth brackets, open and (with @close) closed again. */
static struct slice nested(struct text *text, size_t depth, bool close)
{
	for (size_t i = 0; i < depth; i++)
		text_append_char(text, '[');
	for (size_t i = 0; i < depth && close; i++)
		text_append_char(text, ']');
	return text_slice(text);
}

static void test_depth(void)
{
	AUTO(text_done) struct text deepest = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text deeper = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(source_free)
	struct source *good = source_new("good", nested(&deepest, JSON_DEPTH_MAX, true));
	AUTO(source_free)
	struct source *bad = source_new("bad", nested(&deeper, JSON_DEPTH_MAX + 1, true));
	AUTO(document_free) struct document *document = NULL;
	struct document *none = NULL;
	struct json_error where = { 0 };
	AUTO(error_done) struct error err = ERROR_INIT;

	tap_int(json_parse(good, &document, NULL, NULL), 0, "the deepest nesting is read");
	tap_int(document->nodes[JSON_DEPTH_MAX / 2].length, JSON_DEPTH_MAX,
		"each level has its length");
	tap_int(document->nodes[JSON_DEPTH_MAX / 2].next, 0, "no level keeps its stack link");
	tap_int(json_parse(bad, &none, &where, &err), -EINVAL, "one level more is refused");
	tap_str(where.message, "invalid character '[' exceeded max depth", "as Go says it");
	tap_int((int64_t)where.offset, JSON_DEPTH_MAX + 1, "at the bracket too many");
	tap_str(err.text, "bad:1:10001: invalid character '[' exceeded max depth",
		"the error names file, line and column of the offending byte");
}

static void test_growth(void)
{
	enum { ELEMENTS = 5000 };
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_str(&text, "[[");
	for (int i = 0; i < ELEMENTS; i++)
		text_append_str(&text, "7,");
	text_append_str(&text, "8],9]");

	AUTO(source_free) struct source *source = source_new("s", text_slice(&text));
	AUTO(document_free) struct document *document = NULL;
	int count = 0;

	tap_int(json_parse(source, &document, NULL, NULL), 0, "more nodes than the first guess");
	for (uint32_t at = node_first(document, 1); at; at = node_next(document, at))
		count++;
	tap_int(count, ELEMENTS + 1, "every element is linked");
	tap_ok(slice_is(node_text(document, node_next(document, 1)), "9"),
	       "the array's sibling follows it");
}

static void test_size(void)
{
	/* Never read: the size alone is refused. */
	AUTO_FREE char *huge = calloc(JSON_SIZE_MAX + 1, 1);

	if (!huge) {
		tap_ok(true, "a text above the ceiling # SKIP no memory");
		return;
	}

	AUTO(source_free)
	struct source *source = source_new("huge", (struct slice){ huge, JSON_SIZE_MAX + 1 });
	struct document *none = NULL;
	AUTO(error_done) struct error err = ERROR_INIT;

	tap_int(json_parse(source, &none, NULL, &err), -EFBIG, "a text above the ceiling");
	tap_str(err.text, "huge: larger than 1073741824 bytes", "its error names the ceiling");
}

int main(void)
{
	test_errors();
	test_valid();
	test_depth();
	test_growth();
	test_size();
	return tap_done();
}
