/* ct - a Container Linux Config as the Ignition config that it stands for (spec configs 3.1). */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "base/file.h"
#include "cli/config_output.h"
#include "cli/local_supplies.h"
#include "cli/options.h"
#include "config/clc/clc.h"
#include "config/express.h"
#include "config/front_end.h"
#include "config/yaml_text.h"

struct values {
	bool is_pretty;
	bool is_strict;
	const char *input;
	const char *output;
	const char *platform;
	const char *files_dir;
};

static const struct cli_option options[] = {
	{ .name = "pretty",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_pretty),
	  .help = "indent the output" },
	{ .name = "strict",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_strict),
	  .help = "fail on any entry of the report" },
	{ .name = "in-file",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, input),
	  .argument = "FILE",
	  .help = "the config; standard input unless given" },
	{ .name = "out-file",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, output),
	  .argument = "FILE",
	  .help = "where Ignition goes; standard output unless given" },
	{ .name = "platform",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, platform),
	  .argument = "NAME",
	  .help = "what {PRIVATE_IPV4} and its like stand for: azure, digitalocean, ec2, gce, "
		  "packet, openstack-metadata, vagrant-virtualbox, cloudstack-configdrive, "
		  "custom" },
	{ .name = "files-dir",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, files_dir),
	  .argument = "DIR",
	  .help = "allow local files below DIR" },
};

static const struct cli_program program = {
	.name = "ct",
	.summary = "Translates a Container Linux Config into an Ignition config.",
	.operands = "",
	.details = "Exit status: 0 done, 1 the config is wrong or cannot be read, 2 wrong usage.",
	.syntax = CLI_GO,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static const char *kind_of(const struct report_entry *entry)
{
	static const char *const kinds[] = {
		[REPORT_INFO] = "info", [REPORT_WARNING] = "warning", [REPORT_ERROR] = "error"
	};

	if (entry->hint && strcmp(entry->hint, CLC_DEPRECATED_HINT) == 0)
		return "deprecated";
	return kinds[entry->severity];
}

static void print_report(const struct report *report)
{
	for (size_t i = 0; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);

		if (entry->origin.line)
			fprintf(stderr, "%s at line %u, column %u\n%s\n", kind_of(entry),
				entry->origin.line, entry->origin.column, entry->message);
		else
			fprintf(stderr, "%s: %s\n", kind_of(entry), entry->message);
	}
}

/* One config, from its text to its verdict. */
struct translation {
	struct config_pool *pool;
	const struct source *source;
	struct report *report; /* of the last attempt */
	struct lowered lowered;
};

static void translation_done(struct translation *translation)
{
	report_free(translation->report);
	config_pool_free(translation->pool);
}
DEFINE_DONE(struct translation, translation_done)

/* Without a directory no file may be read, in upstream's words. */
static bool refuse_files(struct supplies *supplies)
{
	static const struct supply refused = {
		.problem = "local files require setting the --files-dir flag to the directory "
			   "that contains the file",
	};
	const struct supply_question *question;
	size_t position = 0;
	bool any = false;

	for (; (question = supplies_next_missing(supplies, &position)); any = true)
		supplies_add(supplies, question->kind, question->name, &refused);
	return any;
}

/* Lowers again and again, until every local file that was asked for is there or is not. */
static int lower(struct translation *translation, const struct values *values, struct error *err)
{
	AUTO(local_supplies_free) struct local_supplies *local = NULL;
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
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
			.platform = values->platform,
		};

		r = front_end_clc.lower(&input, &translation->lowered, err);
	} while (values->files_dir ? local_supplies_answer(local, supplies)
				   : refuse_files(supplies));
	return r;
}

static int encode(const struct translation *translation, const struct values *values,
		  struct text *out, struct error *err)
{
	struct content_sink sink = config_output_sink(out);
	int r = express_encode(translation->lowered.config, translation->lowered.version,
			       ENCODE_OMIT_EMPTY | (values->is_pretty ? ENCODE_INDENT : 0), &sink,
			       err);

	if (r == 0 && values->is_pretty)
		r = sink.write(&sink, "\n", 1, err);
	return r;
}

static int translate(struct translation *translation, const struct values *values,
		     struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(CONFIG_OUTPUT_MAX);
	int r = lower(translation, values, err);

	if (translation->report)
		print_report(translation->report);
	if (r < 0)
		return r;
	if (values->is_strict && report_count(translation->report))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the report is not empty, and -strict was given");
	r = encode(translation, values, &out, err);
	return r < 0 ? r : config_output_write(values->output, text_slice(&out), err);
}

static int run(const struct values *values)
{
	AUTO(translation_done)
	struct translation translation = { .pool = config_pool_new() };
	AUTO(error_done) struct error err = ERROR_INIT;
	const char *path = values->input ? values->input : "-";
	char *data = NULL;
	size_t length = 0;

	if (file_read(path, YAML_TEXT_SIZE_MAX, FILE_STDIN, &data, &length, &err) < 0) {
		fprintf(stderr, "failed to read: %s\n", err.text);
		return 1;
	}
	translation.source = config_pool_add_source(
		translation.pool, values->input ? values->input : "<stdin>", data, length);
	if (translate(&translation, values, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct values values = { .is_pretty = false };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	return cli_finish(&program, run(&values));
}
