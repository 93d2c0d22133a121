/* Members of documents by name: what is there, and that asking for more does no harm. */
#include "providers/fields.h"

#include <errno.h>

#include "tap.h"

static const char json[] =
	"{\"a\": \"x\", \"n\": 12.50, \"t\": true, \"z\": null, \"l\": [\"p\", \"q\"], "
	"\"o\": {\"k\": \"v\", \"e\": \"\\u00e9\"}, \"a\": \"last\"}";

static void check_text(struct slice got, const char *want, const char *label)
{
	AUTO_FREE char *text = got.data ? slice_dup(got) : NULL;

	tap_str(text, want, label);
}

static void test_members(const struct fields *fields)
{
	const struct place top = fields_top(fields);
	const struct place none = place_member(place_member(top, "nosuch"), "deeper");

	check_text(place_member_text(top, "a"), "last", "the last of repeated members");
	check_text(place_member_text(top, "n"), "12.50", "a number as it is written");
	check_text(place_member_text(top, "t"), "true", "a boolean as text");
	check_text(place_member_text(top, "z"), NULL, "null is absent");
	check_text(place_member_text(top, "l"), NULL, "a list is no text");
	check_text(place_member_text(place_member(top, "o"), "e"), "é", "an escape is undone");
	check_text(place_text(none), NULL, "what is below nothing is nothing");
	check_text(place_member_text(place_member(top, "a"), "b"), NULL, "a text has no members");
	tap_ok(!place_first(place_member(top, "a")).is_present, "a text has no elements");
	tap_ok(!place_next(none).is_present, "nothing has no next");
}

static void test_walks(const struct fields *fields)
{
	struct place element = place_first(place_member(fields_top(fields), "l"));
	struct place value = place_first(place_member(fields_top(fields), "o"));

	check_text(place_text(element), "p", "the first element");
	check_text(place_name(element), NULL, "an element has no name");
	element = place_next(element);
	check_text(place_text(element), "q", "the next element");
	tap_ok(!place_next(element).is_present, "the last has no next");
	check_text(place_text(value), "v", "the first value of an object");
	check_text(place_name(value), "k", "and its name");
	value = place_next(value);
	check_text(place_name(value), "e", "the name of the next");
	tap_ok(!place_next(value).is_present, "the last value has no next");
}

int main(void)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	AUTO(fields_done) struct fields yaml = { .source = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(error_done) struct error yaml_err = ERROR_INIT;

	tap_int(fields_of_json(slice_of(json), "the test", &fields, NULL), 0, "read JSON");
	test_members(&fields);
	test_walks(&fields);
	tap_int(fields_of_yaml(SLICE("a: 1\nb: {c: d}\nl: []\n"), "the test", &yaml, NULL), 0,
		"read YAML");
	check_text(place_member_text(fields_top(&yaml), "a"), "1", "a number of YAML");
	check_text(place_member_text(place_member(fields_top(&yaml), "b"), "c"), "d", "a flow map");
	tap_ok(!place_first(place_member(fields_top(&yaml), "l")).is_present, "an empty list");
	fields_done(&fields);
	tap_int(fields_of_json(SLICE("{"), "the test", &fields, &err), -EINVAL, "half a document");
	tap_str(err.text, "the test is not JSON: the test:1:2: unexpected end of JSON input",
		"and what is wrong");
	tap_int(err.kind, ERROR_INPUT, "of kind input");
	fields_done(&yaml);
	tap_int(fields_of_yaml(SLICE("a: [\n"), "the test", &yaml, &yaml_err), -EINVAL,
		"half a document of YAML");
	tap_ok(strncmp(yaml_err.text, "the test is not YAML: ", 22) == 0, "and its name");
	return tap_done();
}
