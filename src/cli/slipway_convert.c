/* slipway-convert - a config of any dialect as Ignition, in any 3.x version that can say it. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/config_input.h"
#include "cli/config_output.h"
#include "cli/options.h"
#include "cli/report_format.h"
#include "config/express.h"
#include "config/version.h"

struct values {
	bool as_json;
	bool is_strict;
	bool is_pretty;
	const char *format;
	const char *to;
	const char *dialect;
	const char *files_dir;
	const char *output;
	const char *platform;
};

static bool is_version(const char *name)
{
	enum spec_version version;

	return spec_version_parse(slice_of(name), &version, /* err= */ NULL) == 0;
}

static const struct cli_option options[] = {
	{ .name = "to",
	  .letter = 't',
	  .type = CLI_CHOICE,
	  .offset = offsetof(struct values, to),
	  .argument = "VERSION",
	  .is_valid = is_version,
	  .expected = "a version of Ignition's spec from 3.0.0 to 3.6.0, or 3.7.0-experimental",
	  .fallback = "that of the config",
	  .help = "version of Ignition's spec to write" },
	{ .name = "dialect",
	  .type = CLI_CHOICE,
	  .offset = offsetof(struct values, dialect),
	  .argument = "NAME",
	  .is_valid = config_input_dialect_is_valid,
	  .expected = "a dialect, as butane or ignition",
	  .fallback = "what the text looks like",
	  .help = "dialect of the config" },
	{ .name = "pretty",
	  .letter = 'p',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_pretty),
	  .help = "indent the output" },
	{ .name = "output",
	  .letter = 'o',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, output),
	  .argument = "FILE",
	  .help = "write to FILE instead of standard output" },
	{ .name = "files-dir",
	  .letter = 'd',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, files_dir),
	  .argument = "DIR",
	  .help = "allow local files and trees below DIR" },
	{ .name = "platform",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, platform),
	  .argument = "NAME",
	  .help = "platform that the config is for" },
	{ .name = "strict",
	  .letter = 's',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_strict),
	  .help = "fail on any warning" },
	REPORT_FORMAT_OPTIONS(values),
};

static const struct cli_program program = {
	.name = "slipway convert",
	.summary = "Translates a config of any dialect into an Ignition config.",
	.operands = "[CONFIG]",
	.details = "Without CONFIG, or with '-', standard input is read.  The report goes to "
		   "standard error.\n"
		   "Exit status: 0 done, 1 the config is wrong, or the version cannot say it, "
		   "2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

/* The version to write: what a text says of its own version can always be said there. */
static enum spec_version version_of(const struct config_input *input, const struct values *values)
{
	enum spec_version version = input->version;

	if (values->to)
		spec_version_parse(slice_of(values->to), &version, /* err= */ NULL);
	return version;
}

/* Adds to the report what @version cannot say.  Return: whether it can say all. */
static bool check(const struct config_input *input, enum spec_version version)
{
	const size_t first = report_count(input->report);

	if (!input->config)
		return false;
	if (version != input->version && !express_check(input->config, version, input->report))
		return false;
	report_drop_repeated(input->report, first);
	return true;
}

static int write_config(const struct config_input *input, enum spec_version version,
			const struct values *values, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(CONFIG_OUTPUT_MAX);
	struct content_sink sink = config_output_sink(&out);
	int r = express_encode(input->config, version,
			       ENCODE_OMIT_EMPTY | (values->is_pretty ? ENCODE_INDENT : 0), &sink,
			       err);

	if (r == 0)
		r = sink.write(&sink, "\n", 1, err);
	return r == 0 ? config_output_write(values->output, text_slice(&out), err) : r;
}

static int convert(const struct config_input *input, const struct values *values, struct error *err)
{
	const enum spec_version version = version_of(input, values);
	const enum report_format format =
		values->as_json ? REPORT_FORMAT_JSON : report_format_parse(values->format);
	const bool can = check(input, version);
	const struct report *report = input->report;

	report_format_print(format, &report, 1, stderr);
	if (!can)
		return error_set(err, ERROR_INPUT, EINVAL, "%s: %s", config_input_name(input),
				 input->config ? "the version asked for cannot say what it says"
					       : "not valid");
	if (values->is_strict && report_count_of(report, REPORT_WARNING))
		return error_set(err, ERROR_INPUT, EINVAL, "%s: there are warnings, and --strict",
				 config_input_name(input));
	return write_config(input, version, values, err);
}

static int run(const char *path, const struct values *values)
{
	AUTO(config_input_done) struct config_input input = { .pool = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct config_input_params params = {
		.path = path,
		.files_dir = values->files_dir,
		.platform = values->platform,
		.dialect = values->dialect ? dialect_parse(values->dialect) : DIALECT_UNKNOWN,
		.unsupplied = "it is empty in the output",
	};
	int r = config_input_read(&params, &input, &err);

	if (r == 0)
		r = convert(&input, values, &err);
	if (r < 0)
		fprintf(stderr, "slipway convert: %s\n", err.text);
	return r < 0;
}

int main(int argc, char **argv)
{
	struct values values = { .format = "human" };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (argc - operand > 1)
		return cli_usage_error(&program, "slipway convert: one config at a time");
	return cli_finish(&program, run(operand < argc ? argv[operand] : "-", &values));
}
