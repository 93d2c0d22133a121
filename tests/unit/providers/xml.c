/* Small XML documents: trees, names, ceilings and what is refused. */
#include "providers/xml.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

static const char text[] = "<?xml version='1.0'?>\n"
			   "<r xmlns='urn:d' xmlns:n='urn:n'>"
			   "<a> one </a><b x='1' n:x='2' y='&lt;&#65;'/><a>two<c>deep</c> more</a>"
			   "<n:a>spaced</n:a></r>";

static void check_text(struct slice got, const char *want, const char *label)
{
	AUTO_FREE char *copy = got.data ? slice_dup(got) : NULL;

	tap_str(copy, want, label);
}

static void test_tree(struct arena *arena)
{
	const struct xml_element *root = NULL;

	tap_int(xml_parse(slice_of(text), "the test", arena, &root, NULL), 0, "a document");

	const struct xml_element *first = xml_child(root, "a");
	const struct xml_element *second = xml_next(first);

	tap_str(root->name, "r", "its root");
	tap_str(root->namespace, "urn:d", "in its namespace");
	check_text(xml_text(first), "one", "text without white space around it");
	check_text(xml_text(second), "two more", "text around a child");
	check_text(xml_text(xml_path(root, "a/c")), NULL,
		   "a path goes through the first of a name");
	check_text(xml_text(xml_path(second, "c")), "deep", "text of the child");
	check_text(xml_text(xml_next(second)), "spaced", "local names are found in any namespace");
	tap_str(xml_next(second)->namespace, "urn:n", "which is told");
	tap_ok(!xml_next(xml_next(second)), "the last has no next");
	check_text(xml_attribute(xml_child(root, "b"), "y"), "<A", "references are undone");
	check_text(xml_attribute(xml_child(root, "b"), "x"), "1", "the first attribute of a name");
	check_text(xml_attribute(xml_child(root, "b"), "z"), NULL, "an absent attribute");
	check_text(xml_attribute(xml_child(root, "q"), "x"), NULL, "an attribute of nothing");
	tap_ok(!xml_path(root, "b/c/d"), "a path that ends early");
}

static const struct {
	const char *label, *text, *error;
} bad_rows[] = {
	{ "nothing", "", "the test, line 1, is not XML: no element found" },
	{ "text", "hello", "the test, line 1, is not XML: syntax error" },
	{ "an open element", "<a>\n<b>", "the test, line 2, is not XML: no element found" },
	{ "crossed elements", "<a><b></a></b>", "the test, line 1, is not XML: mismatched tag" },
	{ "two roots", "<a/><b/>", "the test, line 1, is not XML: junk after document element" },
	{ "an unknown entity", "<a>&x;</a>", "the test, line 1, is not XML: undefined entity" },
	{ "a document type", "<!DOCTYPE a>\n<a/>",
	  "the test, line 1: it declares a document type" },
	{ "an entity of its own",
	  "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/shadow'>]><a>&x;</a>",
	  "the test, line 1: it declares a document type" },
};

static void test_bad(struct arena *arena)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		const struct xml_element *root = NULL;

		tap_int(xml_parse(slice_of(bad_rows[i].text), "the test", arena, &root, &err),
			-EINVAL, bad_rows[i].label);
		tap_str(err.text, bad_rows[i].error, bad_rows[i].label);
		tap_ok(err.kind == ERROR_INPUT && !root, "%s: of kind input, no tree",
		       bad_rows[i].label);
	}
}

static int parse_nested(struct arena *arena, size_t depth)
{
	AUTO(text_done) struct text nested = TEXT_INIT(XML_BYTES_MAX);
	const struct xml_element *root = NULL;

	for (size_t i = 0; i < depth; i++)
		text_append_str(&nested, "<a>");
	for (size_t i = 0; i < depth; i++)
		text_append_str(&nested, "</a>");
	return xml_parse(text_slice(&nested), "the test", arena, &root, NULL);
}

static int parse_wide(struct arena *arena, size_t children)
{
	AUTO(text_done) struct text wide = TEXT_INIT(XML_BYTES_MAX);
	const struct xml_element *root = NULL;

	text_append_str(&wide, "<r>");
	for (size_t i = 0; i < children; i++)
		text_append_str(&wide, "<a/>");
	text_append_str(&wide, "</r>");
	return xml_parse(text_slice(&wide), "the test", arena, &root, NULL);
}

int main(void)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO_FREE char *blanks = xcalloc(1, XML_BYTES_MAX + 2);
	const struct xml_element *root = NULL;

	test_tree(arena);
	test_bad(arena);
	tap_int(parse_nested(arena, XML_DEPTH_MAX), 0, "as deep as the ceiling");
	tap_int(parse_nested(arena, XML_DEPTH_MAX + 1), -EINVAL, "and no deeper");
	tap_int(parse_wide(arena, XML_ELEMENTS_MAX - 1), 0, "as many elements as the ceiling");
	tap_int(parse_wide(arena, XML_ELEMENTS_MAX), -EINVAL, "and no more");
	memset(blanks, ' ', XML_BYTES_MAX + 1);
	tap_int(xml_parse((struct slice){ blanks, XML_BYTES_MAX + 1 }, "the test", arena, &root,
			  NULL),
		-EFBIG, "a document beyond the ceiling is not read");
	return tap_done();
}
