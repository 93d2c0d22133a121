#include "cli/preview_output.h"

#include <stdio.h>

int preview_output_load(struct preview *preview, const char *path, struct error *err)
{
	AUTO(report_free) struct report *report = report_new();
	int r = preview_load(preview, path, report, err);

	for (size_t i = 0; i < report_count(report); i++) {
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

		report_render_human(report_entry_at(report, i), &out);
		fputs(text_str(&out), stderr);
	}
	return r;
}
