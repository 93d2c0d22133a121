/* report - entries, and how upstream, people and programs see them. */
#include "base/report.h"

#include <errno.h>

#include "base/number.h"
#include "tap.h"

/* A path is a list of steps; "#2" is the index 2. */
#define STEPS_MAX 6

static const struct {
	const char *label;
	const char *steps[STEPS_MAX];
	const char *upstream, *human;
} path_rows[] = {
	{ "the root", { NULL }, "$", "$" },
	{ "keys and an index",
	  { "storage", "files", "#0", "path" },
	  "$.storage.files.0.path",
	  "$.storage.files[0].path" },
	{ "an index in an index", { "a", "#1", "#20" }, "$.a.1.20", "$.a[1][20]" },
	{ "a key with a dot", { "a.b", "c" }, "$.a.b.c", "$[\"a.b\"].c" },
	{ "a key with a quote", { "a\"" }, "$.a\"", "$[\"a\\\"\"]" },
	{ "a key with an escape sequence", { "\x1b[m" }, "$.\x1b[m", "$[\"\\x1b[m\"]" },
	{ "an empty key", { "" }, "$.", "$[\"\"]" },
	{ "letters of all kinds", { "aZ_-9" }, "$.aZ_-9", "$.aZ_-9" },
};

static const struct report_path *link_path(const char *const *steps, struct report_path *links)
{
	const struct report_path *last = NULL;

	for (size_t i = 0; i < STEPS_MAX && steps[i]; i++) {
		links[i] = (struct report_path){ .parent = last };
		uint64_t index = 0;

		if (steps[i][0] == '#') {
			number_parse_u64(slice_of(steps[i] + 1), 0, SIZE_MAX, &index);
			links[i].index = index;
		} else {
			links[i].key = slice_of(steps[i]);
		}
		last = &links[i];
	}
	return last;
}

static void test_paths(void)
{
	AUTO(report_free) struct report *report = report_new();

	for (size_t i = 0; i < ARRAY_SIZE(path_rows); i++) {
		struct report_path links[STEPS_MAX];
		const struct report_path *path = link_path(path_rows[i].steps, links);
		const struct report_entry *entry =
			report_add(report, REPORT_ERROR, path, (struct origin){ NULL }, "x");

		tap_str(entry->path, path_rows[i].upstream, path_rows[i].label);
		tap_str(entry->path_human, path_rows[i].human, path_rows[i].label);
	}
}

static const struct {
	const char *label;
	enum report_severity severity;
	bool root, no_path, past_end;
	uint32_t line, column;
	const char *want;
} upstream_rows[] = {
	{ "path and position", REPORT_ERROR, false, false, false, 3, 15,
	  "error at $.a.b, line 3 col 15: m 7" },
	{ "path alone", REPORT_WARNING, false, false, false, 0, 0, "warning at $.a.b: m 7" },
	{ "position alone", REPORT_ERROR, false, true, false, 1, 2, "error at line 1 col 2: m 7" },
	{ "neither", REPORT_INFO, false, true, false, 0, 0, "info: m 7" },
	{ "past the end", REPORT_ERROR, false, true, true, 4, 1, "error at line 0 col 0: m 7" },
	{ "path, past the end", REPORT_ERROR, false, false, true, 4, 1,
	  "error at $.a.b, line 0 col 0: m 7" },
	{ "the root is no path", REPORT_ERROR, true, false, false, 1, 2,
	  "error at line 1 col 2: m 7" },
	{ "the root without position", REPORT_ERROR, true, false, false, 0, 0, "error: m 7" },
};

static void test_upstream(void)
{
	const struct report_path a = { .key = SLICE("a") };
	const struct report_path b = { .parent = &a, .key = SLICE("b") };
	AUTO(source_free) struct source *source = source_new("s", (struct slice){ NULL, 0 });
	AUTO(report_free) struct report *report = report_new();

	for (size_t i = 0; i < ARRAY_SIZE(upstream_rows); i++) {
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
		struct origin origin = { source, upstream_rows[i].line, upstream_rows[i].column };
		struct report_entry *entry =
			report_add(report, upstream_rows[i].severity,
				   upstream_rows[i].root ? NULL : &b, origin, "m %d", 7);

		entry->has_path = !upstream_rows[i].no_path;
		entry->past_end = upstream_rows[i].past_end;
		report_render_upstream(entry, &out);
		tap_str(text_str(&out), upstream_rows[i].want, upstream_rows[i].label);
	}
}

#define X20 "xxxxxxxxxxxxxxxxxxxx"
#define X45 X20 X20 "xxxxx"
#define X90 X45 X45

static const struct {
	const char *label;
	const char *text;
	size_t offset; /* SIZE_MAX: no position */
	const char *message, *hint;
	const char *want;
} human_rows[] = {
	{ "the source line and a caret", "{\n  \"path\": \"a\"\n}", 12, "bad", NULL,
	  "f:2:11: error: $.k: bad\n    \"path\": \"a\"\n            ^\n" },
	{ "the hint comes last", "ab", 1, "bad", "do it\ndo",
	  "f:1:2: error: $.k: bad\n  ab\n   ^\n"
	  "  hint: do it.do\n" },
	{ "no position: no source line", "ab", SIZE_MAX, "bad", "h",
	  "f: error: $.k: bad\n  hint: h\n" },
	{ "the caret may be at the end", "ab", 2, "bad", NULL,
	  "f:1:3: error: $.k: bad\n  ab\n    ^\n" },
	{ "a blank line is not shown", "ab\n  \n", 4, "bad", NULL, "f:2:2: error: $.k: bad\n" },
	{ "CR before LF is not part of the line", "ab\r\n", 2, "bad", NULL,
	  "f:1:3: error: $.k: bad\n  ab\n    ^\n" },
	{ "the caret below a newline is at the line's end", "ab\r\n", 3, "bad", NULL,
	  "f:1:4: error: $.k: bad\n  ab\n    ^\n" },
	{ "a tab takes one column", "\tab", 1, "bad", NULL,
	  "f:1:2: error: $.k: bad\n   ab\n   ^\n" },
	{ "a character of two bytes takes one column",
	  "\xc3\xa9"
	  "ab",
	  2, "bad", NULL,
	  "f:1:3: error: $.k: bad\n  \xc3\xa9"
	  "ab\n   ^\n" },
	{ "what would disturb a terminal is a dot",
	  "\x1b[m\x7f\xff\xc2\x9b\xe2\x80\xae\xe2\x80\xac\xe2\x80\xa8z", 16,
	  "\x1b"
	  "x\xff",
	  NULL, "f:1:17: error: $.k: .x.\n  .[m......z\n           ^\n" },
	{ "a line that just fits is whole", X90, 89, "bad", NULL,
	  "f:1:90: error: $.k: bad\n  " X90 "\n  " X45 X20 X20 "xxxx^\n" },
	{ "a long line is cut on the right", X90 "y", 0, "bad", NULL,
	  "f:1:1: error: $.k: bad\n  " X90 "...\n  ^\n" },
	{ "a long line is cut on the left", "y" X90, 90, "bad", NULL,
	  "f:1:91: error: $.k: bad\n  ..." X90 "\n  ..." X45 X20 X20 "xxxx^\n" },
	{ "a long line is cut on both sides", X90 "[y]" X90, 91, "bad", NULL,
	  "f:1:92: error: $.k: bad\n  ..." X20 X20 "xxxx[y]" X20 X20 "xxx...\n  ..." X45 "^\n" },
	{ "a cut does not split a character", "yyyyyy\xc3\xa9" X45 X45, 52, "bad", NULL,
	  "f:1:53: error: $.k: bad\n  ..." X45 X20 X20 "xxxxx\n  ..." X20 X20 "xxxx^\n" },
};

/* In the wanted texts what stands before the caret counts columns; it is printed as spaces. */
static char *caret_spaces(const char *want)
{
	char *copy = slice_dup(slice_of(want));
	char *caret = strrchr(copy, '^');

	for (char *at = caret; at && at > copy && at[-1] != '\n'; at--)
		at[-1] = ' ';
	return copy;
}

static void test_human(void)
{
	const struct report_path k = { .key = SLICE("k") };
	AUTO(report_free) struct report *report = report_new();

	for (size_t i = 0; i < ARRAY_SIZE(human_rows); i++) {
		AUTO(source_free)
		struct source *source = source_new("f", slice_of(human_rows[i].text));
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
		AUTO_FREE char *want = caret_spaces(human_rows[i].want);
		struct report_entry *entry = report_add(report, REPORT_ERROR, &k,
							source_origin(source, human_rows[i].offset),
							"%s", human_rows[i].message);

		entry->hint = human_rows[i].hint;
		report_render_human(entry, &out);
		tap_str(text_str(&out), want, human_rows[i].label);
	}

	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	report_render_human(report_add(report, REPORT_WARNING, NULL, (struct origin){ NULL }, "m"),
			    &out);
	tap_str(text_str(&out), "warning: m\n", "written by nobody, about the whole");
}

static void test_json(void)
{
	const struct report_path k = { .key = SLICE("k\"") };
	AUTO(source_free) struct source *source = source_new("f", SLICE("ab"));
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text tight = TEXT_INIT(8);

	tap_int(report_render_json(report, &out), 0, "an empty report");
	tap_str(text_str(&out), "[]", "is an empty array");
	text_clear(&out);

	struct report_entry *entry =
		report_add(report, REPORT_ERROR, &k, source_origin(source, 1), "m\n");

	entry->hint = "h";
	entry->rule = "r";
	entry = report_add(report, REPORT_INFO, NULL, (struct origin){ NULL }, "n");
	entry->has_path = false;
	report_render_json(report, &out);
	tap_str(text_str(&out),
		"[{\"severity\":\"error\",\"path\":\"$.k\\\"\",\"file\":\"f\",\"line\":1,"
		"\"column\":2,\"message\":\"m\\n\",\"hint\":\"h\",\"rule\":\"r\"},"
		"{\"severity\":\"info\",\"path\":null,\"file\":null,\"line\":null,"
		"\"column\":null,\"message\":\"n\",\"hint\":null,"
		"\"rule\":null}]",
		"every member, null where there is none");
	tap_int(report_render_json(report, &tight), -E2BIG, "a ceiling is kept");
	tap_str(text_str(&tight), "", "and nothing written");
}

static void test_repeated(void)
{
	AUTO(source_free) struct source *source = source_new("f", SLICE("a\nb"));
	AUTO(report_free) struct report *report = report_new();

	report_add(report, REPORT_ERROR, NULL, source_origin(source, 0), "m");
	report_add(report, REPORT_ERROR, NULL, source_origin(source, 0), "m");
	report_add(report, REPORT_WARNING, NULL, source_origin(source, 0), "m");
	report_add(report, REPORT_ERROR, NULL, source_origin(source, 2), "m");
	report_add(report, REPORT_ERROR, NULL, source_origin(source, 0), "n");
	report_drop_repeated(report, 1);
	tap_int((int64_t)report_count(report), 4, "what was said is dropped");
	tap_str(report_entry_at(report, 3)->message, "n", "and the others stay, in their order");
	tap_int((int64_t)report_count_of(report, REPORT_ERROR), 3, "three errors are left");
	tap_int((int64_t)report_count_of(report, REPORT_WARNING), 1, "and a warning");
	report_drop_repeated(report, report_count(report));
	tap_int((int64_t)report_count(report), 4, "nothing behind the end is dropped");
}

static void test_entries(void)
{
	AUTO(report_free) struct report *report = report_new();
	const struct report_entry *first =
		report_add(report, REPORT_WARNING, NULL, (struct origin){ NULL }, "0");

	for (int i = 1; i < 100; i++)
		report_add(report, REPORT_INFO, NULL, (struct origin){ NULL }, "%d", i);
	tap_int((int64_t)report_count(report), 100, "all entries are counted");
	tap_ok(report_entry_at(report, 0) == first, "an entry stays where it is");
	tap_str(report_entry_at(report, 99)->message, "99", "entries keep their order");
	tap_ok(!report_has_errors(report), "warnings are no errors");
	report_add(report, REPORT_ERROR, NULL, (struct origin){ NULL }, "x");
	report_add(report, REPORT_INFO, NULL, (struct origin){ NULL }, "y");
	tap_ok(report_has_errors(report), "one error makes the difference");
}

int main(void)
{
	test_paths();
	test_upstream();
	test_human();
	test_json();
	test_repeated();
	test_entries();
	return tap_done();
}
