#include "disk/device.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"
#include "disk/device_name.h"
#include "disk/stand_in.h"

#define SYSFS_BLOCK    "sys/class/block"
#define SECTOR_BYTES   512
#define ATTRIBUTE_MAX  4096
#define LINK_MAX       4096
#define NUMBER_MAX     65535
#define UEVENT_GROUP   1 /* of the kernel; udev repeats them in group 2 */
#define UEVENT_MAX     4096
#define POLL_NODE_MS   100
#define POLL_SEARCH_MS 1000
#define SAY_AGAIN_MS   5000

void device_done(struct device *device)
{
	free(device->node);
	free(device->name);
	free(device->dm_name);
	free(device->parent);
	*device = (struct device){ 0 };
}

/* An attribute without its newline; NULL when there is none. */
static char *attribute(const struct machine *machine, const char *name, const char *what)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/%s", name, what);
	AUTO_FREE char *text = NULL;

	if (machine_read(machine, path, ATTRIBUTE_MAX, &text, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return NULL;
	return slice_dup(slice_trim(slice_of(text)));
}

static uint64_t number(const struct machine *machine, const char *name, const char *what,
		       uint64_t otherwise)
{
	AUTO_FREE char *text = attribute(machine, name, what);
	uint64_t value = 0;

	return text && number_parse_u64(slice_of(text), 0, UINT64_MAX, &value) == 0 ? value
										    : otherwise;
}

/* Where /sys/class/block/<name> leads, as "../../devices/…/block/sda/sda1"; NULL: nowhere. */
static char *sysfs_link(const struct machine *machine, const char *path)
{
	char target[LINK_MAX];
	ssize_t length = readlinkat(machine->host_fd, path, target, sizeof(target));

	return length > 0 && (size_t)length < sizeof(target) ? xstrndup(target, (size_t)length)
							     : NULL;
}

static char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xstrdup(slash ? slash + 1 : path);
}

/* The kernel name of the disk that the partition @name is on. */
static char *parent_of(const struct machine *machine, const char *name)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s", name);
	AUTO_FREE char *link = sysfs_link(machine, path);
	char *slash = link ? strrchr(link, '/') : NULL;

	if (!slash)
		return NULL;
	*slash = '\0';
	return last_component(link);
}

/* DEVNAME of the uevent differs from the kernel name where that has a slash. */
static char *node_of(const struct machine *machine, const char *name)
{
	static const char key[] = "DEVNAME=";
	AUTO_FREE char *uevent = attribute(machine, name, "uevent");
	const char *at = uevent ? strstr(uevent, key) : NULL;

	if (!at)
		return xasprintf("/dev/%s", name);
	at += strlen(key);
	return xasprintf("/dev/%.*s", (int)strcspn(at, "\n"), at);
}

static int read_number(const struct machine *machine, const char *name, dev_t *ret,
		       struct error *err)
{
	AUTO_FREE char *text = attribute(machine, name, "dev");
	const char *colon = text ? strchr(text, ':') : NULL;
	uint64_t parts[2] = { 0 };

	if (!text)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "there is no block device %s", name);
	if (!colon ||
	    number_parse_u64((struct slice){ text, (size_t)(colon - text) }, 0, UINT32_MAX,
			     &parts[0]) < 0 ||
	    number_parse_u64(slice_of(colon + 1), 0, UINT32_MAX, &parts[1]) < 0)
		return error_set(err, ERROR_SYSTEM, EINVAL, "device number of %s is \"%s\"", name,
				 text);
	*ret = makedev((unsigned)parts[0], (unsigned)parts[1]);
	return 0;
}

int device_read(const struct machine *machine, const char *name, struct device *ret,
		struct error *err)
{
	struct device device = { 0 };
	int r = read_number(machine, name, &device.number, err);

	if (r < 0)
		return r;
	device.name = xstrdup(name);
	device.node = node_of(machine, name);
	device.partition_number = (unsigned)number(machine, name, "partition", 0);
	if (device.partition_number)
		device.parent = parent_of(machine, name);

	/* A partition has no queue of its own. */
	const char *disk = device.parent ?: name;

	device.size_bytes = number(machine, name, "size", 0) * SECTOR_BYTES;
	device.sector_bytes =
		(uint32_t)number(machine, disk, "queue/logical_block_size", SECTOR_BYTES);
	device.physical_bytes =
		(uint32_t)number(machine, disk, "queue/physical_block_size", device.sector_bytes);
	device.is_read_only = number(machine, name, "ro", 0) != 0;
	device.is_removable = number(machine, disk, "removable", 0) != 0;
	device.dm_name = attribute(machine, name, "dm/name");
	*ret = device;
	return 0;
}

int device_read_number(const struct machine *machine, dev_t number, struct device *ret,
		       struct error *err)
{
	AUTO_FREE char *link = xasprintf("sys/dev/block/%u:%u", major(number), minor(number));
	AUTO_FREE char *target = sysfs_link(machine, link);

	if (!target)
		return error_set(err, ERROR_NOT_FOUND, ENOENT,
				 "the kernel has no block device %u:%u", major(number),
				 minor(number));

	AUTO_FREE char *name = last_component(target);

	return device_read(machine, name, ret, err);
}

static int find(const struct machine *machine, const char *path, struct device *ret,
		struct error *err)
{
	struct stat st;
	AUTO_FREE char *name = NULL;
	int r = 0;

	if (path[0] != '/')
		return error_set(err, ERROR_INPUT, EINVAL, "device \"%s\" is no absolute path",
				 path);
	/* A link of udev's may lead to a disk that a rehearsal must leave alone. */
	if (machine->disk_stand_in && device_name_is_known(path)) {
		r = device_name_search(machine, path, &name, err);
		return r < 0 ? r : device_read(machine, name, ret, err);
	}
	if (fstatat(machine->host_fd, path + 1, &st, 0) == 0) {
		if (!S_ISBLK(st.st_mode))
			return error_set(err, ERROR_INPUT, ENOTBLK, "%s is no block device", path);
		r = device_read_number(machine, st.st_rdev, ret, err);
		return r < 0 ? error_wrap(err, r, "%s", path) : 0;
	}
	if (errno != ENOENT && errno != ENOTDIR)
		return error_errno(err, errno, "look for device %s", path);
	if (!device_name_is_known(path))
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "device %s does not exist", path);
	r = device_name_search(machine, path, &name, err);
	return r < 0 ? r : device_read(machine, name, ret, err);
}

int device_find(const struct machine *machine, const char *path, struct device *ret,
		struct error *err)
{
	AUTO_FREE char *meant = stand_in_path(machine, path);
	AUTO(device_done) struct device device = { 0 };
	int r = find(machine, meant, &device, err);

	if (r < 0)
		return r;
	if (stand_in_hides(machine, device.parent ?: device.name))
		return error_set(err, ERROR_INPUT, EPERM,
				 "%s is a device of this machine, and no part of the rehearsal",
				 path);
	*ret = device;
	device = (struct device){ 0 };
	return 0;
}

int device_disk(const struct machine *machine, const struct device *device, struct device *ret,
		struct error *err)
{
	return device_read(machine, device->parent ?: device->name, ret, err);
}

/* Hears of new devices; -1 where that cannot be, and then polling must do. */
static int open_uevents(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = UEVENT_GROUP };
	AUTO_CLOSE int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	return take_fd(&fd);
}

/* What it says does not matter, since sysfs is looked at again. */
static void wait_for_uevent(int fd, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char ignored[UEVENT_MAX];

	if (poll(&poll_fd, 1, timeout_ms) > 0)
		while (recv(fd, ignored, sizeof(ignored), 0) > 0)
			continue;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* An empty error of the caller stays empty until the last attempt. */
static int find_quietly(const struct machine *machine, const char *path, struct device *ret,
			struct error *err)
{
	AUTO(error_done) struct error failure = ERROR_INIT;
	int r = device_find(machine, path, ret, &failure);

	if (r < 0 && r != -ENOENT && err) {
		*err = failure;
		failure = ERROR_INIT;
	}
	return r;
}

int device_wait(const struct machine *machine, const char *path, int64_t timeout_ms,
		const struct event_observer *observer, struct device *ret, struct error *err)
{
	AUTO_CLOSE int uevents = open_uevents();
	AUTO_FREE char *what = xasprintf("device %s", path);
	const int64_t interval_ms = device_name_is_known(path) ? POLL_SEARCH_MS : POLL_NODE_MS;
	const int64_t start = now_ms();
	int64_t said = 0;

	for (;;) {
		int r = find_quietly(machine, path, ret, err);
		int64_t left = timeout_ms - (now_ms() - start);

		if (r != -ENOENT)
			return r;
		if (left <= 0)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "device %s did not appear within %" PRId64
					 " s; check its name, or attach it",
					 path, timeout_ms / 1000);
		if (timeout_ms - left >= said) {
			event_notify(observer, &(struct event){ .kind = EVENT_WAIT,
								.text = what,
								.remaining_ms = left });
			said = timeout_ms - left + SAY_AGAIN_MS;
		}
		wait_for_uevent(uevents, (int)(left < interval_ms ? left : interval_ms));
	}
}
