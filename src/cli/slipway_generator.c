/*
 * slipway-generator - what systemd runs before it loads units (spec ignition 7.3).
 *
 * Takes systemd's three directories and nothing else; --root is for tests and images.
 */
#include <stddef.h>
#include <stdio.h>

#include "base/machine.h"
#include "cli/narrator.h"
#include "cli/options.h"
#include "ignition/generator.h"

struct values {
	const char *root;
	bool is_verbose;
};

static const struct cli_option options[] = {
	{ .name = "root",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, root),
	  .argument = "DIR",
	  .help = "where the machine's /proc, /sys, /etc and /run are",
	  .fallback = "/" },
	{ .name = "verbose",
	  .letter = 'v',
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, is_verbose),
	  .help = "say what was found" },
};

static const struct cli_program program = {
	.name = "slipway-generator",
	.summary = "Tells systemd which platform this is, and whether it is the first boot.",
	.operands = "NORMAL-DIR [EARLY-DIR LATE-DIR]",
	.details = "systemd runs it; see systemd.generator(7).\n"
		   "Exit status: 0 done, 1 failed, 2 wrong usage.",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

static int run(const struct values *values, const char *directory,
	       const struct event_observer *observer, struct error *err)
{
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	const bool is_running = strcmp(values->root, "/") == 0;
	const struct generator_params params = {
		.machine = &machine,
		.host = is_running ? "" : values->root,
		.directory = directory,
		.observer = observer,
	};
	int r = machine_open(&machine, values->root, /* root_path= */ NULL, err);

	return r < 0 ? r : generator_run(&params, err);
}

int main(int argc, char **argv)
{
	struct values values = { .root = "/" };
	AUTO(error_done) struct error err = ERROR_INIT;
	struct narrator narrator;
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (argc - operand != 1 && argc - operand != 3)
		return cli_usage_error(&program, "%s: give systemd's directories", program.name);
	narrator_init(&narrator, program.name, values.is_verbose);
	if (run(&values, argv[operand], &narrator.observer, &err) < 0) {
		fprintf(stderr, "%s: %s\n", program.name, err.text);
		status = 1;
	}
	return cli_finish(&program, status);
}
