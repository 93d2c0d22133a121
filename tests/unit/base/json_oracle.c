/*
 * json_oracle - the reader compared with jansson: the same verdict and the same tree, except where
 * Go decides otherwise than jansson; those rows say so.
 */
#include "base/json.h"

#include "tap.h"

#ifdef HAVE_JANSSON
#include <jansson.h>

enum want {
	BOTH,	 /* accepted by both, with equal trees */
	NEITHER, /* refused by both */
	OURS,	 /* accepted as Go does, refused by jansson */
};

static const struct {
	const char *label;
	struct slice text;
	enum want want;
} rows[] = {
	{ "scalars at the top", SLICE(" -12 "), BOTH },
	{ "every kind", SLICE("[null,true,false,0,-1.5e3,\"x\",[],{}]"), BOTH },
	{ "nested objects", SLICE("{\"a\":{\"b\":{\"c\":[1,{\"d\":2}]}},\"e\":3}"), BOTH },
	{ "escapes", SLICE("\"\\u00e9\\n\\\\\\/\\ud83d\\ude00\\u0000z\""), BOTH },
	{ "UTF-8 of each length", SLICE("\"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""), BOTH },
	{ "escaped keys", SLICE("{\"\\u0061b\":1}"), BOTH },
	{ "repeated keys: the last wins when asked for", SLICE("{\"a\":1,\"a\":[2]}"), BOTH },
	{ "the largest 64-bit integer", SLICE("9223372036854775807"), BOTH },
	{ "an integer beyond 64 bits is a number to Go", SLICE("9223372036854775808"), OURS },
	{ "a real beyond a double is a number to Go", SLICE("1e400"), OURS },
	{ "invalid UTF-8 is repaired by Go", SLICE("\"\xff\""), OURS },
	{ "an encoded surrogate is repaired by Go", SLICE("\"\xed\xa0\x80\""), OURS },
	{ "a lone high surrogate is replaced by Go", SLICE("\"\\ud83d\""), OURS },
	{ "a lone low surrogate is replaced by Go", SLICE("\"\\ude00\""), OURS },
	{ "a NUL in a key is a character to Go", SLICE("{\"\\u0000\":1}"), OURS },
	{ "nothing", SLICE(""), NEITHER },
	{ "a trailing comma in an array", SLICE("[1,]"), NEITHER },
	{ "a trailing comma in an object", SLICE("{\"a\":1,}"), NEITHER },
	{ "trailing text", SLICE("{} x"), NEITHER },
	{ "a NUL after the text", SLICE("{}\0"), NEITHER },
	{ "a byte order mark", SLICE("\xef\xbb\xbf{}"), NEITHER },
	{ "a comment", SLICE("/**/{}"), NEITHER },
	{ "single quotes", SLICE("{'a':1}"), NEITHER },
	{ "a leading zero", SLICE("01"), NEITHER },
	{ "a leading plus", SLICE("+1"), NEITHER },
	{ "a bare decimal point", SLICE("1."), NEITHER },
	{ "a vertical tab is no space", SLICE("\v{}"), NEITHER },
	{ "a raw newline in a string", SLICE("\"\n\""), NEITHER },
	{ "an unknown escape", SLICE("\"\\x41\""), NEITHER },
	{ "a short unicode escape", SLICE("\"\\u12\""), NEITHER },
};

static bool same(struct document *document, uint32_t node, const json_t *want);

static bool same_array(struct document *document, uint32_t node, const json_t *want)
{
	uint32_t at = node_first(document, node);

	for (size_t i = 0; i < json_array_size(want); i++, at = node_next(document, at)) {
		if (!at || !same(document, at, json_array_get(want, i)))
			return false;
	}
	return at == 0;
}

static bool same_object(struct document *document, uint32_t node, json_t *want)
{
	const char *key;
	json_t *value;

	json_object_foreach(want, key, value)
	{
		uint32_t got = node_get(document, node, key);

		if (!got || !same(document, got, value))
			return false;
	}
	for (uint32_t at = node_first(document, node); at;
	     at = node_next(document, node_next(document, at))) {
		struct slice name = node_string(document, at);

		if (!json_object_getn(want, name.data, name.length))
			return false;
	}
	return true;
}

static bool same_number(struct document *document, uint32_t node, const json_t *want)
{
	AUTO_FREE char *text = slice_dup(node_text(document, node));

	return strtod(text, NULL) == json_number_value(want);
}

static bool same(struct document *document, uint32_t node, const json_t *want)
{
	const struct node *got = &document->nodes[node];

	switch (json_typeof(want)) {
	case JSON_NULL:
		return got->kind == NODE_NULL;
	case JSON_TRUE:
		return got->kind == NODE_BOOL && got->flags == NODE_TRUE;
	case JSON_FALSE:
		return got->kind == NODE_BOOL && got->flags == 0;
	case JSON_INTEGER:
	case JSON_REAL:
		return got->kind == NODE_NUMBER && same_number(document, node, want);
	case JSON_STRING:
		return got->kind == NODE_STRING &&
		       slice_equal(
			       node_string(document, node),
			       (struct slice){ json_string_value(want), json_string_length(want) });
	case JSON_ARRAY:
		return got->kind == NODE_ARRAY && same_array(document, node, want);
	case JSON_OBJECT:
		return got->kind == NODE_OBJECT && same_object(document, node, (json_t *)want);
	}
	return false;
}

/* Which of the two accept @text; *ret_same only when both do. */
static enum want compare(struct slice text, bool *ret_same)
{
	AUTO(source_free) struct source *source = source_new("s", text);
	AUTO(document_free) struct document *document = NULL;
	bool ours = json_parse(source, &document, NULL, NULL) == 0;
	json_t *theirs = json_loadb(text.data, text.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	*ret_same = ours == !!theirs;
	if (ours && theirs)
		*ret_same = same(document, 0, theirs);
	json_decref(theirs);
	return ours ? (*ret_same ? BOTH : OURS) : NEITHER;
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_same = false;
		enum want got = compare(rows[i].text, &is_same);

		tap_ok(got == rows[i].want && is_same == (rows[i].want != OURS), "%s",
		       rows[i].label);
	}
}

/* The same sequence in every run (Marsaglia's xorshift). */
static uint32_t draw(uint32_t *state, size_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % (uint32_t)below;
}

/* Pieces whose combinations Go and jansson judge alike. */
static const char *const pieces[] = {
	"{",	   "}",		  "[",	"]",	",",	   ":",	   "\"a\":", "\"b\"",
	"\"\\n\"", "\"\\u00e9\"", "\"", "\\",	"0",	   "-1",   "2.5",    "1e2",
	"1e",	   "-",		  ".",	"true", "null",	   "fals", "false",  "\"\":",
	"[1,2",	   " ",		  "\n", "\t",	"{\"a\":", "\x01",
};

#define GENERATED 30000

static void test_generated(void)
{
	uint32_t state = 2463534242;
	size_t different = 0, accepted = 0;

	for (size_t i = 0; i < GENERATED; i++) {
		AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);
		bool is_same = false;

		for (size_t n = 1 + draw(&state, 9); n; n--)
			text_append_str(&text, pieces[draw(&state, ARRAY_SIZE(pieces))]);
		accepted += compare(text_slice(&text), &is_same) == BOTH;
		if (!is_same && different++ < 5)
			printf("# differs: %s\n", text_str(&text));
	}
	tap_int((int64_t)different, 0, "generated texts: verdict and tree are jansson's");
	tap_ok(accepted > GENERATED / 100, "some of them are valid (%zu)", accepted);
}

static void test_mutated(void)
{
	static const char base[] =
		"{\"ignition\": {\"version\": \"3.3.0\"}, \"list\": [1, -2.5e+3, true, null, "
		"{\"\\u0041\\n\": [[], {}, \"0123456789abcdefghij\"]}], \"x\": false}";
	static const char bytes[] = "{}[],:\"\\ \n\x01"
				    "019-+.eEtfnux/";
	uint32_t state = 88675123;
	size_t different = 0, accepted = 0;

	for (size_t i = 0; i < GENERATED; i++) {
		char text[sizeof(base)];
		bool is_same = false;

		memcpy(text, base, sizeof(base));
		for (size_t n = 1 + draw(&state, 2); n; n--)
			text[draw(&state, sizeof(base) - 1)] =
				bytes[draw(&state, sizeof(bytes) - 1)];

		struct slice slice = { text, sizeof(base) - 1 };

		accepted += compare(slice, &is_same) == BOTH;
		if (!is_same && different++ < 5)
			printf("# differs: %s\n", text);
	}
	tap_int((int64_t)different, 0, "mutated texts: verdict and tree are jansson's");
	tap_ok(accepted > GENERATED / 100, "some of them stay valid (%zu)", accepted);
}

int main(void)
{
	test_rows();
	test_generated();
	test_mutated();
	return tap_done();
}

#else

int main(void)
{
	tap_ok(true, "comparison with jansson # SKIP built without it");
	return tap_done();
}

#endif
