#include "cli/config_input.h"

#include "base/file.h"
#include "cli/local_supplies.h"
#include "config/dialect.h"
#include "config/express.h"
#include "config/lint_model.h"
#include "config/locate.h"
#include "config/parse.h"

/* What is no config of any known kind is Ignition with a mistake in it: the parser says which. */
static enum dialect meant(enum dialect dialect)
{
	return dialect == DIALECT_UNKNOWN || dialect == DIALECT_EMPTY ? DIALECT_IGNITION : dialect;
}

static bool can_read(enum dialect dialect)
{
	return dialect == DIALECT_IGNITION || dialect_front_end(dialect);
}

/* User data is this text, not what it is lowered to. */
static bool is_sent_as_is(enum dialect dialect)
{
	return dialect != DIALECT_BUTANE && dialect != DIALECT_CLC;
}

bool config_input_dialect_is_valid(const char *name)
{
	const enum dialect dialect = dialect_parse(name);

	return dialect != DIALECT_UNKNOWN && dialect != DIALECT_EMPTY && can_read(dialect);
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

static void check_size(const struct config_input *input, const char *platform)
{
	size_t size = 0;
	struct content_sink sink = { .write = count_bytes, .context = &size };

	if (is_sent_as_is(input->dialect))
		size = source_text(input->source).length;
	else
		express_encode(input->config, input->version, ENCODE_OMIT_EMPTY, &sink,
			       /* err= */ NULL);
	lint_size(size, platform, input->source, input->report);
}

static int read_source(const struct config_input_params *params, struct config_input *input,
		       struct error *err)
{
	const char *path = params->path;
	const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
	char *data = NULL;
	size_t length = 0;
	int r = file_read(path, CONFIG_SIZE_MAX, FILE_STDIN, &data, &length, err);

	if (r < 0)
		return r;
	input->source = config_pool_add_source(input->pool, params->name ?: name, data, length);
	return dialect_unpack(input->pool, &input->source, err);
}

int config_input_read(const struct config_input_params *params, struct config_input *ret,
		      struct error *err)
{
	*ret = (struct config_input){ .pool = config_pool_new(), .report = report_new() };

	int r = read_source(params, ret, err);

	if (r < 0)
		return r;
	ret->dialect =
		meant(params->dialect ? params->dialect : sniff_dialect(source_text(ret->source)));
	if (!can_read(ret->dialect)) {
		AUTO(text_done) struct text why = TEXT_INIT(TEXT_MESSAGE_MAX);

		text_printf(&why, "%s cannot be read here", dialect_title(ret->dialect));
		refuse_text(ret, text_str(&why));
		return 0;
	}
	if (ret->dialect == DIALECT_IGNITION)
		lower_ignition(ret);
	else
		r = lower(ret, params, dialect_front_end(ret->dialect), err);
	if (r == 0 && ret->config)
		check_size(ret, params->platform);
	return r;
}

void config_input_done(struct config_input *input)
{
	report_free(input->report);
	supplies_free(input->supplies);
	local_supplies_free(input->local);
	config_pool_free(input->pool);
}
