/* QEMU's firmware configuration device (spec ignition 7.1). */
#include <errno.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/command.h"
#include "config/parse.h"
#include "providers/provider.h"

#define FW_CFG_DIRECTORY    "sys/firmware/qemu_fw_cfg"
#define MODPROBE_TIMEOUT_MS 30000

/* Upstream's name, then Flatcar's. */
static const char *const config_names[] = { "opt/com.coreos/config",
					    "opt/org.flatcar-linux/config" };

/* The driver may be a module; that it is missing shows below as a missing directory. */
static void load_driver(const struct provider_context *context)
{
	static const char *const argv[] = { "modprobe", "qemu_fw_cfg", NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = MODPROBE_TIMEOUT_MS,
					 .observer = context->observer };
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct stat st;

	if (fstatat(context->machine->host_fd, FW_CFG_DIRECTORY, &st, 0) == 0)
		return;
	if (command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, &problem) < 0)
		event_message(context->observer, EVENT_INFO, "cannot load qemu_fw_cfg: %s",
			      problem.text);
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	load_driver(context);
	for (size_t i = 0; i < ARRAY_SIZE(config_names); i++) {
		AUTO_FREE char *path =
			xasprintf(FW_CFG_DIRECTORY "/by_name/%s/raw", config_names[i]);
		AUTO(error_done) struct error problem = ERROR_INIT;
		int r = machine_read(context->machine, path, CONFIG_SIZE_MAX, &ret->data,
				     &ret->length, &problem);

		if (r == -ENOENT || r == -ENOTDIR)
			continue;
		if (r < 0)
			return error_set(err, problem.kind, -r, "%s", problem.text);
		ret->name = xasprintf("fw_cfg:%s", config_names[i]);
		event_message(context->observer, EVENT_INFO,
			      "using the config of QEMU's firmware device, \"%s\"",
			      config_names[i]);
		return 0;
	}
	event_message(context->observer, EVENT_INFO,
		      "QEMU's firmware device has no config: ignored");
	ret->data = xstrdup("");
	ret->name = xstrdup("qemu");
	return 0;
}

#define BY_NAME FW_CFG_DIRECTORY "/by_name/"

static const struct proof proofs[] = {
	{ PROOF_HYPERVISOR, { { FACT_VENDOR, "QEMU" } } },
	{ PROOF_MEDIUM, { { FACT_PATH, BY_NAME "opt/com.coreos/config" } } },
	{ PROOF_MEDIUM, { { FACT_PATH, BY_NAME "opt/org.flatcar-linux/config" } } },
};

const struct provider provider_qemu = {
	.name = "qemu",
	.title = "QEMU",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
};
