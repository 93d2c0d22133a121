/* ignition-apply - apply a config inside a container image build (spec ignition 1.3). */
#include "cli/personality.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cli/options.h"
#include "ignition/console.h"
#include "ignition/container.h"

static const struct cli_option options[] = {
	{ .name = "ignore-unsupported",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct container_params, ignores_unsupported),
	  .help = "skip what cannot be applied here instead of failing" },
	{ .name = "offline",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct container_params, is_offline),
	  .help = "fail if the config needs the network" },
	{ .name = "root",
	  .type = CLI_STRING,
	  .offset = offsetof(struct container_params, root),
	  .argument = "path",
	  .help = "root of the filesystem to write to",
	  .fallback = "/" },
};

static const struct cli_program program = {
	.name = "ignition-apply",
	.summary = "Applies an Ignition config to the container that it runs in.",
	.operands = "config.ign",
	.details = "A single '-' reads standard input.  Exit status: 0 applied, 1 not, 2 unknown "
		   "option.",
	.version_name = "Ignition",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

int ignition_apply_main(int argc, char **argv)
{
	AUTO(console_free) struct console *console = console_new();
	struct container_params params = {
		.root = "/",
		.variable = getenv("container"),
		.observer = console_observer(console),
	};
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &params, &operand, &status) < 0)
		return status;
	if (argc - operand != 1) {
		cli_print_help(&program, stderr);
		return 1;
	}
	params.config = argv[operand];
	log_open(LOG_TO_STDOUT, "ignition");
	status = container_apply(&params) < 0;
	log_close();
	return status;
}
