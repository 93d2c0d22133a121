/* QEMU: its firmware configuration device, or a disk (spec ignition 7.1). */
#include <errno.h>

#include "base/alloc.h"
#include "config/parse.h"
#include "providers/driver.h"
#include "providers/raw_device.h"

#define FW_CFG_DIRECTORY "sys/firmware/qemu_fw_cfg"

/* Upstream's name, then Flatcar's. */
static const char *const config_names[] = { "opt/com.coreos/config",
					    "opt/org.flatcar-linux/config" };

static int fetch_firmware(const struct provider_context *context, struct provider_config *ret,
			  struct error *err)
{
	driver_load(context, "qemu_fw_cfg", FW_CFG_DIRECTORY);
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

/* Machines without that device: a disk whose serial number says what it is (spec providers 4.15).
 */
static int fetch_disk(const struct provider_context *context, struct provider_config *ret,
		      struct error *err)
{
	AUTO(device_done) struct device device = { 0 };

	driver_load(context, "virtio_blk", "sys/bus/virtio/drivers/virtio_blk");

	int r = device_wait(context->machine, "/dev/disk/by-id/virtio-ignition", context->wait_ms,
			    context->observer, &device, err);

	return r < 0 ? r : raw_device_get_config(&device, ret, err);
}

#if defined(__s390x__) || (defined(__powerpc64__) && defined(__LITTLE_ENDIAN__))
#define HAS_FIRMWARE_DEVICE 0
#else
#define HAS_FIRMWARE_DEVICE 1
#endif

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return HAS_FIRMWARE_DEVICE ? fetch_firmware(context, ret, err)
				   : fetch_disk(context, ret, err);
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
