/* VirtualBox (spec providers 3.8, 4.14). */
#include "providers/virtualbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vboxguest.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "providers/raw_device.h"

#define DEVICE	     "dev/vboxguest"
#define SERVICE	     "VBoxGuestPropSvc"
#define DATA_KEY     "/Ignition/Config"
#define ENCODING_KEY "/Ignition/Config/Encoding"
/* The host's own ceiling of a property is 64 KiB with name and flags. */
#define PROPERTY_BYTES_MAX ((size_t)1 << 20)
/* A property may grow between two calls, but not for ever. */
#define ATTEMPTS_MAX 5
#define PARTITION    "/dev/disk/by-partuuid/99570a8a-f826-4eb0-ba4e-9dd72d55ea13"

enum property_function {
	PROPERTY_GET = 1,
	PROPERTY_DELETE = 4,
};
#define PARAMETERS_MAX 4

/* VirtualBox' own results (linux/vbox_err.h). */
enum {
	RESULT_DENIED = VERR_PERMISSION_DENIED,
	RESULT_OVERFLOW = VERR_BUFFER_OVERFLOW,
	RESULT_ABSENT = VERR_NOT_FOUND,
};

/* --- the driver */

static int control_device(const struct guest_driver *driver, unsigned long request, void *argument)
{
	return ioctl(driver->fd, request, argument);
}

static struct vbg_ioctl_hdr header(size_t in, size_t out)
{
	return (struct vbg_ioctl_hdr){ .size_in = (uint32_t)in,
				       .version = VBG_IOCTL_HDR_VERSION,
				       .type = VBG_IOCTL_HDR_TYPE_DEFAULT,
				       .size_out = (uint32_t)out };
}

/* @request begins with its header.  Return: 0; -EIO unless VirtualBox says yes too. */
static int control(const struct guest_driver *driver, unsigned long number, void *request,
		   const char *what, struct error *err)
{
	const struct vbg_ioctl_hdr *head = request;

	if (driver->control(driver, number, request) < 0)
		return error_errno(err, errno, "%s", what);
	if (head->rc < 0)
		return error_set(err, ERROR_SYSTEM, EIO, "%s: VirtualBox says %d", what, head->rc);
	return 0;
}

#define SIZE_OF_IN(type)  (sizeof(struct vbg_ioctl_hdr) + sizeof(((type *)NULL)->u.in))
#define SIZE_OF_OUT(type) (sizeof(struct vbg_ioctl_hdr) + sizeof(((type *)NULL)->u.out))

/* The service of properties, connected. */
struct service {
	const struct guest_driver *driver;
	uint32_t client;
};

static int service_connect(const struct guest_driver *driver, struct service *ret,
			   struct error *err)
{
	struct vbg_ioctl_driver_version_info version = {
		.hdr = header(SIZE_OF_IN(struct vbg_ioctl_driver_version_info),
			      SIZE_OF_OUT(struct vbg_ioctl_driver_version_info)),
		.u.in = { .req_version = VBG_IOC_VERSION, .min_version = VBG_IOC_VERSION },
	};
	struct vbg_ioctl_hgcm_connect connection = {
		.hdr = header(SIZE_OF_IN(struct vbg_ioctl_hgcm_connect),
			      SIZE_OF_OUT(struct vbg_ioctl_hgcm_connect)),
		.u.in.loc = { .type = VMMDEV_HGCM_LOC_LOCALHOST_EXISTING,
			      .u.localhost.service_name = SERVICE },
	};
	int r = control(driver, VBG_IOCTL_DRIVER_VERSION_INFO, &version,
			"ask for VirtualBox' version", err);

	if (r == 0)
		r = control(driver, VBG_IOCTL_HGCM_CONNECT, &connection,
			    "connect to VirtualBox' guest properties", err);
	if (r == 0)
		*ret = (struct service){ driver, connection.u.out.client_id };
	return r;
}

static void service_disconnect(const struct service *service)
{
	struct vbg_ioctl_hgcm_disconnect request = {
		.hdr = header(sizeof(request), sizeof(struct vbg_ioctl_hdr)),
		.u.in.client_id = service->client,
	};

	service->driver->control(service->driver, VBG_IOCTL_HGCM_DISCONNECT, &request);
}

DEFINE_DONE(struct service, service_disconnect)

/* --- calls */

struct call {
	struct vbg_ioctl_hgcm_call head;
	struct vmmdev_hgcm_function_parameter64 parameters[PARAMETERS_MAX];
};

/* A name goes with its NUL. */
static struct vmmdev_hgcm_function_parameter64 name_parameter(const char *name)
{
	return (struct vmmdev_hgcm_function_parameter64){
		.type = VMMDEV_HGCM_PARM_TYPE_LINADDR_IN,
		.u.pointer = { .size = (uint32_t)strlen(name) + 1,
			       .u.linear_addr = (uintptr_t)name },
	};
}

/* @ret_result: what the service says; of the header's and the call's the only one there is. */
static int call_service(const struct service *service, enum property_function function,
			struct call *call, size_t count, struct error *err)
{
	size_t size = sizeof(call->head) + count * sizeof(call->parameters[0]);

	call->head = (struct vbg_ioctl_hgcm_call){ .hdr = header(size, size),
						   .client_id = service->client,
						   .function = function,
						   .timeout_ms = UINT32_MAX,
						   .interruptible = 1,
						   .parm_count = (uint16_t)count };
	if (service->driver->control(service->driver, VBG_IOCTL_HGCM_CALL_64(size), call) < 0)
		return error_errno(err, errno, "call VirtualBox' guest properties");
	return 0;
}

/* What comes is the value, NUL, flags, NUL. */
static int take_value(const char *buffer, size_t length, const char *name,
		      struct provider_config *ret, struct error *err)
{
	size_t end = strnlen(buffer, length);

	if (end == length)
		return error_set(err, ERROR_INPUT, EBADMSG, "guest property \"%s\" does not end",
				 name);
	ret->data = xstrndup(buffer, end);
	ret->length = end;
	ret->name = xstrdup(name);
	return 0;
}

/* Return: 0; -ENOENT (ERROR_NOT_FOUND); -EIO; -errno. */
static int get_property(const struct service *service, const char *name,
			struct provider_config *ret, struct error *err)
{
	size_t size = 1;

	for (unsigned i = 0; i < ATTEMPTS_MAX; i++) {
		AUTO_FREE char *buffer = xcalloc(size, 1);
		struct call call = {
			.parameters = {
				name_parameter(name),
				{ .type = VMMDEV_HGCM_PARM_TYPE_LINADDR,
				  .u.pointer = { .size = (uint32_t)size,
						 .u.linear_addr = (uintptr_t)buffer } },
				{ .type = VMMDEV_HGCM_PARM_TYPE_64BIT },
				{ .type = VMMDEV_HGCM_PARM_TYPE_32BIT },
			},
		};
		int r = call_service(service, PROPERTY_GET, &call, PARAMETERS_MAX, err);
		int result = call.head.hdr.rc;
		size_t needed = call.parameters[3].u.value32;

		if (r < 0)
			return r;
		if (result == RESULT_ABSENT)
			return error_set(err, ERROR_NOT_FOUND, ENOENT,
					 "there is no guest property \"%s\"", name);
		if (result == 0 && size > 1)
			return take_value(buffer, size, name, ret, err);
		if (result != 0 && result != RESULT_OVERFLOW)
			return error_set(err, ERROR_SYSTEM, EIO,
					 "guest property \"%s\": VirtualBox says %d", name, result);
		if (needed > PROPERTY_BYTES_MAX)
			return error_set(err, ERROR_INPUT, EFBIG,
					 "guest property \"%s\" has more than %zu bytes", name,
					 PROPERTY_BYTES_MAX);
		size = needed > 1 ? needed : 2;
	}
	return error_set(err, ERROR_SYSTEM, EIO, "guest property \"%s\" never fits its size", name);
}

static int delete_property(const struct service *service, const char *name, struct error *err)
{
	struct call call = { .parameters = { name_parameter(name) } };
	int r = call_service(service, PROPERTY_DELETE, &call, 1, err);
	int result = call.head.hdr.rc;

	if (r < 0 || result >= 0 || result == RESULT_ABSENT)
		return r;
	if (result == RESULT_DENIED)
		return error_set(err, ERROR_SYSTEM, EPERM,
				 "guest property \"%s\" is read-only for the guest", name);
	return error_set(err, ERROR_SYSTEM, EIO, "delete guest property \"%s\": VirtualBox says %d",
			 name, result);
}

/* --- the config */

static int check_encoding(const struct service *service, struct error *err)
{
	AUTO(provider_config_done) struct provider_config encoding = { .length = 0 };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = get_property(service, ENCODING_KEY, &encoding, &problem);

	if (r < 0 && r != -ENOENT)
		return error_move(err, &problem, r);
	if (encoding.length)
		return error_set(err, ERROR_INPUT, EINVAL, "%s: unsupported encoding \"%s\"",
				 ENCODING_KEY, encoding.data);
	return 0;
}

int virtualbox_get_config(const struct guest_driver *driver, struct provider_config *ret,
			  struct error *err)
{
	struct service connected = { .driver = driver };
	int r = service_connect(driver, &connected, err);

	if (r < 0)
		return r;

	AUTO(service_disconnect) struct service service = connected;
	AUTO(error_done) struct error problem = ERROR_INIT;

	r = check_encoding(&service, err);
	if (r < 0)
		return r;
	r = get_property(&service, DATA_KEY, ret, &problem);
	if (r < 0 && r != -ENOENT)
		return error_move(err, &problem, r);
	if (r == -ENOENT) {
		ret->data = xstrdup("");
		ret->name = xstrdup(DATA_KEY);
	}
	return 0;
}

static int remove_property(const struct service *service, const char *name, struct error *err)
{
	AUTO(provider_config_done) struct provider_config left = { .length = 0 };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = delete_property(service, name, err);

	if (r < 0)
		return r;
	r = get_property(service, name, &left, &problem);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_move(err, &problem, r);
	return error_set(err, ERROR_SYSTEM, EPERM, "guest property \"%s\" is still there", name);
}

/* The encoding first: a config without one is whole. */
int virtualbox_remove_config(const struct guest_driver *driver, struct error *err)
{
	struct service connected = { .driver = driver };
	int r = service_connect(driver, &connected, err);

	if (r < 0)
		return r;

	AUTO(service_disconnect) struct service service = connected;

	r = remove_property(&service, ENCODING_KEY, err);
	return r < 0 ? r : remove_property(&service, DATA_KEY, err);
}

/* --- the provider */

static int open_driver(const struct provider_context *context, struct guest_driver *ret,
		       struct error *err)
{
	int fd = openat(context->machine->host_fd, DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open /" DEVICE);
	*ret = (struct guest_driver){ .control = control_device, .fd = fd };
	return 0;
}

/* Container Linux' place: a partition that holds the config and nothing else, but for NULs. */
static int get_partition(const struct provider_context *context, struct provider_config *ret,
			 struct error *err)
{
	AUTO(device_done) struct device device = { 0 };
	int r = device_find(context->machine, PARTITION, &device, err);

	return r < 0 ? r : raw_device_get_config(&device, ret, err);
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	struct guest_driver opened = { .control = control_device, .fd = -1 };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = get_partition(context, ret, &problem);

	if (r != -ENOENT)
		return r < 0 ? error_move(err, &problem, r) : 0;
	r = open_driver(context, &opened, err);
	if (r < 0)
		return r;

	AUTO_CLOSE int fd = opened.fd;

	(void)fd;
	return virtualbox_get_config(&opened, ret, err);
}

static int delete_config(const struct provider_context *context, struct error *err)
{
	struct guest_driver opened = { .control = control_device, .fd = -1 };
	int r = open_driver(context, &opened, err);
	AUTO_CLOSE int fd = opened.fd;

	return r < 0 ? r : virtualbox_remove_config(&opened, err);
}

static const struct proof proofs[] = {
	{ PROOF_HYPERVISOR, { { FACT_PRODUCT, "VirtualBox" } } },
};

const struct provider provider_virtualbox = {
	.name = "virtualbox",
	.title = "VirtualBox",
	.aliases = { "vagrant-virtualbox" },
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
	.delete_config = delete_config,
};
