#include "cli/config_input.h"

#include <errno.h>

#include "base/file.h"
#include "cli/local_supplies.h"
#include "config/express.h"
#include "config/front_end.h"
#include "config/lint_model.h"
#include "config/locate.h"
#include "config/parse.h"

static const struct {
	enum dialect dialect;
	const struct front_end *front_end; /* NULL: Ignition itself */
	bool is_sent_as_is;		   /* user data is this text, not what it is lowered to */
} dialects[] = {
	{ DIALECT_IGNITION, .front_end = NULL, .is_sent_as_is = true },
	{ DIALECT_BUTANE, .front_end = &front_end_butane },
	{ DIALECT_CLC, .front_end = &front_end_clc },
	{ DIALECT_CLOUD_CONFIG, .front_end = &front_end_cloud_config, .is_sent_as_is = true },
};

/* What is no config of any known kind is Ignition with a mistake in it: the parser says which. */
static size_t dialect_index(enum dialect dialect)
{
	if (dialect == DIALECT_UNKNOWN || dialect == DIALECT_EMPTY)
		dialect = DIALECT_IGNITION;
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++)
		if (dialects[i].dialect == dialect)
			return i;
	return ARRAY_SIZE(dialects);
}

bool config_input_dialect_is_valid(const char *name)
{
	const enum dialect dialect = dialect_parse(name);

	return dialect != DIALECT_UNKNOWN && dialect != DIALECT_EMPTY &&
	       dialect_index(dialect) < ARRAY_SIZE(dialects);
}

const char *config_input_name(const struct config_input *input)
{
	return source_name(input->source);
}

static void refuse_text(const struct config_input *input, const char *why)
{
	struct report_entry *entry = report_add(input->report, REPORT_ERROR, /* path= */ NULL,
						source_origin(input->source, 0), "%s", why);

	entry->has_path = false;
}

static void lower_ignition(struct config_input *input)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = config_parse(input->pool, input->source, CONFIG_PARSE_LINT, input->report,
			     &input->config, &input->version, &err);

	if (r < 0 && !report_has_errors(input->report))
		refuse_text(input, err.text);
}

/* One attempt with what is supplied so far. */
static void lower_once(struct config_input *input, const struct config_input_params *params,
		       const struct front_end *front_end)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	struct lowered lowered = { .config = NULL };

	report_free(input->report);
	input->report = report_new();

	const struct front_end_input text = {
		.pool = input->pool,
		.source = input->source,
		.supplies = input->supplies,
		.report = input->report,
		.platform = params->platform,
	};

	if (front_end->lower(&text, &lowered, &err) == 0) {
		input->config = lowered.config;
		input->version = lowered.version;
	} else {
		input->config = NULL;
		if (!report_has_errors(input->report))
			refuse_text(input, err.text);
	}
}

static void report_missing(const struct config_input *input,
			   const struct config_input_params *params)
{
	const struct supply_question *question;
	size_t position = 0;

	while ((question = supplies_next_missing(input->supplies, &position)))
		report_add(input->report, REPORT_WARNING, /* path= */ NULL, question->origin,
			   "%.*s is not known here: %s", SLICE_ARGS(question->name),
			   params->unsupplied)
			->rule = "unsupplied";
}

static void lint(const struct config_input *input)
{
	const size_t first = report_count(input->report);

	lint_model(input->config, /* flags= */ 0, input->report);
	locate_entries(input->config, SPEC_NEWEST, input->report, first);
	report_drop_repeated(input->report, first);
}

static int lower(struct config_input *input, const struct config_input_params *params,
		 const struct front_end *front_end, struct error *err)
{
	int r = local_supplies_new(params->files_dir, &input->local, err);

	if (r < 0)
		return r;
	input->supplies = supplies_new();
	do
		lower_once(input, params, front_end);
	while (local_supplies_answer(input->local, input->supplies));
	report_missing(input, params);
	if (input->config)
		lint(input);
	return 0;
}

static int count_bytes(struct content_sink *sink, const void *data, size_t length,
		       struct error *err)
{
	(void)data;
	(void)err;
	*(size_t *)sink->context += length;
	return 0;
}

static void check_size(const struct config_input *input, const char *platform, bool is_sent_as_is)
{
	size_t size = 0;
	struct content_sink sink = { .write = count_bytes, .context = &size };

	if (is_sent_as_is)
		size = source_text(input->source).length;
	else
		express_encode(input->config, input->version, ENCODE_OMIT_EMPTY, &sink,
			       /* err= */ NULL);
	lint_size(size, platform, input->source, input->report);
}

int config_input_read(const struct config_input_params *params, struct config_input *ret,
		      struct error *err)
{
	char *data = NULL;
	size_t length = 0;
	size_t index;
	int r;

	*ret = (struct config_input){ .pool = config_pool_new(), .report = report_new() };
	r = file_read(params->path, CONFIG_SIZE_MAX, FILE_STDIN, &data, &length, err);
	if (r < 0)
		return r;
	ret->source = config_pool_add_source(
		ret->pool, strcmp(params->path, "-") == 0 ? "<stdin>" : params->path, data, length);
	ret->dialect = params->dialect ? params->dialect : sniff_dialect(source_text(ret->source));
	index = dialect_index(ret->dialect);
	if (index == ARRAY_SIZE(dialects)) {
		AUTO(text_done) struct text why = TEXT_INIT(TEXT_MESSAGE_MAX);

		text_printf(&why, "%s cannot be read here", dialect_title(ret->dialect));
		refuse_text(ret, text_str(&why));
		return 0;
	}
	ret->dialect = dialects[index].dialect;
	if (!dialects[index].front_end)
		lower_ignition(ret);
	else
		r = lower(ret, params, dialects[index].front_end, err);
	if (r == 0 && ret->config)
		check_size(ret, params->platform, dialects[index].is_sent_as_is);
	return r;
}

void config_input_done(struct config_input *input)
{
	report_free(input->report);
	supplies_free(input->supplies);
	local_supplies_free(input->local);
	config_pool_free(input->pool);
}
