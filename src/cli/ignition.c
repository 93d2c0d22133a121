/* ignition - the first-boot engine, one stage per invocation (spec ignition 1.2). */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/options.h"
#include "cli/personality.h"
#include "ignition/cache.h"
#include "ignition/console.h"
#include "ignition/engine.h"
#include "providers/provider.h"

#define FETCH_TIMEOUT_DEFAULT_MS 120000

struct values {
	bool clear_cache;
	const char *config_cache;
	int64_t fetch_timeout_ms;
	bool log_to_stdout;
	const char *need_net;
	const char *oem;
	const char *platform;
	const char *root;
	const char *stage;
	const char *state_file;
};

static bool is_platform(const char *name)
{
	const struct provider *platform = provider_find(name);

	return strcmp(name, "auto") == 0 || (platform && platform->fetch_config);
}

static bool is_oem(const char *name)
{
	return provider_find_oem(name) != NULL;
}

static const struct cli_option options[] = {
	{ .name = "clear-cache",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, clear_cache),
	  .help = "remove the cached config first" },
	{ .name = "config-cache",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, config_cache),
	  .argument = "path",
	  .help = "where to cache the config",
	  .fallback = CACHE_PATH_DEFAULT },
	{ .name = "fetch-timeout",
	  .type = CLI_DURATION,
	  .offset = offsetof(struct values, fetch_timeout_ms),
	  .argument = "duration",
	  .help = "how long to wait for the config of the platform",
	  .fallback = "2m0s" },
	{ .name = "log-to-stdout",
	  .type = CLI_FLAG,
	  .offset = offsetof(struct values, log_to_stdout),
	  .help = "log to standard output instead of the system log" },
	{ .name = "neednet",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, need_net),
	  .argument = "path",
	  .help = "made by fetch-offline when networking is needed",
	  .fallback = "/run/ignition/neednet" },
	{ .name = "oem",
	  .type = CLI_CHOICE,
	  .offset = offsetof(struct values, oem),
	  .argument = "name",
	  .help = "current platform, as Flatcar called it: ec2, gce, pxe ...",
	  .is_valid = is_oem,
	  .expected = "a valid oem" },
	{ .name = "platform",
	  .type = CLI_CHOICE,
	  .offset = offsetof(struct values, platform),
	  .argument = "name",
	  .help = "current platform; auto: find out, 'slipway detect --platforms' lists them",
	  .is_valid = is_platform,
	  .expected = "a valid platform" },
	{ .name = "root",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, root),
	  .argument = "path",
	  .help = "where the target root is mounted",
	  .fallback = "/" },
	{ .name = "stage",
	  .type = CLI_CHOICE,
	  .offset = offsetof(struct values, stage),
	  .argument = "name",
	  .help = "stage to run: disks, fetch, fetch-offline, files, kargs, mount, umount",
	  .is_valid = engine_has_stage,
	  .expected = "a valid stage" },
	{ .name = "state-file",
	  .type = CLI_STRING,
	  .offset = offsetof(struct values, state_file),
	  .argument = "path",
	  .help = "what one stage hands to the next",
	  .fallback = "/run/ignition/state" },
};

static const struct cli_program program = {
	.name = "ignition",
	.summary = "Runs one stage of the first boot: finds the config, or makes the machine as it "
		   "says.",
	.details = "Exit status: 0 done, 1 the stage failed, 2 wrong usage, 3 could not start.",
	.version_name = "Ignition",
	.syntax = CLI_GO,
	.options = options,
	.option_count = ARRAY_SIZE(options),
};

/* An empty variable counts as unset. */
static const char *environment(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value && value[0] ? value : fallback;
}

/* Return: whether the variable is set; @ret its truth.  Anything but a truth value ends the
 * program. */
static bool keys_fragment(bool *ret)
{
	static const char name[] = "IGNITION_WRITE_AUTHORIZED_KEYS_FRAGMENT";
	const char *value = environment(name, NULL);

	if (!value)
		return false;
	*ret = strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
	if (!*ret && strcmp(value, "false") != 0 && strcmp(value, "0") != 0) {
		fprintf(stderr, "%s=%s: neither true nor false\n", name, value);
		exit(CLI_EXIT_USAGE);
	}
	return true;
}

static enum engine_status run(const struct values *values)
{
	const char *const directories[] = {
		environment("IGNITION_SYSTEM_RUNTIME_CONFIG_DIR", RUNTIME_CONFIG_DIRECTORY),
		environment("IGNITION_SYSTEM_LOCAL_CONFIG_DIR", LOCAL_CONFIG_DIRECTORY),
		environment("IGNITION_SYSTEM_CONFIG_DIR", SYSTEM_CONFIG_DIRECTORY),
		NULL,
	};
	AUTO(console_free) struct console *console = console_new();
	bool fragment = false;
	const struct engine_params params = {
		.platform =
			values->platform ? values->platform : provider_find_oem(values->oem)->name,
		.stage = values->stage,
		.root = values->root,
		.config_cache = values->config_cache,
		.state_file = values->state_file,
		.need_net = values->need_net,
		.fetch_timeout_ms = values->fetch_timeout_ms,
		.clears_cache = values->clear_cache,
		.kernel_command_line = environment("IGNITION_KERNEL_CMDLINE_PATH", NULL),
		.config_file = environment("IGNITION_CONFIG_FILE", NULL),
		.config_directories = directories,
		.oem_directory = environment("IGNITION_OEM_LOOKASIDE_DIR", NULL),
		.oem_device = environment("IGNITION_OEM_DEVICE", NULL),
		.keys_fragment = keys_fragment(&fragment) ? &fragment : NULL,
		.observer = console_observer(console),
	};

	log_open(values->log_to_stdout ? LOG_TO_STDOUT : LOG_TO_SYSLOG, "ignition");

	enum engine_status status = engine_run(&params);

	log_close();
	return status;
}

static int ignition_main(int argc, char **argv)
{
	struct values values = {
		.config_cache = CACHE_PATH_DEFAULT,
		.fetch_timeout_ms = FETCH_TIMEOUT_DEFAULT_MS,
		.need_net = "/run/ignition/neednet",
		.root = "/",
		.state_file = "/run/ignition/state",
	};
	int operand = 0;
	int status = 0;

	if (cli_parse(&program, argc, argv, &values, &operand, &status) < 0)
		return status;
	if (!(values.platform || values.oem) || !values.stage) {
		fprintf(stderr, "'--%s' must be provided\n",
			values.platform || values.oem ? "stage" : "platform");
		return CLI_EXIT_USAGE;
	}
	return (int)run(&values);
}

/* By the name that it is called by; any other name is the engine's. */
static const struct personality {
	const char *name;
	int (*main)(int argc, char **argv);
} personalities[] = {
	{ "ignition-apply", ignition_apply_main },
	{ "ignition-rmcfg", ignition_rmcfg_main },
};

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "";

	for (size_t i = 0; i < ARRAY_SIZE(personalities); i++)
		if (strcmp(name, personalities[i].name) == 0)
			return personalities[i].main(argc, argv);
	return ignition_main(argc, argv);
}
