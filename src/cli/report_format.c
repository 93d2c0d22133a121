#include "cli/report_format.h"

#include <string.h>

#include "base/report_sarif.h"

#define REPORT_BYTES_MAX ((size_t)256 << 20)

static const char *const names[] = {
	[REPORT_FORMAT_HUMAN] = "human",
	[REPORT_FORMAT_JSON] = "json",
	[REPORT_FORMAT_SARIF] = "sarif",
};
_Static_assert(ARRAY_SIZE(names) == REPORT_FORMAT_COUNT, "every form has a name");

bool report_format_is_valid(const char *name)
{
	return report_format_parse(name) != REPORT_FORMAT_COUNT;
}

enum report_format report_format_parse(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum report_format)i;
	return REPORT_FORMAT_COUNT;
}

static void append_human(const struct report *report, struct text *out)
{
	for (size_t i = 0; i < report_count(report); i++)
		report_render_human(report_entry_at(report, i), out);
}

void report_format_print(enum report_format format, const struct report *const *reports,
			 size_t count, FILE *out)
{
	AUTO(text_done) struct text text = TEXT_INIT(REPORT_BYTES_MAX);

	if (format == REPORT_FORMAT_SARIF) {
		report_render_sarif(reports, count, &text);
		text_append_char(&text, '\n');
	}
	for (size_t i = 0; i < count && format != REPORT_FORMAT_SARIF; i++) {
		if (format == REPORT_FORMAT_HUMAN) {
			append_human(reports[i], &text);
			continue;
		}
		report_render_json(reports[i], &text);
		text_append_char(&text, '\n');
	}
	fwrite(text_str(&text), 1, text.length, out);
}
