/* slipway-validate - every mistake of a config at once, each with its line and a caret. */
#include <stddef.h>
#include <stdio.h>

#include "base/alloc.h"
#include "cli/config_input.h"
#include "cli/options.h"
#include "cli/report_format.h"

struct values {
	bool as_json;
	bool is_strict;
	bool is_quiet;
	const char *format;
	const char *dialect;
	const char *files_dir;
	const char *platform;
};

static const struct cli_option options[] = {
	REPORT_FORMAT_OPTIONS(values),
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
	{ .name = "dialect",
	  .type = CLI_CHOICE,
	  .offset = offsetof(struct values, dialect),
	  .argument = "NAME",
	  .is_valid = config_input_dialect_is_valid,
	  .expected = "a dialect, as butane or ignition",
	  .fallback = "what the text looks like",
	  .help = "dialect of the configs" },
	{ .name = "files-dir",
	  .letter = 'd',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, files_dir),
	  .argument = "DIR",
	  .help = "allow local files and trees below DIR" },
	{ .name = "platform",
	  .letter = 'p',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, platform),
	  .argument = "NAME",
	  .help = "check against the limits of this platform too" },
};

static const struct cli_program program = {
	.name = "slipway validate",
	.summary = "Checks a config of any dialect and version and shows every mistake at once.",
	.operands = "CONFIG...",
	.details = "A single '-' reads standard input.\n"
		   "Exit status: 0 all valid, 1 at least one is not, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void print_verdict(const struct config_input *input, size_t errors, size_t warnings)
{
	const char *name = config_input_name(input);

	if (errors)
		printf("%s: not valid: %zu error%s, %zu warning%s\n", name, errors, plural(errors),
		       warnings, plural(warnings));
	else if (input->dialect == DIALECT_IGNITION)
		printf("%s: valid Ignition %s config, %zu warning%s\n", name,
		       spec_version_name(input->version), warnings, plural(warnings));
	else
		/* The title has an article, which this sentence has no use for. */
		printf("%s: valid%s for Ignition %s, %zu warning%s\n", name,
		       strchr(dialect_title(input->dialect), ' '),
		       spec_version_name(input->version), warnings, plural(warnings));
}

/* Return: whether the config is good enough. */
static bool judge(const struct config_input *input, enum report_format format,
		  const struct values *values)
{
	const struct report *report = input->report;
	const size_t errors = report_count_of(report, REPORT_ERROR);
	const size_t warnings = report_count_of(report, REPORT_WARNING);
	const bool is_good = errors == 0 && !(values->is_strict && warnings);

	if (format != REPORT_FORMAT_SARIF)
		report_format_print(format, &report, 1, stdout);
	if (format == REPORT_FORMAT_HUMAN && !(values->is_quiet && is_good))
		print_verdict(input, errors, warnings);
	return is_good;
}

/* Return: whether the config at @path is good enough. */
static bool validate(const char *path, enum report_format format, const struct values *values,
		     struct config_input *input)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct config_input_params params = {
		.path = path,
		.files_dir = values->files_dir,
		.platform = values->platform,
		.dialect = values->dialect ? dialect_parse(values->dialect) : DIALECT_UNKNOWN,
		.unsupplied = "only the machine can tell",
	};

	if (config_input_read(&params, input, &err) < 0) {
		fprintf(stderr, "slipway validate: %s\n", err.text);
		return false;
	}
	return judge(input, format, values);
}

/* A log of SARIF is about all configs: their reports are kept until the end. */
static int validate_all(char **paths, size_t count, enum report_format format,
			const struct values *values)
{
	AUTO_FREE struct config_input *inputs = xcalloc(count, sizeof(*inputs));
	AUTO_FREE const struct report **reports = xcalloc(count, sizeof(struct report *));
	int status = 0;

	for (size_t i = 0; i < count; i++) {
		if (!validate(paths[i], format, values, &inputs[i]))
			status = 1;
		reports[i] = inputs[i].report;
	}
	if (format == REPORT_FORMAT_SARIF)
		report_format_print(format, reports, count, stdout);
	for (size_t i = 0; i < count; i++)
		config_input_done(&inputs[i]);
	return status;
}

int main(int argc, char **argv)
{
	struct values values = { .format = "human" };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (operand == argc)
		return cli_usage_error(&program, "slipway validate: no config is named");

	const enum report_format format =
		values.as_json ? REPORT_FORMAT_JSON : report_format_parse(values.format);

	return cli_finish(&program,
			  validate_all(argv + operand, (size_t)(argc - operand), format, &values));
}
