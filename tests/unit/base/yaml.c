/* yaml - trees, merges, aliases, positions and what is refused. */
#include "base/yaml.h"

#include <errno.h>

#include "node_json.h"
#include "tap.h"

static const struct {
	const char *label, *text, *want;
} tree_rows[] = {
	{ "an empty text is null", "", "null" },
	{ "comments alone are null", "# nothing\n", "null" },
	{ "an empty document is null", "---\n", "null" },
	{ "a mapping", "a: 1\nb: x\n", "{\"a\":1,\"b\":\"x\"}" },
	{ "a sequence", "- 1\n- - 2\n  - 3\n", "[1,[2,3]]" },
	{ "an indentless sequence", "a:\n- 1\n- 2\nb: 3\n", "{\"a\":[1,2],\"b\":3}" },
	{ "flow style", "{a: [1, {b: }], c: []}", "{\"a\":[1,{\"b\":null}],\"c\":[]}" },
	{ "a pair in a flow sequence", "[a: b, c]", "[{\"a\":\"b\"},\"c\"]" },
	{ "JSON is YAML", "{\"a\": [true, null, \"\\u00e9\"]}",
	  "{\"a\":[true,null,\"\xc3\xa9\"]}" },
	{ "only the first document is read", "a: 1\n---\n{", "{\"a\":1}" },
	{ "a byte order mark is skipped",
	  "\xef\xbb\xbf"
	  "a: 1",
	  "{\"a\":1}" },
	{ "quoted scalars are strings", "['1', \"true\", '', \"~\"]",
	  "[\"1\",\"true\",\"\",\"~\"]" },
	{ "block scalars are strings", "- |\n  1\n- >-\n  a\n  b\n", "[\"1\\n\",\"a b\"]" },
	{ "block scalars keep or strip their end", "- |+\n  a\n\n- |-\n  a\n- |2\n    a\n",
	  "[\"a\\n\\n\",\"a\",\"  a\\n\"]" },
	{ "plain scalars are resolved", "[~, True, 0644, 0x10, .5, yes, 2001-12-14]",
	  "[null,true,420,16,0.5,\"yes\",\"2001-12-14\"]" },
	{ "tags decide", "[!!str 1, !!int \"0x10\", !!float 1, !!null '', !!bool \"true\"]",
	  "[\"1\",16,1,null,true]" },
	{ "an unknown tag makes a string", "[!x 1, !!timestamp 2001-12-14]",
	  "[\"1\",\"2001-12-14\"]" },
	{ "the tag ! leaves plain scalars as they are", "[! 1, ! '1']", "[1,\"1\"]" },
	{ "binary is decoded", "!!binary |\n  aGVs\n  bG8=\n", "\"hello\"" },
	{ "tags of collections do not matter", "!!map {a: !!seq []}", "{\"a\":[]}" },
	{ "keys are their text", "{1: a, 0x10: b, true: c, ~: d, 1.50: e}",
	  "{\"1\":\"a\",\"0x10\":\"b\",\"true\":\"c\",\"~\":\"d\",\"1.50\":\"e\"}" },
	{ "an explicit key", "? a\n: 1\n? b\n", "{\"a\":1,\"b\":null}" },
	{ "an empty key", "?\n: 1\n", "{\"\":1}" },
	{ "aliases are expanded", "a: &x [1, &y 2]\nb: *x\nc: *y\n",
	  "{\"a\":[1,2],\"b\":[1,2],\"c\":2}" },
	{ "a later anchor of the same name counts", "[&x 1, *x, &x 2, *x]", "[1,1,2,2]" },
	{ "an alias may be a key", "[&x 0x10, {*x : 1}]", "[16,{\"0x10\":1}]" },
	{ "an anchor on a key", "{&k a: 1, b: *k}", "{\"a\":1,\"b\":\"a\"}" },
	{ "an anchor on nothing", "[&x , *x]", "[null,null]" },
	{ "a merge", "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  z: 3\n",
	  "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"z\":3,\"x\":1,\"y\":2}}" },
	{ "own keys win over merged ones, before or after", "{x: 1, <<: {x: 2, y: 2, z: 2}, y: 1}",
	  "{\"x\":1,\"y\":1,\"z\":2}" },
	{ "of merged objects the first wins", "<<: [{a: 1}, {a: 2, b: 2}]", "{\"a\":1,\"b\":2}" },
	{ "merges within merges", "<<: {<<: {a: 1, b: 1}, b: 2}", "{\"b\":2,\"a\":1}" },
	{ "a merged object stays an anchor", "{a: {<<: &m {x: 1}}, b: *m}",
	  "{\"a\":{\"x\":1},\"b\":{\"x\":1}}" },
	{ "an overridden object does not accumulate", "{<<: {a: {x: 1}}, a: {y: 2}}",
	  "{\"a\":{\"y\":2}}" },
	{ "a quoted << is a key", "{\"<<\": {a: 1}}", "{\"\\u003c\\u003c\":{\"a\":1}}" },
	{ "an empty merge", "{<<: {}}", "{}" },
	{ "a merge tag", "{!!merge x: 1, !!merge <<: {a: 1}}", "{\"x\":1,\"a\":1}" },
	{ "line ends of Windows", "a: 1\r\nb: |\r\n  x\r\n", "{\"a\":1,\"b\":\"x\\n\"}" },
};

static const struct {
	const char *label, *text;
	uint32_t line, column;
	const char *want; /* the message after name and position */
} error_rows[] = {
	{ "a tab as indentation", "a:\n\tb: 1\n", 2, 1,
	  "found character that cannot start any token, while scanning for the next token that "
	  "began at line 2" },
	{ "two values", "a: b: c", 1, 5, "mapping values are not allowed in this context" },
	{ "an open bracket", "a: [1,\n", 2, 1,
	  "did not find expected node content, while parsing a flow node that began at line 2" },
	{ "a bad byte", "a: \xff", 1, 4, "invalid leading UTF-8 octet" },
	{ "a control character", "ab: \x01", 1, 5, "control characters are not allowed" },
	{ "a bad byte behind characters of two", "\xc3\xa9: \xff", 1, 5,
	  "invalid leading UTF-8 octet" },
	{ "UTF-16",
	  "\xff\xfe"
	  "a",
	  1, 1, "invalid leading UTF-8 octet" },
	{ "the first repeated key", "b: 1\na: 1\nb: 2\na: 2\n", 3, 1,
	  "mapping key \"b\" already defined at line 1" },
	{ "a key repeated in another style", "1: a\n\"1\": b\n", 2, 1,
	  "mapping key \"1\" already defined at line 1" },
	{ "a repeated key in a merged object", "{<<: {\n a: 1, a: 2}}", 2, 8,
	  "mapping key \"a\" already defined at line 2" },
	{ "two merge keys", "<<: {}\n<<: {}\n", 2, 1,
	  "mapping key \"<<\" already defined at line 1" },
	{ "a merge of a scalar", "<<: 1", 1, 5,
	  "map merge requires map or sequence of maps as the value" },
	{ "a merge of scalars", "<<: [{}, 1]", 1, 10,
	  "map merge requires map or sequence of maps as the value" },
	{ "a merge of an alias of a sequence", "[&x [{}], {<<: *x}]", 1, 16,
	  "map merge requires map or sequence of maps as the value" },
	{ "an object as a key", "{a: 1}: b", 1, 1, "a mapping key must be a scalar" },
	{ "an alias of an array as a key", "[&x [], {*x : 1}]", 1, 10,
	  "a mapping key must be a scalar" },
	{ "an unknown alias", "[1, *x]", 1, 5, "unknown anchor 'x' referenced" },
	{ "an alias before its anchor", "[*x, &x 1]", 1, 2, "unknown anchor 'x' referenced" },
	{ "an alias of what it is in", "a: &x [1, [*x]]", 1, 12,
	  "anchor 'x' value contains itself" },
	{ "a tag that does not fit", "\xc3\xa9: !!int abc", 1, 11,
	  "cannot decode !!str `abc` as a !!int" },
	{ "a float is no int", "!!int 1.5", 1, 7, "cannot decode !!float `1.5` as a !!int" },
	{ "an int is no bool", "!!bool 1", 1, 8, "cannot decode !!int `1` as a !!bool" },
	{ "binary that is not base64", "!!binary \"a\"", 1, 10,
	  "!!binary value contains invalid base64 data" },
};

static void test_trees(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(tree_rows); i++) {
		AUTO(source_free)
		struct source *source = source_new("y", slice_of(tree_rows[i].text));
		AUTO(document_free) struct document *document = NULL;
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

		if (yaml_parse(source, &document, NULL, &err) == 0)
			node_json(document, &out);
		tap_str(err.text ? err.text : text_str(&out), tree_rows[i].want,
			tree_rows[i].label);
	}
}

static void test_errors(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(error_rows); i++) {
		AUTO(source_free)
		struct source *source = source_new("y", slice_of(error_rows[i].text));
		struct document *none = NULL;
		struct origin origin = { NULL };
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO_FREE char *want = xasprintf("y:%u:%u: %s", error_rows[i].line,
						 error_rows[i].column, error_rows[i].want);
		int r = yaml_parse(source, &none, &origin, &err);

		tap_ok(r == -EINVAL && !none && err.kind == ERROR_INPUT &&
			       origin.source == source && origin.line == error_rows[i].line &&
			       origin.column == error_rows[i].column,
		       "refused: %s", error_rows[i].label);
		tap_str(err.text, want, "its message");
	}
}

/* Each scalar of the text, as it was written there. */
static void append_written(struct document *document, struct text *out)
{
	for (uint32_t i = 0; i < document->count; i++) {
		const struct node *node = &document->nodes[i];

		text_append_slice(out,
				  (struct slice){ source_text(document->source).data + node->start,
						  node->length });
		text_append_char(out, '|');
	}
}

static const struct {
	const char *label, *text, *want;
} position_rows[] = {
	{ "scalars", "[a, 'b', \"c\" , 0644]", "[a, 'b', \"c\" , 0644]|a|'b'|\"c\"|0644|" },
	{ "characters of several bytes before", "{\xc3\xa9: \xf0\x9f\x98\x80, b: 1}",
	  "{\xc3\xa9: \xf0\x9f\x98\x80, b: 1}|\xc3\xa9|\xf0\x9f\x98\x80|b|1|" },
	{ "a block ends with its last child", "a:\n  b: 1\n\nc: 2\n",
	  "a:\n  b: 1\n\nc: 2|a|b: 1|b|1|c|2|" },
	{ "an indentless sequence", "a:\n- 1\n- 2\nb: 3",
	  "a:\n- 1\n- 2\nb: 3|a|- 1\n- 2|1|2|b|3|" },
	{ "behind anchors and tags", "[&x !!str 1, !!int &y # z\n 2, &z {}]",
	  "[&x !!str 1, !!int &y # z\n 2, &z {}]|1|2|{}|" },
	{ "behind a tag on the line before, whose end is NEL", "!!int\xc2\x85 # z\xc2\x85 7",
	  "7|" },
	{ "a byte order mark before", "\xef\xbb\xbf[1]", "[1]|1|" },
	{ "Windows line ends before", "\r\n\r\n[1]", "[1]|1|" },
	{ "an alias is where its value is", "[&x 1, *x]", "[&x 1, *x]|1|1|" },
	{ "a block scalar", "- |\n  a\n- b", "- |\n  a\n- b||\n  a\n|b|" },
	{ "a pair in a flow sequence", "[a: b]", "[a: b]|a: b|a|b|" },
	{ "nothing", "{a: }", "{a: }|a||" },
};

static void test_positions(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(position_rows); i++) {
		AUTO(source_free)
		struct source *source = source_new("y", slice_of(position_rows[i].text));
		AUTO(document_free) struct document *document = NULL;
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

		if (yaml_parse(source, &document, NULL, NULL) == 0)
			append_written(document, &out);
		tap_str(text_str(&out), position_rows[i].want, position_rows[i].label);
	}

	AUTO(source_free) struct source *source = source_new("y", SLICE("a:\n  b: 1\nc: {}"));
	AUTO(document_free) struct document *document = NULL;

	yaml_parse(source, &document, NULL, NULL);

	struct origin block = node_marker(document, node_get(document, 0, "a"));
	struct origin flow = node_marker(document, node_get(document, 0, "c"));

	tap_ok(block.line == 2 && block.column == 3, "a block is marked at its first byte");
	tap_ok(flow.line == 3 && flow.column == 5, "a flow mapping is marked after its bracket");
}

static void repeat(struct text *text, size_t count, const char *piece)
{
	for (size_t i = 0; i < count; i++)
		text_append_str(text, piece);
}

static int parse_text(const struct text *text, struct error *err)
{
	AUTO(source_free) struct source *source = source_new("y", text_slice(text));
	AUTO(document_free) struct document *document = NULL;

	return yaml_parse(source, &document, NULL, err);
}

static void nest(struct text *out, const char *open, const char *close, unsigned depth)
{
	text_clear(out);
	text_append_str(out, "- &x0 ");
	repeat(out, depth, open);
	text_append_str(out, "{}");
	repeat(out, depth, close);
	text_append_str(out, "\n- ");
	repeat(out, depth, open);
	text_append_str(out, "*x0");
	repeat(out, depth, close);
}

static void test_ceilings(void)
{
	AUTO(text_done) struct text good = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text deep = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text chain = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text merges = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(error_done) struct error deep_err = ERROR_INIT;
	AUTO(error_done) struct error chain_err = ERROR_INIT;
	AUTO(error_done) struct error merges_err = ERROR_INIT;

	repeat(&good, YAML_DEPTH_MAX, "[");
	repeat(&good, YAML_DEPTH_MAX, "]");
	tap_int(parse_text(&good, NULL), 0, "the deepest nesting is read");
	repeat(&deep, YAML_DEPTH_MAX + 1, "[");
	repeat(&deep, YAML_DEPTH_MAX + 1, "]");
	tap_int(parse_text(&deep, &deep_err), -EINVAL, "one level more is refused");
	tap_str(deep_err.text, "y:1:1001: nested too deeply", "at the bracket too many");

	/* Two parts, of which each is allowed, and the second ends in the first. */
	nest(&chain, "[", "]", YAML_DEPTH_MAX / 2 + 1);
	tap_int(parse_text(&chain, &chain_err), -EINVAL, "aliases do not nest deeper either");
	tap_str(chain_err.text, "y:1:505: nested too deeply", "at the bracket too many");
	nest(&merges, "{<<: ", "}", YAML_DEPTH_MAX / 2);
	tap_int(parse_text(&merges, &merges_err), 0, "merges as deep as nesting are read");
	nest(&merges, "{<<: ", "}", YAML_DEPTH_MAX / 2 + 1);
	tap_int(parse_text(&merges, &merges_err), -EINVAL, "one merge more is refused");
	tap_str(merges_err.text, "y:1:2507: merged too deeply", "at the merge too many");
}

static void test_laughs(void)
{
	static const char too_many[] = "document contains excessive aliasing";
	static const char *const firsts[] = { "[lol]", "{}", "{a: 1}" };

	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++) {
		AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);
		AUTO(error_done) struct error err = ERROR_INIT;
		struct slice message;

		text_printf(&text, "x0: &x0 %s\n", firsts[i]);
		for (int line = 1; line < 10; line++) {
			text_printf(&text, "x%d: &x%d %s", line, line, i ? "{<<: [" : "[");
			for (int j = 0; j < 10; j++)
				text_printf(&text, "%s*x%d", j ? ", " : "", line - 1);
			text_append_str(&text, i ? "]}\n" : "]\n");
		}
		tap_int(parse_text(&text, &err), -EINVAL, "what expands to billions is refused");
		message = slice_of(err.text);
		tap_ok(slice_ends(message, too_many), "for that reason (%s)", err.text);
	}
}

int main(void)
{
	test_trees();
	test_errors();
	test_positions();
	test_ceilings();
	test_laughs();
	return tap_done();
}
