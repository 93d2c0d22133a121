#include "config/butane/butane.h"

#include <assert.h>
#include <errno.h>

#include "base/yaml.h"
#include "config/butane/lowering.h"
#include "config/translate.h"

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

static int read_nodes(const struct front_end_input *input, struct document **ret, struct error *err)
{
	const struct slice text = source_text(input->source);
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct origin origin = { .source = input->source };
	struct document *document = NULL;

	if (text.length > BUTANE_SIZE_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "config is larger than %zu bytes",
				 BUTANE_SIZE_MAX);

	int r = yaml_parse(input->source, &document, &origin, &problem);

	if (r == 0) {
		config_pool_add_document(input->pool, document);
		*ret = document;
		if (document->nodes[0].kind == NODE_OBJECT || document->nodes[0].kind == NODE_NULL)
			return 0;
		origin = node_origin(document, 0);
		error_set(&problem, ERROR_INPUT, EINVAL, "the top level is not a mapping");
	}
	report_syntax(input->report, origin, problem.text);
	return error_set(err, ERROR_INPUT, EINVAL, "Error unmarshaling yaml: %s", problem.text);
}

/* A member of the top level that is a scalar, as text. */
static struct slice top_text(struct document *document, const char *key)
{
	const uint32_t node =
		document->nodes[0].kind == NODE_OBJECT ? node_get(document, 0, key) : 0;

	if (!node)
		return SLICE("");
	switch (document->nodes[node].kind) {
	case NODE_STRING:
		return node_string(document, node);
	case NODE_BOOL:
	case NODE_NUMBER:
		return (struct slice){ source_text(document->source).data +
					       document->nodes[node].start,
				       document->nodes[node].length };
	default:
		return SLICE("");
	}
}

/* Return: 0; -ENODATA for a text that says nothing at all; -EINVAL. */
static int find_dialect(const struct front_end_input *input, struct document *document,
			const struct butane_dialect **ret, struct error *err)
{
	const char *key = NULL;
	AUTO(error_done) struct error problem = ERROR_INIT;

	assert(document); /* read_nodes() succeeded */
	if (butane_dialect_find(top_text(document, "variant"), top_text(document, "version"), ret,
				&key, &problem) == 0)
		return 0;
	if (document->nodes[0].kind == NODE_NULL)
		return error_set(err, ERROR_EMPTY, ENODATA, "%s", problem.text);

	const uint32_t node = node_get(document, 0, key);

	report_add(input->report, REPORT_ERROR, &(struct report_path){ .key = slice_of(key) },
		   node_origin(document, node), "%s", problem.text)
		->length = node ? document->nodes[node].length : 0;
	return error_set(err, ERROR_INPUT, EINVAL, "%s", problem.text);
}

/* Members of a MachineConfig that Ignition has no place for. */
static void warn_elided(struct butane_lowering *lowering)
{
	const struct butane_openshift *openshift = &lowering->top->openshift;
	const struct {
		bool is_set;
		const char *rest;
	} members[] = {
		{ openshift->extensions.count, ".openshift.extensions" },
		{ butane_is_true(openshift->fips), ".openshift.fips" },
		{ openshift->kernel_arguments.count, ".openshift.kernel_arguments" },
		{ openshift->kernel_type.length, ".openshift.kernel_type" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (members[i].is_set)
			butane_warn(lowering, lowering->config->origin, members[i].rest,
				    "field ignored in raw mode");
}

static int lower(struct butane_lowering *lowering, unsigned flags, struct error *err)
{
	static const char source_invalid[] = "source config is invalid";

	butane_decode(lowering);
	if (!butane_has_errors(lowering))
		butane_check_source(lowering);
	if (butane_has_errors(lowering))
		return error_set(err, ERROR_INPUT, EINVAL, "%s", source_invalid);
	butane_desugar(lowering);
	if (flags & BUTANE_RAW)
		warn_elided(lowering);
	butane_check_limits(lowering);
	if (butane_has_errors(lowering))
		return error_set(err, ERROR_INPUT, EINVAL, "%s", source_invalid);
	butane_check_generated(lowering);
	if (butane_has_errors(lowering))
		return error_set(err, ERROR_INPUT, EINVAL, "config generated was invalid");
	return 0;
}

int butane_lower(const struct front_end_input *input, unsigned flags, struct butane_result *ret,
		 struct error *err)
{
	AUTO(butane_lowering_done)
	struct butane_lowering lowering = {
		.pool = input->pool,
		.arena = config_pool_arena(input->pool),
		.supplies = input->supplies,
		.report = input->report,
	};
	int r = read_nodes(input, &lowering.document, err);

	if (r == 0)
		r = find_dialect(input, lowering.document, &lowering.dialect, err);
	if (r < 0)
		return r;
	lowering.config = arena_alloc(lowering.arena, sizeof(*lowering.config));
	r = lower(&lowering, flags, err);
	if (r < 0)
		return r;
	*ret = (struct butane_result){ .config = lowering.config,
				       .top = lowering.top,
				       .dialect = lowering.dialect };
	return 0;
}

static int lower_newest(const struct front_end_input *input, struct lowered *ret, struct error *err)
{
	struct butane_result result;
	int r = butane_lower(input, BUTANE_RAW, &result, err);

	if (r < 0)
		return r;
	config_translate(result.config, result.dialect->spec);
	*ret = (struct lowered){ .config = result.config, .version = result.dialect->spec };
	return 0;
}

const struct front_end front_end_butane = {
	.name = "butane",
	.title = "Butane config",
	.lower = lower_newest,
};
