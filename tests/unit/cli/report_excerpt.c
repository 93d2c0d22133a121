/* Entries of a report with the lines around them. */
#include "cli/report_excerpt.h"

#include "tap.h"

static const char config[] =
	"variant: fcos\nversion: 1.5.0\nstorage:\n files:\n  - path: a\n"
	"    mode: 644\n    password_hash: secret\n\ttäb: \033x\nlast: 1\nend: 2\n";

struct row {
	const char *label;
	uint32_t line, column, length;
	enum report_severity severity;
	const char *want;
};

#define HEAD "warning[$.a]:\n"

static const struct row rows[] = {
	{ "two lines before, up to two behind", 6, 11, 3, REPORT_WARNING,
	  HEAD "  --> c.bu:6:11\n   |\n 4 |  files:\n 5 |   - path: a\n 6 |     mode: 644\n"
	       "   |           ^^^ why\n 7 |     password_hash: ***\n 8 | \ttäb: .x\n   |\n" },
	{ "at the beginning", 1, 1, 0, REPORT_ERROR,
	  "error[$.a]:\n  --> c.bu:1:1\n   |\n 1 | variant: fcos\n   | ^ why\n 2 | version: 1.5.0\n"
	  " 3 | storage:\n   |\n" },
	{ "the gutter is as wide as the largest number", 9, 7, 99, REPORT_INFO,
	  "info[$.a]:\n   --> c.bu:9:7\n    |\n  7 |     password_hash: ***\n  8 | \ttäb: .x\n"
	  "  9 | last: 1\n    |       ^ why\n 10 | end: 2\n 11 | \n    |\n" },
	{ "carets stand below letters, not bytes, and tabs stay", 8, 8, 1, REPORT_WARNING,
	  HEAD "   --> c.bu:8:8\n    |\n  6 |     mode: 644\n  7 |     password_hash: ***\n"
	       "  8 | \ttäb: .x\n    | \t     ^ why\n  9 | last: 1\n 10 | end: 2\n    |\n" },
	{ "no place", 0, 0, 0, REPORT_WARNING, "warning[$.a]: why\n" },
};

int main(void)
{
	AUTO(source_free) struct source *source = source_new("c.bu", slice_of(config));
	const struct report_path path = { .key = SLICE("a") };
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text coloured = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
		const struct origin origin = { rows[i].line ? source : NULL, rows[i].line,
					       rows[i].column };
		struct report_entry *entry =
			report_add(report, rows[i].severity, &path, origin, "why");

		entry->length = rows[i].length;
		report_render_excerpt(entry, REPORT_PLAIN, &got);
		tap_str(text_str(&got), rows[i].want, rows[i].label);
	}

	struct report_entry *entry =
		report_add(report, REPORT_ERROR, NULL, (struct origin){ .source = NULL }, "x");

	entry->has_path = false;
	entry->hint = "do";
	report_render_excerpt(entry, REPORT_COLOURED, &coloured);
	tap_str(text_str(&coloured), "\033[1;31merror\033[0m: x\n  = hint: do\n",
		"colours, and a hint");
	return tap_done();
}
