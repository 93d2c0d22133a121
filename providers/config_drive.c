#include "providers/config_drive.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <time.h>

#include "base/alloc.h"
#include "disk/device.h"
#include "disk/drive.h"
#include "providers/metadata_http.h"

/* Without udev each look reads the first blocks of every device. */
#define POLL_MS 1000
/* A wait says again what it waits for. */
#define SAY_AGAIN_MS 30000

const char *const config_drive_openstack[] = { "config-2", "CONFIG-2", NULL };
const char *const config_drive_nocloud[] = { "cidata", "CIDATA", NULL };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int config_drive_find(const struct provider_context *context, const char *const *labels,
		      struct config_drive *ret, struct error *err)
{
	for (size_t i = 0; labels[i]; i++) {
		AUTO_FREE char *name = xasprintf("/dev/disk/by-label/%s", labels[i]);
		AUTO(device_done) struct device device = { 0 };
		AUTO(error_done) struct error problem = ERROR_INIT;
		int r = device_find(context->machine, name, &device, &problem);

		if (r == 0) {
			*ret = (struct config_drive){ .device = take_ptr(&device.node),
						      .label = xstrdup(labels[i]) };
			event_message(context->observer, EVENT_INFO,
				      "found the drive labelled \"%s\": %s", ret->label,
				      ret->device);
			return 0;
		}
		if (r != -ENOENT)
			return error_set(err, problem.kind, -r, "%s", problem.text);
	}
	return error_set(err, ERROR_NOT_FOUND, ENOENT, "no drive is labelled \"%s\"", labels[0]);
}

static void say_wait(const struct provider_context *context, const char *label, int64_t left_ms)
{
	AUTO_FREE char *what = xasprintf("drive labelled \"%s\"", label);

	event_notify(context->observer, &(struct event){ .kind = EVENT_WAIT,
							 .level = EVENT_INFO,
							 .text = what,
							 .remaining_ms = left_ms });
}

int config_drive_wait(const struct provider_context *context, const char *const *labels,
		      int64_t timeout_ms, struct config_drive *ret, struct error *err)
{
	const int64_t start = now_ms();
	int64_t said = 0;

	for (;;) {
		AUTO(error_done) struct error problem = ERROR_INIT;
		int r = config_drive_find(context, labels, ret, &problem);
		int64_t elapsed = now_ms() - start;

		if (r == 0)
			return 0;
		if (r != -ENOENT)
			return error_set(err, problem.kind, -r, "%s", problem.text);
		if (elapsed >= timeout_ms)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "no drive labelled \"%s\" appeared within %" PRId64 " s; a "
					 "machine that is to have no config is named by "
					 "ignition.platform.id=metal",
					 labels[0], timeout_ms / 1000);
		if (elapsed >= said) {
			say_wait(context, labels[0], timeout_ms - elapsed);
			said = elapsed + SAY_AGAIN_MS;
		}
		poll(NULL, 0,
		     timeout_ms - elapsed < POLL_MS ? (int)(timeout_ms - elapsed) : POLL_MS);
	}
}

void config_drive_done(struct config_drive *drive)
{
	free(drive->device);
	free(drive->label);
	*drive = (struct config_drive){ 0 };
}

int config_drive_read(const struct config_drive *drive, const char *path, char **ret,
		      size_t *ret_length, struct error *err)
{
	int r = drive_read(drive->device, path, METADATA_BODY_MAX, ret, ret_length, err);

	return error_wrap(err, r, "%s on the drive \"%s\"", path, drive->label);
}

int config_drive_get_config(const struct config_drive *drive, const char *path,
			    struct provider_config *ret, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = drive_read(drive->device, path, PROVIDER_CONFIG_MAX, &ret->data, &ret->length,
			   &problem);

	if (r < 0 && r != -ENOENT)
		return error_set(err, problem.kind, -r, "%s on the drive \"%s\": %s", path,
				 drive->label, problem.text);
	if (r < 0)
		ret->data = xstrdup("");
	ret->name = xasprintf("%s:%s", drive->label, path);
	return 0;
}

int config_drive_fetch(const struct provider_context *context, const char *const *labels,
		       const char *path, struct provider_config *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, labels, context->wait_ms, &drive, err);

	return r < 0 ? r : config_drive_get_config(&drive, path, ret, err);
}

static int read_file(const struct config_drive *drive, const struct drive_file *file, char **ret,
		     size_t *ret_length, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = config_drive_read(drive, file->path, ret, ret_length, &problem);

	if (r == 0 || (r == -ENOENT && file->is_optional))
		return 0;
	return error_set(err, problem.kind, -r, "%s", problem.text);
}

int config_drive_parse(const struct config_drive *drive, const struct drive_set *set,
		       struct metadata *ret, struct error *err)
{
	char *texts[DRIVE_FILES_MAX] = { NULL };
	struct slice documents[DRIVE_FILES_MAX] = { { NULL, 0 } };
	size_t count = 0;
	int r = 0;

	for (; count < DRIVE_FILES_MAX && set->files[count].path && r == 0; count++) {
		r = read_file(drive, &set->files[count], &texts[count], &documents[count].length,
			      err);
		documents[count].data = texts[count];
	}
	if (r == 0)
		r = metadata_parse(set->parser, documents, count, ret, err);
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	return r;
}
