/* VirtualBox: guest properties through a driver that knows the requests and nothing else. */
#include "providers/virtualbox.h"

#include <errno.h>
#include <linux/vboxguest.h>
#include <string.h>

#include "base/alloc.h"
#include "tap.h"

#define CONFIG	 "{\"ignition\":{\"version\":\"3.4.0\"}}"
#define DATA	 "/Ignition/Config"
#define ENCODING "/Ignition/Config/Encoding"
#define CLIENT	 42U

struct property {
	const char *name;
	const char *value; /* NULL: none */
};

struct host {
	struct property properties[2];
	bool is_read_only;
	bool keeps_properties;
	bool forgets_to_end;
	int refuses_to_connect;
	uint32_t said_size; /* instead of the real one */
	int connected;
	int wrong;
	char deleted[128]; /* names in order */
};

static struct property *find(struct host *host, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(host->properties); i++)
		if (host->properties[i].value && strcmp(host->properties[i].name, name) == 0)
			return &host->properties[i];
	return NULL;
}

static int32_t get(struct host *host, struct property *property,
		   struct vmmdev_hgcm_function_parameter64 *parameters)
{
	static const char flags[] = "RDONLYGUEST";
	char *buffer = (char *)(uintptr_t)parameters[1].u.pointer.u.linear_addr;

	if (!property)
		return VERR_NOT_FOUND;

	size_t length = strlen(property->value) + 1;
	size_t whole = length + sizeof(flags);

	host->wrong += parameters[1].type != VMMDEV_HGCM_PARM_TYPE_LINADDR;
	parameters[3].u.value32 = host->said_size ? host->said_size : (uint32_t)whole;
	if (parameters[1].u.pointer.size < whole)
		return VERR_BUFFER_OVERFLOW;
	memcpy(buffer, property->value, length);
	memcpy(buffer + length, flags, sizeof(flags));
	if (host->forgets_to_end)
		memset(buffer, 'x', whole);
	return 0;
}

static int32_t drop(struct host *host, struct property *property, const char *name)
{
	if (host->is_read_only)
		return VERR_PERMISSION_DENIED;
	if (!property)
		return VERR_NOT_FOUND;
	snprintf(host->deleted + strlen(host->deleted),
		 sizeof(host->deleted) - strlen(host->deleted), "%s;", name);
	if (!host->keeps_properties)
		property->value = NULL;
	return 0;
}

static void call(struct host *host, struct vbg_ioctl_hgcm_call *head)
{
	struct vmmdev_hgcm_function_parameter64 *parameters = (void *)(head + 1);
	const char *name = (const char *)(uintptr_t)parameters[0].u.pointer.u.linear_addr;
	struct property *property = find(host, name);

	host->wrong += head->client_id != CLIENT || host->connected != 1 ||
		       parameters[0].u.pointer.size != strlen(name) + 1 ||
		       head->hdr.size_in != sizeof(*head) + head->parm_count * sizeof(*parameters);
	if (head->function == 1)
		head->hdr.rc = get(host, property, parameters);
	else
		head->hdr.rc = drop(host, property, name);
}

static int control(const struct guest_driver *driver, unsigned long request, void *argument)
{
	struct host *host = driver->context;
	struct vbg_ioctl_hdr *head = argument;
	struct vbg_ioctl_hgcm_connect *connect = argument;

	host->wrong += head->version != 0x10001 || head->rc != 0;
	switch (request) {
	case 0xc02c5600:
		host->wrong += head->size_in != 40 || head->size_out != 44;
		return 0;
	case 0xc09c5604:
		host->wrong +=
			connect->u.in.loc.type != 2 || head->size_in != 156 ||
			head->size_out != 28 ||
			strcmp(connect->u.in.loc.u.localhost.service_name, "VBoxGuestPropSvc") != 0;
		head->rc = host->refuses_to_connect;
		connect->u.out.client_id = CLIENT;
		host->connected += head->rc == 0;
		return 0;
	case 0xc01c5605:
		host->connected--;
		return 0;
	case 0xc0685607:
	case 0xc0385607:
		call(host, argument);
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

static const struct config_row {
	const char *label;
	struct host host;
	int want;
	const char *text;
} config_rows[] = {
	{ "a config", { .properties = { { DATA, CONFIG } } }, 0, CONFIG },
	{ "none", { .said_size = 0 }, 0, "" },
	{ "an empty one", { .properties = { { DATA, "" } } }, 0, "" },
	{ "an empty encoding", { .properties = { { DATA, "x" }, { ENCODING, "" } } }, 0, "x" },
	{ "an encoding",
	  { .properties = { { DATA, "x" }, { ENCODING, "gzip" } } },
	  -EINVAL,
	  "/Ignition/Config/Encoding: unsupported encoding \"gzip\"" },
	{ "a value without an end",
	  { .properties = { { DATA, "x" } }, .forgets_to_end = true },
	  -EBADMSG,
	  "guest property \"/Ignition/Config\" does not end" },
	{ "a size beyond all bounds",
	  { .properties = { { DATA, "x" } }, .said_size = UINT32_MAX },
	  -EFBIG,
	  "guest property \"/Ignition/Config\" has more than 1048576 bytes" },
	{ "a size that is never enough",
	  { .properties = { { DATA, "x" } }, .said_size = 3 },
	  -EIO,
	  "guest property \"/Ignition/Config\" never fits its size" },
	{ "a service that refuses",
	  { .refuses_to_connect = -2 },
	  -EIO,
	  "connect to VirtualBox' guest properties: VirtualBox says -2" },
};

static void test_configs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(config_rows); i++) {
		struct host host = config_rows[i].host;
		const struct guest_driver driver = { .control = control, .context = &host };
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(provider_config_done) struct provider_config config = { .length = 0 };
		int r = virtualbox_get_config(&driver, &config, &err);

		tap_int(r, config_rows[i].want, config_rows[i].label);
		tap_str(r < 0 ? err.text : config.data, config_rows[i].text, config_rows[i].label);
		tap_ok(host.wrong == 0 && host.connected == 0,
		       "%s: every request was right, and the client has gone",
		       config_rows[i].label);
	}
}

static const struct config_row removal_rows[] = {
	{ "both, the encoding first",
	  { .properties = { { DATA, "x" }, { ENCODING, "" } } },
	  0,
	  ENCODING ";" DATA ";" },
	{ "nothing there", { .said_size = 0 }, 0, "" },
	{ "a read-only property",
	  { .properties = { { DATA, "x" } }, .is_read_only = true },
	  -EPERM,
	  "guest property \"/Ignition/Config/Encoding\" is read-only for the guest" },
	{ "a property that stays",
	  { .properties = { { DATA, "x" } }, .keeps_properties = true },
	  -EPERM,
	  "guest property \"/Ignition/Config\" is still there" },
};

static void test_removal(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(removal_rows); i++) {
		struct host host = removal_rows[i].host;
		const struct guest_driver driver = { .control = control, .context = &host };
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = virtualbox_remove_config(&driver, &err);

		tap_int(r, removal_rows[i].want, removal_rows[i].label);
		tap_str(r < 0 ? err.text : host.deleted, removal_rows[i].text,
			removal_rows[i].label);
		tap_ok(host.wrong == 0 && host.connected == 0, "%s: every request was right",
		       removal_rows[i].label);
	}
}

int main(void)
{
	test_configs();
	test_removal();
	return tap_done();
}
