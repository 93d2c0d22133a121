/* slipway-validate - every mistake of a config at once, each with its line and a caret. */
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/dialect_options.h"
#include "cli/options.h"
#include "config/parse.h"

struct values {
	bool as_json;
	bool is_strict;
	bool is_quiet;
	struct dialect_values dialect;
};

static const struct cli_option options[] = {
	{ .name = "json",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, as_json),
	  .help = "print the report as a JSON array" },
	{ .name = "strict",
	  .letter = 's',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_strict),
	  .help = "warnings count as errors" },
	{ .name = "quiet",
	  .letter = 'q',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_quiet),
	  .help = "say nothing about a valid config" },
	DIALECT_OPTIONS(struct values, dialect),
};

static const struct cli_program program = {
	.name = "slipway validate",
	.summary = "Checks a config of any dialect and shows every mistake at once.",
	.operands = "CONFIG...",
	.details = "Ignition 3.x, Butane, Container Linux Config, CoreOS cloud-config and scripts "
		   "are\n"
		   "told apart by what they begin with.\n"
		   "A single '-' reads standard input.\n"
		   "Exit status: 0 all valid, 1 at least one is not, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static void print_report(const struct report *report, const struct values *values)
{
	AUTO(text_done) struct text out = TEXT_INIT((size_t)256 << 20);

	if (values->as_json) {
		report_render_json(report, &out);
		text_append_char(&out, '\n');
	} else {
		for (size_t i = 0; i < report_count(report); i++)
			report_render_human(report_entry_at(report, i), &out);
	}
	fputs(text_str(&out), stdout);
}

static size_t count_severity(const struct report *report, enum report_severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < report_count(report); i++)
		count += report_entry_at(report, i)->severity == severity;
	return count;
}

static void print_verdict(const char *name, const struct report *report, enum dialect dialect,
			  enum spec_version version)
{
	const size_t errors = count_severity(report, REPORT_ERROR);
	const size_t warnings = count_severity(report, REPORT_WARNING);
	const struct front_end *front_end = dialect_front_end(dialect);
	const char *plural = warnings == 1 ? "warning" : "warnings";

	if (errors)
		printf("%s: not valid: %zu %s, %zu %s\n", name, errors,
		       errors == 1 ? "error" : "errors", warnings, plural);
	else if (front_end)
		printf("%s: valid %s, Ignition %s, %zu %s\n", name, front_end->title,
		       spec_version_name(version), warnings, plural);
	else
		printf("%s: valid Ignition %s config, %zu %s\n", name, spec_version_name(version),
		       warnings, plural);
}

/* Attributes are not known before the machine is there: an address stands for them. */
static int find_attribute(const void *context, const char *name, struct arena *arena,
			  struct slice *ret, struct error *err)
{
	(void)context;
	(void)name;
	(void)arena;
	(void)err;
	*ret = SLICE("192.0.2.1");
	return 0;
}

/* @ret_dialect: which one it turned out to be */
static int read_config(struct config_pool *pool, const struct source *source,
		       const struct values *values, struct report **report,
		       enum dialect *ret_dialect, struct lowered *ret, struct error *err)
{
	static const struct attribute_source attributes = { .find = find_attribute };
	AUTO(local_supplies_free) struct local_supplies *local = NULL;
	int r = local_supplies_new(values->dialect.files_dir, &local, err);

	if (r == 0)
		r = dialect_unpack(pool, &source, err);
	if (r < 0)
		return r;

	const struct interpret_helper helper = dialect_options_helper(local);
	struct interpret_params params = {
		.pool = pool,
		.attributes = &attributes,
		.platform = values->dialect.platform,
		.dialect = dialect_options_choice(&values->dialect),
		.helper = &helper,
		.flags = CONFIG_PARSE_LINT,
	};

	if (params.dialect == DIALECT_UNKNOWN)
		params.dialect = sniff_dialect(source_text(source));
	*ret_dialect = params.dialect;
	return interpret(&params, source, report, ret, err);
}

/* Return: whether the config at @path is good enough. */
static bool validate(const char *path, const struct values *values)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = NULL;
	AUTO(error_done) struct error err = ERROR_INIT;
	const char *name = path[0] == '-' && path[1] == '\0' ? "<stdin>" : path;
	struct lowered lowered = { .version = SPEC_NEWEST };
	enum dialect dialect = DIALECT_UNKNOWN;
	char *data = NULL;
	size_t length = 0;

	if (file_read(path, CONFIG_SIZE_MAX, FILE_STDIN, &data, &length, &err) < 0) {
		fprintf(stderr, "slipway validate: %s\n", err.text);
		return false;
	}

	const struct source *source = config_pool_add_source(pool, name, data, length);
	int r = read_config(pool, source, values, &report, &dialect, &lowered, &err);

	if (!report)
		report = report_new();
	if (r < 0 && !report_has_errors(report))
		report_add(report, REPORT_ERROR, /* path= */ NULL, source_origin(source, 0), "%s",
			   err.text)
			->has_path = false;
	print_report(report, values);

	size_t errors = count_severity(report, REPORT_ERROR);
	size_t warnings = count_severity(report, REPORT_WARNING);
	bool is_good = errors == 0 && !(values->is_strict && warnings);

	if (values->as_json || (values->is_quiet && is_good))
		return is_good;
	print_verdict(name, report, dialect, lowered.version);
	return is_good;
}

int main(int argc, char **argv)
{
	struct values values = { .as_json = false };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (operand == argc)
		return cli_usage_error(&program, "slipway validate: no config is named");
	for (; operand < argc; operand++) {
		if (!validate(argv[operand], &values))
			status = 1;
	}
	return cli_finish(&program, status);
}
