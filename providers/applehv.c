/* Apple's hypervisor, through the server that its starter has behind a vsock (spec providers 4.17).
 */
#include "base/alloc.h"
#include "providers/driver.h"
#include "providers/vsock_http.h"

#define PORT	   1024
#define TIMEOUT_MS 30000
#define HEAD_MAX   ((size_t)64 << 10)

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(text_done) struct text body = TEXT_INIT(PROVIDER_CONFIG_MAX + HEAD_MAX);
	int64_t timeout_ms =
		context->wait_ms && context->wait_ms < TIMEOUT_MS ? context->wait_ms : TIMEOUT_MS;

	driver_load(context, "vsock", "sys/devices/virtual/misc/vsock");

	AUTO_CLOSE int fd = vsock_http_connect(PORT, timeout_ms, err);

	if (fd < 0)
		return fd;

	int r = vsock_http_get(fd, "/", timeout_ms, &body, err);

	if (r < 0)
		return r;
	ret->length = body.length;
	ret->data = body.length ? text_take(&body) : xstrdup("");
	ret->name = xasprintf("vsock:2:%u", PORT);
	return 0;
}

const struct provider provider_applehv = {
	.name = "applehv",
	.title = "Apple Hypervisor",
	.fetch_config = fetch_config,
};
