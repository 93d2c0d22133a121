#include "installer/target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/text.h"
#include "disk/device_use.h"
#include "disk/directory.h"
#include "disk/kernel.h"

#define SYSFS_BLOCK   "sys/class/block"
#define ATTRIBUTE_MAX 4096
#define LOCKS_MAX     ((size_t)4 << 20)
/* As deep as devices stand on each other anywhere. */
#define DEPTH_MAX 8

void target_done(struct target *target)
{
	scope_close(&target->fd);
	scope_close(&target->direct_fd);
	device_done(&target->device);
	free(target->given);
	*target = TARGET_INIT;
}

char *target_text(const struct target *target)
{
	if (strcmp(target->given, target->device.node) == 0)
		return xstrdup(target->given);
	return xasprintf("%s (%s)", target->given, target->device.node);
}

/* --- who uses it */

struct survey {
	const struct machine *machine;
	struct text users; /* "; " between them */
};

/* "vg--x-root" of LVM is volume root of group vg-x: a blank word when it is none. */
static char *volume_group(const char *dm_name)
{
	char *group = xstrdup(dm_name);
	size_t to = 0;

	for (size_t from = 0; dm_name[from]; from++) {
		if (dm_name[from] == '-' && dm_name[from + 1] != '-')
			break;
		from += dm_name[from] == '-';
		group[to++] = dm_name[from];
	}
	group[to] = '\0';
	return group;
}

static void add_user(struct survey *survey, const struct device *device,
		     const struct device_use *use)
{
	AUTO_FREE char *how = device_use_text(use);

	text_printf(&survey->users, "%s%s is %s", survey->users.length ? "; " : "", device->node,
		    how);
}

/* What can be done about a device that is made of the disk. */
static void add_remedy(struct survey *survey, const struct layer *layer)
{
	AUTO_FREE char *group = layer->device.dm_name ? volume_group(layer->device.dm_name) : NULL;

	if (layer->kind == LAYER_LVM)
		text_printf(&survey->users, " (volume group %s: vgchange -an %s)", group, group);
	else if (layer->kind == LAYER_ARRAY)
		text_printf(&survey->users, " (RAID array: mdadm --stop %s)", layer->device.node);
	else if (layer->kind == LAYER_CRYPT)
		text_printf(&survey->users, " (encrypted: cryptsetup close %s)",
			    layer->device.dm_name);
	else if (layer->kind == LAYER_MULTIPATH)
		text_printf(&survey->users,
			    " (it is a path of a multipath device: install to /dev/mapper/%s)",
			    layer->device.dm_name);
}

static int survey_device(struct survey *survey, const char *name, unsigned depth,
			 struct error *err);

/* @use is by "dm-0 (vg-root)" or "md127": say what that is, and who uses it in turn. */
static int survey_holder(struct survey *survey, const struct device_use *use, unsigned depth,
			 struct error *err)
{
	AUTO(layer_done) struct layer layer = { .below_count = 0 };
	AUTO_FREE char *name = xstrndup(use->who, strcspn(use->who, " "));

	/* It may be gone again, or be none of a device. */
	if (layer_read(survey->machine, name, &layer, /* err= */ NULL) < 0)
		return 0;
	add_remedy(survey, &layer);
	return survey_device(survey, name, depth + 1, err);
}

static int survey_device(struct survey *survey, const char *name, unsigned depth, struct error *err)
{
	AUTO(device_done) struct device device = { .node = NULL };
	AUTO(device_uses_done) struct device_uses uses = { .count = 0 };
	int r = depth > DEPTH_MAX ? 0 : device_read(survey->machine, name, &device, err);

	if (r < 0 || depth > DEPTH_MAX)
		return r;
	r = device_uses_find(survey->machine, &device, &uses, err);
	for (size_t i = 0; i < uses.count && r == 0; i++) {
		add_user(survey, &device, &uses.uses[i]);
		if (uses.uses[i].kind == DEVICE_USE_HOLDER)
			r = survey_holder(survey, &uses.uses[i], depth, err);
	}
	return r;
}

static int survey_partitions(struct survey *survey, const char *disk, struct error *err)
{
	AUTO(kernel_partitions_done) struct kernel_partitions known = { .count = 0 };
	int r = kernel_partitions_read(survey->machine, disk, &known, err);

	for (size_t i = 0; i < known.count && r == 0; i++)
		r = survey_device(survey, known.partitions[i].name, /* depth= */ 0, err);
	return r;
}

static int refuse_users(const struct machine *machine, const struct target *target,
			struct error *err)
{
	AUTO(text_done) struct text users = TEXT_INIT(TEXT_MESSAGE_MAX);
	struct survey survey = { .machine = machine, .users = users };
	AUTO_FREE char *text = target_text(target);
	int r = survey_device(&survey, target->device.name, /* depth= */ 0, err);

	if (r == 0)
		r = survey_partitions(&survey, target->device.name, err);
	users = survey.users;
	if (r < 0 || users.length == 0)
		return r;
	return error_set(err, ERROR_BUSY, EBUSY, "%s is in use: %s", text, text_str(&users));
}

/* --- what it is */

/* The hardware partitions of an eMMC look like disks: mmcblk0boot0, mmcblk0rpmb, mmcblk0gp1. */
static bool is_emmc_area(const char *name)
{
	static const char prefix[] = "mmcblk";
	const char *rest = name + strlen(prefix);

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return false;
	rest += strspn(rest, "0123456789");
	return slice_starts(slice_of(rest), "boot") || slice_starts(slice_of(rest), "rpmb") ||
	       slice_starts(slice_of(rest), "gp");
}

static int check_whole(const struct machine *machine, const struct target *target,
		       struct error *err)
{
	AUTO(device_done) struct device disk = { .node = NULL };
	AUTO_FREE char *text = target_text(target);
	int r = 0;

	if (is_emmc_area(target->device.name))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "%s is a boot area of an eMMC, and no disk to install to", text);
	if (!target->device.parent)
		return 0;
	r = device_disk(machine, &target->device, &disk, err);
	return r < 0 ? r
		     : error_set(err, ERROR_INPUT, EINVAL,
				 "%s is a partition; an image is a whole disk: did you mean %s?",
				 text, disk.node);
}

static int check_medium(const struct target *target, struct error *err)
{
	AUTO_FREE char *text = target_text(target);

	if (target->device.size_bytes == 0)
		return error_set(err, ERROR_INPUT, ENOMEDIUM,
				 "%s has no medium: its size is 0; insert one", text);
	if (target->device.is_read_only)
		return error_set(err, ERROR_INPUT, EROFS,
				 "%s is read-only; look for a write-protect switch, or blockdev "
				 "--setrw",
				 text);
	return 0;
}

static int find(const struct machine *machine, const char *path, struct target *target,
		struct error *err)
{
	AUTO(layer_done) struct layer layer = { .below_count = 0 };
	int r = device_find(machine, path, &target->device, err);

	if (r == 0)
		r = layer_read(machine, target->device.name, &layer, err);
	target->kind = layer.kind;
	return r;
}

int target_examine(const struct machine *machine, const char *path, struct target *ret,
		   struct error *err)
{
	AUTO(target_done) struct target target = TARGET_INIT;

	target.given = xstrdup(path);

	int r = find(machine, path, &target, err);

	if (r == 0)
		r = check_whole(machine, &target, err);
	if (r == 0)
		r = check_medium(&target, err);
	if (r == 0)
		r = refuse_users(machine, &target, err);
	if (r < 0)
		return r;
	*ret = target;
	target = TARGET_INIT;
	return 0;
}

/* --- opening it */

/* Process that has a lock on the inode @st, as /proc/locks tells (proc(5)); 0: it is not told. */
static uint64_t lock_holder(const struct machine *machine, const struct stat *st)
{
	AUTO_FREE char *inode = xasprintf(" %02x:%02x:%ju ", major(st->st_dev), minor(st->st_dev),
					  (uintmax_t)st->st_ino);
	AUTO_FREE char *text = NULL;
	uint64_t pid = 0;

	if (machine_read(machine, "proc/locks", LOCKS_MAX, &text, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return 0;

	const char *at = strstr(text, inode);
	const char *begin = at;

	while (begin && begin > text && begin[-1] != ' ')
		begin--;
	if (!at ||
	    number_parse_u64((struct slice){ begin, (size_t)(at - begin) }, 1, INT32_MAX, &pid) < 0)
		return 0;
	return pid;
}

static int lock(const struct machine *machine, const struct target *target, struct error *err)
{
	AUTO_FREE char *text = target_text(target);
	struct stat st;

	if (flock(target->fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK || fstat(target->fd, &st) < 0)
		return error_errno(err, errno, "lock %s", text);

	const uint64_t pid = lock_holder(machine, &st);

	if (pid)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s is locked by process %" PRIu64
				 ": another installation may be running",
				 text, pid);
	return error_set(err, ERROR_BUSY, EBUSY,
			 "%s is locked: another installation may be running", text);
}

static int open_exclusively(const struct target *target, int *ret, struct error *err)
{
	AUTO_FREE char *text = target_text(target);
	int fd = open(target->device.node, O_RDWR | O_EXCL | O_CLOEXEC);

	if (fd >= 0) {
		*ret = fd;
		return 0;
	}
	switch (errno) {
	case EBUSY:
		return error_set(
			err, ERROR_BUSY, EBUSY,
			"%s is in use by somebody who is not to be seen from here: a mount "
			"in another namespace, or a program that has it opened for itself",
			text);
	case ENOMEDIUM:
		return error_set(err, ERROR_INPUT, ENOMEDIUM, "%s has no medium; insert one", text);
	case EROFS:
		return error_set(err, ERROR_INPUT, EROFS, "%s is read-only", text);
	default:
		return error_errno(err, errno, "open %s for writing", text);
	}
}

/* The name may have come to mean another disk since it was looked up. */
static int check_same(const struct target *target, struct error *err)
{
	struct stat st;

	if (fstat(target->fd, &st) < 0)
		return error_errno(err, errno, "look at %s", target->device.node);
	if (S_ISBLK(st.st_mode) && st.st_rdev == target->device.number)
		return 0;
	return error_set(err, ERROR_BUSY, EBUSY,
			 "%s means another disk than it did a moment ago; run again",
			 target->device.node);
}

int target_open(const struct machine *machine, struct target *target, struct error *err)
{
	int r = open_exclusively(target, &target->fd, err);

	if (r == 0)
		r = check_same(target, err);
	if (r == 0)
		r = lock(machine, target, err);
	if (r < 0)
		return r;

	AUTO_FREE char *again = xasprintf("/proc/self/fd/%d", target->fd);

	target->direct_fd = open(again, O_RDWR | O_DIRECT | O_CLOEXEC);
	return target->direct_fd < 0
		       ? error_errno(err, errno, "open %s for direct writes", target->device.node)
		       : 0;
}

/* --- the source */

/* Kernel name of the disk that the filesystem or device of @st is on; NULL: none that is known. */
static char *disk_of(const struct machine *machine, const struct stat *st)
{
	AUTO(device_done) struct device device = { .node = NULL };
	const dev_t number = S_ISBLK(st->st_mode) ? st->st_rdev : st->st_dev;

	if (device_read_number(machine, number, &device, /* err= */ NULL) < 0)
		return NULL;
	return xstrdup(device.parent ?: device.name);
}

/* Whether the target is a loop device of the file @st itself. */
static bool is_backing(const struct machine *machine, const struct target *target,
		       const struct stat *st)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/loop/backing_file", target->device.name);
	AUTO_FREE char *file = NULL;
	struct stat backing;

	if (machine_read(machine, path, ATTRIBUTE_MAX, &file, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0)
		return false;
	file[strcspn(file, "\n")] = '\0';
	return fstatat(machine->host_fd, file + strspn(file, "/"), &backing, 0) == 0 &&
	       backing.st_dev == st->st_dev && backing.st_ino == st->st_ino;
}

int target_refuse_source(const struct machine *machine, const struct target *target, int fd,
			 const char *path, struct error *err)
{
	AUTO_FREE char *text = target_text(target);
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "look at image %s", path);

	AUTO_FREE char *disk = disk_of(machine, &st);

	if (is_backing(machine, target, &st))
		return error_set(
			err, ERROR_INPUT, EBUSY,
			"the image %s is what %s is made of: it would be written over itself", path,
			text);
	if (disk && strcmp(disk, target->device.name) == 0)
		return error_set(err, ERROR_INPUT, EBUSY,
				 "the image %s is on %s, which it would be written to", path, text);
	return 0;
}
