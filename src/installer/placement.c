#include "installer/placement.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/loop.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/root.h"
#include "disk/loop.h"
#include "disk/probe.h"

/* A mount that is let go of is gone at once, unless somebody looks at the device just then. */
#define DETACH_TRIES   100
#define DETACH_WAIT_MS 100
#define MODE_BITS      07777

/* --- files */

/* The directory of @path, made with @mode when it is missing; those above it as usual. */
static int make_directory(int root_fd, const char *path, mode_t mode, struct error *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *directory = xstrndup(path, slash ? (size_t)(slash - path) : 0);
	const char *name = NULL;
	struct stat st;

	if (directory[0] == '\0' || root_stat(root_fd, directory, &st, /* err= */ NULL) == 0)
		return 0;

	AUTO_CLOSE int parent = root_open_parent(root_fd, directory, &name, err);

	if (parent < 0)
		return parent;
	return mkdirat(parent, name, mode) < 0 ? error_errno(err, errno, "make %s", directory) : 0;
}

static int place_file(const struct placement *placement, int root_fd, struct error *err)
{
	const struct placement_file_detail *detail = placement->detail;
	struct stat st;
	int r = make_directory(root_fd, detail->path, detail->directory_mode, err);

	if (r < 0)
		return r;

	AUTO_CLOSE int fd =
		root_open(root_fd, detail->path, O_WRONLY | O_CREAT | O_EXCL, detail->mode, err);

	if (fd < 0)
		return fd;
	r = file_write_fd(fd, detail->contents.data, detail->contents.length);
	if (r < 0)
		return error_errno(err, -r, "write %s", detail->path);
	/* Filesystems without modes have one that cannot be changed. */
	if (fstat(fd, &st) < 0 || ((st.st_mode & MODE_BITS) != detail->mode &&
				   fchmod(fd, detail->mode) < 0 && errno != EPERM))
		return error_errno(err, errno, "set the mode of %s", detail->path);
	return fsync(fd) < 0 ? error_errno(err, errno, "flush %s", detail->path) : 0;
}

const struct placement_class placement_file = { .name = "file.place", .apply = place_file };

/* --- which partition */

static struct probe_range range_of(const struct table *image,
				   const struct table_partition *partition)
{
	const uint64_t sector = image->disk.sector_bytes;

	return (struct probe_range){ partition->start * sector, partition->size * sector };
}

static char *own_path(const struct target *target)
{
	return xasprintf("/proc/self/fd/%d", target->fd);
}

static bool has_label(const struct target *target, const struct table *image,
		      const struct table_partition *partition, const char *label)
{
	const struct probe_range range = range_of(image, partition);
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };
	AUTO_FREE char *path = own_path(target);

	return probe_device(path, &range, &found, /* err= */ NULL) == 0 && found.label &&
	       strcmp(found.label, label) == 0;
}

static bool has_name(const struct target *target, const struct table *image,
		     const struct table_partition *partition, const char *label)
{
	(void)target;
	(void)image;
	return strcmp(partition->name, label) == 0;
}

typedef bool is_partition_fn(const struct target *target, const struct table *image,
			     const struct table_partition *partition, const char *label);

/* Return: 0, *ret NULL when there is none; -ENOTUNIQ. */
static int find_one(const struct target *target, const struct table *image, const char *label,
		    is_partition_fn *is_it, const struct table_partition **ret)
{
	const struct table_partition *found = NULL;

	for (size_t i = 0; i < image->count; i++) {
		const struct table_partition *partition = &image->partitions[i];

		if (!is_it(target, image, partition, label))
			continue;
		if (found)
			return -ENOTUNIQ;
		found = partition;
	}
	*ret = found;
	return 0;
}

/* By the label of the filesystem, and else by the name in the table. */
static int find_partition(const struct target *target, const struct table *image,
			  const struct placement *placement, const struct table_partition **ret,
			  struct error *err)
{
	static is_partition_fn *const ways[] = { has_label, has_name };

	*ret = NULL;
	for (size_t i = 0; placement->labels[i] && !*ret; i++) {
		for (size_t way = 0; way < ARRAY_SIZE(ways) && !*ret; way++)
			if (find_one(target, image, placement->labels[i], ways[way], ret) < 0)
				return error_set(err, ERROR_INPUT, ENOTUNIQ,
						 "the image has several partitions labelled \"%s\"",
						 placement->labels[i]);
	}
	if (!*ret)
		return error_set(err, ERROR_INPUT, ENOENT,
				 "the image has no partition labelled \"%s\"",
				 placement->labels[0]);
	return 0;
}

int placement_check(const struct placement *placement, const struct table *image, struct error *err)
{
	const struct table_partition *partition = NULL;

	for (size_t i = 0; placement->labels[i] && !partition; i++)
		find_one(NULL, image, placement->labels[i], has_name, &partition);
	if (!partition || placement->size_bytes <= range_of(image, partition).size_bytes)
		return 0;
	return error_set(err, ERROR_INPUT, ENOSPC,
			 "%s does not fit partition \"%s\" of the image: it has %" PRIu64 " bytes",
			 placement->what, partition->name, placement->size_bytes);
}

/* --- the filesystem */

/* A mount in no namespace; gone with its descriptor. */
static int mount_alone(const char *device, const char *type, struct error *err)
{
	AUTO_CLOSE int context = fsopen(type, FSOPEN_CLOEXEC);

	if (context < 0)
		return error_errno(err, errno, "mount it: %s is no filesystem of this kernel",
				   type);
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", device, 0) < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_errno(err, errno, "mount its %s", type);

	int fd = fsmount(context, FSMOUNT_CLOEXEC,
			 MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);

	return fd < 0 ? error_errno(err, errno, "mount its %s", type) : fd;
}

/* @root_fd is the mount itself, which cannot be flushed; what is opened in it can. */
static int flush(int root_fd, struct error *err)
{
	AUTO_CLOSE int fd = root_open(root_fd, "/", O_RDONLY | O_DIRECTORY, /* mode= */ 0, err);

	if (fd < 0)
		return fd;
	return syncfs(fd) < 0 ? error_errno(err, errno, "flush its filesystem") : 0;
}

static int apply_mounted(const struct placement *placement, const char *device, struct error *err)
{
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };
	int r = probe_device(device, /* range= */ NULL, &found, err);

	if (r < 0)
		return r;
	if (!found.type)
		return error_set(err, ERROR_INPUT, EINVAL, "there is no filesystem on it");

	AUTO_CLOSE int root_fd = mount_alone(device, found.type, err);

	if (root_fd < 0)
		return root_fd;
	r = placement->class->apply(placement, root_fd, err);
	return r < 0 ? r : flush(root_fd, err);
}

/* Whether the loop device @node still shows that part of the disk. */
static bool is_attached(const char *node, const struct target *target, uint64_t offset)
{
	AUTO_CLOSE int fd = open(node, O_RDONLY | O_CLOEXEC);
	struct loop_info64 info = { 0 };

	return fd >= 0 && ioctl(fd, LOOP_GET_STATUS64, &info) == 0 && info.lo_offset == offset &&
	       info.lo_rdevice == target->device.number;
}

static int wait_detached(const char *node, const struct target *target, uint64_t offset,
			 struct error *err)
{
	for (unsigned i = 0; i < DETACH_TRIES; i++) {
		if (!is_attached(node, target, offset))
			return 0;
		poll(NULL, 0, DETACH_WAIT_MS);
	}
	return error_set(err, ERROR_BUSY, EBUSY, "its filesystem is still in use on %s", node);
}

static int apply_one(const struct target *target, const struct table *image,
		     const struct placement *placement, struct error *err)
{
	const struct table_partition *partition = NULL;
	AUTO(loop_done) struct loop loop = LOOP_INIT;
	AUTO_FREE char *path = own_path(target);
	int r = find_partition(target, image, placement, &partition, err);

	if (r < 0)
		return r;
	assert(partition);

	const struct probe_range range = range_of(image, partition);
	const struct loop_params params = { .path = path,
					    .sector_bytes = image->disk.sector_bytes,
					    .flags = LOOP_AUTOCLEAR,
					    .offset_bytes = range.offset_bytes,
					    .size_bytes = range.size_bytes };

	r = loop_attach(&params, &loop, err);
	if (r == 0)
		r = apply_mounted(placement, loop.node, err);
	if (r < 0)
		return error_wrap(err, r, "partition %u \"%s\"", partition->number,
				  partition->name);

	AUTO_FREE char *node = xstrdup(loop.node);

	loop_done(&loop);
	return wait_detached(node, target, range.offset_bytes, err);
}

int placements_apply(const struct target *target, const struct table *image,
		     const struct placement *placements, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		int r = apply_one(target, image, &placements[i], err);

		if (r < 0)
			return error_wrap(err, r, "place %s", placements[i].what);
	}
	if (fsync(target->fd) < 0)
		return error_errno(err, errno, "%s: flush", target->device.node);
	return 0;
}
