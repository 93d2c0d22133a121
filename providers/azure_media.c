#include "providers/azure_media.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/alloc.h"
#include "disk/directory.h"
#include "disk/drive.h"
#include "disk/probe.h"
#include "providers/metadata_http.h"

#define SYSFS_BLOCK  "sys/class/block"
#define ENVIRONMENT  "/ovf-env.xml"
#define CONFIG	     "/CustomData.bin"
#define POLL_MS	     1000
#define SAY_AGAIN_MS 30000

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A disk that anybody could attach is not one; a drive may be empty or still spinning up. */
static bool has_disc(const char *node)
{
	AUTO_CLOSE int fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 && ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT) == CDS_DISC_OK;
}

static bool has_type(const char *node, const char *const *types)
{
	AUTO(probe_result_done) struct probe_result found = { 0 };

	if (probe_device(node, /* range= */ NULL, &found, /* err= */ NULL) < 0 || !found.type)
		return false;
	while (*types && strcmp(*types, found.type) != 0)
		types++;
	return *types;
}

static bool is_azures(const char *node, const char *const *types)
{
	AUTO_FREE char *environment = NULL;

	return has_disc(node) && has_type(node, types) &&
	       drive_read(node, ENVIRONMENT, METADATA_BODY_MAX, &environment,
			  /* ret_length= */ NULL, /* err= */ NULL) == 0;
}

/* Return: the node, owned; NULL when there is none yet. */
static char *find_media(const struct provider_context *context, const char *const *types)
{
	AUTO(directory_close) DIR *directory = NULL;

	if (directory_open(context->machine, SYSFS_BLOCK, &directory, /* err= */ NULL) < 0)
		return NULL;
	for (const char *name; (name = directory_next(directory));) {
		AUTO_FREE char *node = xasprintf("/dev/%s", name);

		if (is_azures(node, types))
			return take_ptr(&node);
	}
	return NULL;
}

static int read_config(const char *node, struct provider_config *ret, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = drive_read(node, CONFIG, PROVIDER_CONFIG_MAX, &ret->data, &ret->length, &problem);

	if (r < 0 && r != -ENOENT)
		return error_set(err, problem.kind, -r, "%s on %s: %s", CONFIG, node, problem.text);
	if (r < 0)
		ret->data = xstrdup("");
	ret->name = xasprintf("%s:%s", node, CONFIG);
	return 0;
}

int azure_media_get_config(const struct provider_context *context, const char *const *types,
			   struct provider_config *ret, struct error *err)
{
	const int64_t start = now_ms();
	int64_t said = 0;

	for (;;) {
		AUTO_FREE char *node = find_media(context, types);
		int64_t elapsed = now_ms() - start;

		if (node)
			return read_config(node, ret, err);
		if (elapsed >= context->wait_ms)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "no DVD with ovf-env.xml appeared within %" PRId64 " s",
					 context->wait_ms / 1000);
		if (elapsed >= said) {
			event_notify(context->observer,
				     &(struct event){ .kind = EVENT_WAIT,
						      .level = EVENT_INFO,
						      .text = "the DVD with ovf-env.xml",
						      .remaining_ms = context->wait_ms - elapsed });
			said = elapsed + SAY_AGAIN_MS;
		}
		poll(NULL, 0, POLL_MS);
	}
}
