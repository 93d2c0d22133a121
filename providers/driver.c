#include "providers/driver.h"

#include <sys/stat.h>

#include "base/command.h"

#define MODPROBE_TIMEOUT_MS 30000

void driver_load(const struct provider_context *context, const char *module, const char *mark)
{
	const char *const argv[] = { "modprobe", module, NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = MODPROBE_TIMEOUT_MS,
					 .observer = context->observer };
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct stat st;

	if (fstatat(context->machine->host_fd, mark, &st, 0) == 0)
		return;
	if (command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, &problem) < 0)
		event_message(context->observer, EVENT_INFO, "cannot load %s: %s", module,
			      problem.text);
}
