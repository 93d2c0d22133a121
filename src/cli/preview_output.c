#include "cli/preview_output.h"

#include <stdio.h>

int preview_output_load(struct preview *preview, const char *path,
			const struct dialect_values *dialect, struct local_supplies **ret_local,
			struct error *err)
{
	AUTO(report_free) struct report *report = NULL;
	int r = local_supplies_new(dialect->files_dir, ret_local, err);

	if (r < 0)
		return r;

	const struct interpret_helper helper = dialect_options_helper(*ret_local);

	preview->dialect = dialect_options_choice(dialect);
	preview->platform = dialect->platform;
	preview->helper = &helper;
	r = preview_load(preview, path, &report, err);

	preview->helper = NULL;
	for (size_t i = 0; report && i < report_count(report); i++) {
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

		report_render_human(report_entry_at(report, i), &out);
		fputs(text_str(&out), stderr);
	}
	return r;
}
