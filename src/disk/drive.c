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
#include "disk/probe.h"

/* How often a link is looked for: udev makes it, and not on a descriptor that could be polled. */
#define POLL_MS 100
/* A wait says again what it waits for. */
#define SAY_AGAIN_MS 5000

/* What config drives are made with, as libblkid and the kernel call it. */
static const struct drive_type {
	const char *probed;
	const char *mounted;
	/* A read-only mount would replay the journal, which writes to the drive. */
	const char *no_replay;	     /* option; NULL: none is needed */
	const char *no_replay_value; /* NULL: it has none */
} types[] = {
	{ "iso9660", "iso9660", NULL, NULL }, { "udf", "udf", NULL, NULL },
	{ "vfat", "vfat", NULL, NULL },	      { "ext2", "ext4", NULL, NULL },
	{ "ext3", "ext4", "noload", NULL },   { "ext4", "ext4", "noload", NULL },
	{ "xfs", "xfs", "norecovery", NULL }, { "btrfs", "btrfs", "rescue", "nologreplay" },
};

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

static int configure(int context, const char *device, const struct drive_type *type)
{
	int r = fsconfig(context, FSCONFIG_SET_STRING, "source", device, 0);

	if (r == 0)
		r = fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0);
	if (r == 0 && type->no_replay)
		r = fsconfig(context,
			     type->no_replay_value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
			     type->no_replay, type->no_replay_value, 0);
	return r < 0 ? r : fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

/* A detached mount: a descriptor, or -errno. */
static int mount_detached(const char *device, const struct drive_type *type, struct error *err)
{
	AUTO_CLOSE int context = fsopen(type->mounted, FSOPEN_CLOEXEC);

	if (context < 0 || configure(context, device, type) < 0)
		return error_errno(err, errno, "mount %s (%s)", device, type->probed);

	int fd = fsmount(context, FSMOUNT_CLOEXEC,
			 MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				 MOUNT_ATTR_NOEXEC);

	return fd < 0 ? error_errno(err, errno, "mount %s (%s)", device, type->probed) : fd;
}

/* The one type that it is: the others' drivers never see what somebody wrote on it. */
static int find_type(const char *device, size_t *ret, struct error *err)
{
	AUTO(probe_result_done) struct probe_result found = { 0 };
	int r = probe_device(device, /* range= */ NULL, &found, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(types) && found.type; i++) {
		if (strcmp(types[i].probed, found.type) != 0)
			continue;
		*ret = i;
		return 0;
	}
	return error_set(err, ERROR_INPUT, EINVAL,
			 "%s holds %s, no filesystem that a config is read from (iso9660, udf, "
			 "vfat, ext2 to 4, xfs, btrfs)",
			 device, found.type ?: "nothing");
}

int drive_read(const char *device, const char *path, size_t max_bytes, char **ret,
	       size_t *ret_length, struct error *err)
{
	size_t type = 0;
	int r = find_type(device, &type, err);

	if (r < 0)
		return r;

	AUTO_CLOSE int mount_fd = mount_detached(device, &types[type], err);

	return mount_fd < 0 ? mount_fd : root_read(mount_fd, path, max_bytes, ret, ret_length, err);
}
