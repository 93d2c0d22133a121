#include "config/yaml_text.h"

#include <errno.h>

#include "base/yaml.h"

/* Letters that no plain value begins with, and what to do about them. */
static const struct {
	char letter;
	const char *hint;
} starts[] = {
	{ '\t', "replace the tab by blanks" },
	{ '@', "put the value in quotes" },
	{ '`', "put the value in quotes" },
	{ '%', "put the value in quotes" },
	{ '*', "put the value in quotes: a * begins the name of an alias" },
	{ '&', "put the value in quotes: a & begins the name of an anchor" },
};

static const char *hint_at(struct origin origin)
{
	const struct slice line = source_line(origin.source, origin.line);

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (origin.column && origin.column <= line.length &&
		    line.data[origin.column - 1] == starts[i].letter)
			return starts[i].hint;
	return NULL;
}

/* The place is in the entry already: "<name>:<line>:<column>: " goes. */
static void report_syntax(struct report *report, struct origin origin, const char *message)
{
	AUTO(text_done) struct text prefix = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct report_entry *entry;

	text_printf(&prefix, "%s:%u:%u: ", source_name(origin.source), origin.line, origin.column);
	if (slice_starts(slice_of(message), text_str(&prefix)))
		message += prefix.length;
	entry = report_add(report, REPORT_ERROR, /* path= */ NULL, origin, "%s", message);
	entry->has_path = false;
	entry->hint = hint_at(origin);
}

int yaml_text_read(struct config_pool *pool, const struct source *source, struct report *report,
		   struct document **ret, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct origin origin = { .source = source };
	struct document *document = NULL;

	if (source_text(source).length > YAML_TEXT_SIZE_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "config is larger than %zu bytes",
				 YAML_TEXT_SIZE_MAX);

	int r = yaml_parse(source, &document, &origin, &problem);

	if (r == 0) {
		config_pool_add_document(pool, document);
		*ret = document;
		if (document->nodes[0].kind == NODE_OBJECT || document->nodes[0].kind == NODE_NULL)
			return 0;
		origin = node_origin(document, 0);
		error_set(&problem, ERROR_INPUT, EINVAL, "the top level is not a mapping");
	}
	report_syntax(report, origin, problem.text);
	return error_set(err, ERROR_INPUT, EINVAL, "%s", problem.text);
}
