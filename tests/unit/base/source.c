/* source - names, lines, positions. */
#include "base/source.h"

#include "tap.h"

static const struct {
	const char *label, *text;
	size_t offset;
	uint32_t line, column;
} origin_rows[] = {
	{ "the first byte", "ab\ncd", 0, 1, 1 },
	{ "a newline belongs to the line it ends", "ab\ncd", 2, 1, 3 },
	{ "the byte after a newline begins a line", "ab\ncd", 3, 2, 1 },
	{ "the end of the text is a position", "ab\ncd", 5, 2, 3 },
	{ "beyond the end there is none", "ab\ncd", 6, 0, 0 },
	{ "the end after a final newline is on a line of its own", "a\n", 2, 2, 1 },
	{ "an empty text has one position", "", 0, 1, 1 },
	{ "columns count bytes", "\xc3\xa9x", 2, 1, 3 },
	{ "empty lines count", "\n\n\nx", 3, 4, 1 },
};

static const struct {
	const char *label, *text;
	uint32_t line;
	const char *want; /* NULL: absent */
} line_rows[] = {
	{ "the first line", "ab\ncd", 1, "ab" },
	{ "the last line needs no newline", "ab\ncd", 2, "cd" },
	{ "after a final newline there is an empty line", "ab\n", 2, "" },
	{ "an empty line between others", "a\n\nb", 2, "" },
	{ "line 0 is none", "a", 0, NULL },
	{ "a line beyond the last is none", "a", 2, NULL },
};

static void test_many_lines(void)
{
	enum { LINES = 1000 };
	char text[LINES * 2];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 ? '\n' : 'x';

	AUTO(source_free)
	struct source *source = source_new("many", (struct slice){ text, sizeof(text) });
	bool all = true;

	for (size_t i = 0; i < LINES; i++) {
		struct origin origin = source_origin(source, i * 2 + 1);

		all &= origin.line == i + 1 && origin.column == 2;
	}
	tap_ok(all, "each of a thousand lines is found");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(origin_rows); i++) {
		AUTO(source_free)
		struct source *source = source_new("s", slice_of(origin_rows[i].text));
		struct origin origin = source_origin(source, origin_rows[i].offset);

		tap_ok(origin.line == origin_rows[i].line &&
			       origin.column == origin_rows[i].column && origin.source == source,
		       "origin: %s (got %u:%u)", origin_rows[i].label, origin.line, origin.column);
	}
	for (size_t i = 0; i < ARRAY_SIZE(line_rows); i++) {
		AUTO(source_free)
		struct source *source = source_new("s", slice_of(line_rows[i].text));
		struct slice line = source_line(source, line_rows[i].line);
		const char *want = line_rows[i].want;

		tap_ok(want ? line.data && slice_is(line, want) : !line.data, "line: %s",
		       line_rows[i].label);
	}
	test_many_lines();

	char name[] = "a.ign";
	AUTO(source_free) struct source *named = source_new(name, (struct slice){ NULL, 0 });

	name[0] = 'b';
	tap_str(source_name(named), "a.ign", "the name is copied");
	tap_ok(!source_text(named).data, "a source may be a name only");
	tap_int(source_origin(named, 0).line, 0, "without text there is no position");
	tap_ok(!source_line(named, 1).data, "without text there is no line");
	return tap_done();
}
