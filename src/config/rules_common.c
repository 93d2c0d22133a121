#include "config/rules_common.h"

#include "config/path.h"

struct report_entry *rules_error(const struct check_context *context,
				 const struct report_path *path, const char *fault)
{
	if (!fault)
		return NULL;
	return report_add(context->report, REPORT_ERROR, path, (struct origin){ 0 }, "%s", fault);
}

struct report_entry *rules_warn(const struct check_context *context, const struct report_path *path,
				const char *fault)
{
	if (!fault)
		return NULL;
	return report_add(context->report, REPORT_WARNING, path, (struct origin){ 0 }, "%s", fault);
}

void rules_path(const struct check_context *context, const struct report_path *path,
		struct slice value)
{
	if (value.length == 0) {
		rules_error(context, path, "path not specified");
		return;
	}
	if (!path_is_absolute(value)) {
		rules_error(context, path, "path not absolute");
		return;
	}
	if (path_is_clean(value))
		return;

	AUTO(text_done) struct text clean = TEXT_INIT(value.length);
	struct report_entry *entry = rules_error(context, path, "path is not fully simplified");

	path_clean(&clean, value);
	entry->hint = arena_printf(report_arena(context->report), "write %s", text_str(&clean));
}
