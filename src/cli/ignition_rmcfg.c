/* ignition-rmcfg - delete the config from the platform (spec ignition 1.4). */
#include "cli/personality.h"

#include <stddef.h>
#include <stdio.h>

#include "base/log.h"
#include "cli/options.h"
#include "ignition/console.h"
#include "ignition/removal.h"

struct values {
	const char *platform;
	bool log_to_stdout;
};

static const struct cli_option options[] = {
	{ .name = "log-to-stdout",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, log_to_stdout),
	  .help = "log to standard output instead of the system log" },
	{ .name = "platform",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, platform),
	  .argument = "name",
	  .help = "current platform, or \"auto\": find it out" },
};

static const struct cli_program program = {
	.name = "ignition-rmcfg",
	.summary = "Deletes the config from the platform, where a platform can.",
	.details = "Exit status: 0 deleted, 1 not, 2 wrong usage.",
	.version_name = "Ignition",
	.syntax = CLI_GNU,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

int ignition_rmcfg_main(int argc, char **argv)
{
	AUTO(console_free) struct console *console = console_new();
	struct values values = { .platform = NULL };
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (argc > operand)
		return cli_usage_error(&program, "%s: no operands are taken", program.name);
	if (!values.platform)
		return cli_usage_error(&program, "'--platform' must be provided");

	const struct provider *platform = provider_find(values.platform);

	if (!platform && strcmp(values.platform, "auto") != 0)
		return cli_usage_error(&program, "invalid platform name \"%s\" provided",
				       values.platform);
	log_open(values.log_to_stdout ? LOG_TO_STDOUT : LOG_TO_SYSLOG, "ignition");
	status = removal_run(platform, console_observer(console)) < 0;
	log_close();
	return status;
}
