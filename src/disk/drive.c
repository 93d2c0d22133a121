#include "disk/drive.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "base/root.h"
#include "base/text.h"

/* How often a link is looked for: udev makes it, and not on a descriptor that could be polled. */
#define POLL_MS 100
/* A wait says again what it waits for. */
#define SAY_AGAIN_MS 5000

/* What config drives are made with; each is asked to take the device. */
static const char *const filesystem_types[] = { "iso9660", "vfat", "ext4", "xfs", "btrfs", "udf" };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int drive_wait(const struct machine *machine, const char *label, int64_t timeout_ms,
	       const struct event_observer *observer, char **ret, struct error *err)
{
	if (label[0] == '\0' || strchr(label, '/') || strcmp(label, ".") == 0 ||
	    strcmp(label, "..") == 0)
		return error_set(err, ERROR_INPUT, EINVAL, "invalid device label \"%s\"", label);

	AUTO_FREE char *link = xasprintf("dev/disk/by-label/%s", label);
	AUTO_FREE char *what = xasprintf("device labelled \"%s\"", label);
	const int64_t start = now_ms();
	int64_t said = 0;

	for (;;) {
		struct stat st;
		int64_t elapsed = now_ms() - start;

		if (fstatat(machine->host_fd, link, &st, 0) == 0)
			break;
		if (elapsed >= timeout_ms)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "device \"%s\" did not appear within timeout", label);
		if (elapsed >= said) {
			event_notify(observer,
				     &(struct event){ .kind = EVENT_WAIT,
						      .text = what,
						      .remaining_ms = timeout_ms - elapsed });
			said = elapsed + SAY_AGAIN_MS;
		}
		poll(NULL, 0, POLL_MS);
	}
	*ret = xasprintf("/%s", link);
	return 0;
}

/* A detached mount of @device as @type; a descriptor, or -errno without a message. */
static int mount_detached(const char *device, const char *type)
{
	AUTO_CLOSE int context = fsopen(type, FSOPEN_CLOEXEC);

	if (context < 0)
		return -errno;
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", device, 0) < 0 ||
	    fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0) < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;

	int fd = fsmount(context, FSMOUNT_CLOEXEC,
			 MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				 MOUNT_ATTR_NOEXEC);

	return fd < 0 ? -errno : fd;
}

int drive_read(const char *device, const char *path, size_t max_bytes, char **ret,
	       size_t *ret_length, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(filesystem_types); i++) {
		AUTO_CLOSE int mount_fd = mount_detached(device, filesystem_types[i]);

		if (mount_fd >= 0)
			return root_read(mount_fd, path, max_bytes, ret, ret_length, err);
	}
	return error_set(err, ERROR_INPUT, EINVAL,
			 "%s holds no filesystem that a config is read from (iso9660, vfat, ext4, "
			 "xfs, btrfs, udf)",
			 device);
}
