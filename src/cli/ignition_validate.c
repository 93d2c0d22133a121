/* ignition-validate - the verdict on a config, as upstream's program prints it (spec ignition 1.5).
 */
#include <stdio.h>

#include "base/file.h"
#include "cli/options.h"
#include "config/parse.h"

static const struct cli_program program = {
	.name = "ignition-validate",
	.summary = "Validates an Ignition config.",
	.operands = "config.ign",
	.details = "A single '-' reads standard input.  Exit status: 0 valid, 1 not, 2 unknown "
		   "option.",
	.version_name = "Ignition",
	.syntax = CLI_GO,
};

static int validate(const char *path)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct config *config = NULL;
	char *data = NULL;
	size_t length = 0;

	if (file_read(path, CONFIG_SIZE_MAX, FILE_STDIN, &data, &length, &err) < 0) {
		fprintf(stderr, "couldn't read config: %s\n", err.text);
		return 1;
	}

	const struct source *source = config_pool_add_source(pool, path, data, length);
	int r = config_parse(pool, source, /* flags= */ 0, report, &config, /* ret_version= */ NULL,
			     &err);

	for (size_t i = 0; i < report_count(report); i++) {
		AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);

		report_render_upstream(report_entry_at(report, i), &line);
		puts(text_str(&line));
	}
	if (report_has_errors(report))
		return 1;
	if (r < 0)
		fprintf(stderr, "couldn't parse config: %s\n", err.text);
	return r < 0;
}

int main(int argc, char **argv)
{
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, /* values= */ NULL, &operand, &status) < 0)
		return status;
	if (argc - operand != 1) {
		cli_print_help(&program, stderr);
		return 1;
	}
	return cli_finish(&program, validate(argv[operand]));
}
