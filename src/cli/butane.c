/* butane - a Butane config as the Ignition config that it stands for (spec configs 4.3). */
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/config_output.h"
#include "cli/local_supplies.h"
#include "cli/options.h"
#include "cli/report_excerpt.h"
#include "config/butane/butane.h"

#define REPORT_BYTES_MAX ((size_t)256 << 20)

struct values {
	bool checks_only;
	bool is_strict;
	bool is_pretty;
	bool is_raw;
	bool has_raw_errors;
	bool is_debug; /* does nothing, as upstream's */
	const char *colour;
	const char *output;
	const char *files_dir;
	const char *input;
};

static const struct cli_option options[] = {
	{ .name = "check",
	  .letter = 'c',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, checks_only),
	  .help = "check the config, print nothing" },
	{ .name = "color",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, colour),
	  .argument = "WHEN",
	  .bare = "always",
	  .fallback = "auto",
	  .help = "colour the report: auto, always, never" },
	{ .name = "files-dir",
	  .letter = 'd',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, files_dir),
	  .argument = "DIR",
	  .help = "allow local files and trees below DIR" },
	{ .name = "output",
	  .letter = 'o',
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, output),
	  .argument = "FILE",
	  .help = "write to FILE instead of standard output" },
	{ .name = "pretty",
	  .letter = 'p',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_pretty),
	  .help = "indent the output" },
	{ .name = "raw",
	  .letter = 'r',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_raw),
	  .help = "never wrap in a MachineConfig, write Ignition" },
	{ .name = "raw-errors",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, has_raw_errors),
	  .help = "one line for each entry of the report" },
	{ .name = "strict",
	  .letter = 's',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_strict),
	  .help = "fail on any warning" },
	{ .name = "debug",
	  .letter = 'D',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_debug),
	  .is_hidden = true,
	  .help = "" },
	{ .name = "input",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, input),
	  .argument = "FILE",
	  .is_hidden = true,
	  .help = "" },
};

static const struct cli_program program = {
	.name = "butane",
	.summary = "Translates a Butane config into an Ignition config.",
	.operands = "[FILE]",
	.details = "Without FILE, or with '-', standard input is read.\n"
		   "Exit status: 0 done, 1 the config is wrong or cannot be read, 2 wrong usage.",
	.version_name = "Butane",
	.version_letter = 'V',
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static enum report_colour colour_of(const struct values *values)
{
	const char *no_colour = getenv("NO_COLOR");

	if (strcmp(values->colour, "always") == 0)
		return REPORT_COLOURED;
	if (strcmp(values->colour, "never") == 0 || (no_colour && *no_colour))
		return REPORT_PLAIN;
	return isatty(STDERR_FILENO) ? REPORT_COLOURED : REPORT_PLAIN;
}

static void print_report(const struct report *report, const struct values *values)
{
	const enum report_colour colour = colour_of(values);

	for (size_t i = 0; i < report_count(report); i++) {
		AUTO(text_done) struct text out = TEXT_INIT(REPORT_BYTES_MAX);

		if (values->has_raw_errors) {
			report_render_upstream(report_entry_at(report, i), &out);
			text_append_char(&out, '\n');
		} else {
			report_render_excerpt(report_entry_at(report, i), colour, &out);
		}
		fwrite(text_str(&out), 1, out.length, stderr);
	}
}

/* One config, from its text to its verdict. */
struct translation {
	struct config_pool *pool;
	const struct source *source;
	struct report *report; /* of the last attempt */
	unsigned flags;	       /* enum butane_flag */
};

static void translation_done(struct translation *translation)
{
	report_free(translation->report);
	config_pool_free(translation->pool);
}
DEFINE_DONE(struct translation, translation_done)

/* Lowers again and again, until every local file that was asked for is there or is not. */
static int translate(struct translation *translation, const struct values *values, struct text *out,
		     struct error *err)
{
	AUTO(local_supplies_free) struct local_supplies *local = NULL;
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	struct butane_result result;
	int r = local_supplies_new(values->files_dir, &local, err);

	if (r < 0)
		return r;
	do {
		error_done(err);
		report_free(translation->report);
		translation->report = report_new();

		const struct front_end_input input = {
			.pool = translation->pool,
			.source = translation->source,
			.supplies = supplies,
			.report = translation->report,
		};

		r = butane_lower(&input, translation->flags, &result, err);
	} while (local_supplies_answer(local, supplies));
	if (r < 0)
		return r;

	struct content_sink sink = config_output_sink(out);

	return butane_write(&result, translation->flags, &sink, err);
}

static int run(const char *path, const struct values *values)
{
	AUTO(translation_done)
	struct translation translation = {
		.pool = config_pool_new(),
		.flags =
			(values->is_pretty ? BUTANE_PRETTY : 0) | (values->is_raw ? BUTANE_RAW : 0),
	};
	AUTO(text_done) struct text out = TEXT_INIT(CONFIG_OUTPUT_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	char *data = NULL;
	size_t length = 0;

	if (file_read(path, BUTANE_SIZE_MAX, FILE_STDIN, &data, &length, &err) < 0) {
		fprintf(stderr, "failed to read %s: %s\n", path, err.text);
		return 1;
	}
	translation.source = config_pool_add_source(
		translation.pool, strcmp(path, "-") == 0 ? "<stdin>" : path, data, length);

	int r = translate(&translation, values, &out, &err);

	if (translation.report)
		print_report(translation.report, values);
	if (r < 0) {
		fprintf(stderr, "Error translating config: %s\n", err.text);
		return 1;
	}
	if (values->is_strict && report_count(translation.report)) {
		fprintf(stderr, "Config produced warnings and --strict was specified\n");
		return 1;
	}
	if (values->checks_only)
		return 0;
	if (config_output_write(values->output, text_slice(&out), &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct values values = { .colour = "auto" };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (argc - operand > 1 || (values.input && operand < argc)) {
		cli_print_help(&program, stderr);
		return CLI_EXIT_USAGE;
	}
	if (operand < argc)
		values.input = argv[operand];
	return cli_finish(&program, run(values.input ? values.input : "-", &values));
}
