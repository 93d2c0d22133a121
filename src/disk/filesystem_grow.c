#include "disk/filesystem_grow.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/alloc.h"
#include "disk/filesystem_grower.h"

static const struct filesystem_grower *const growers[] = {
	&filesystem_grower_ext4,
	&filesystem_grower_xfs,
	&filesystem_grower_btrfs,
};

/* --- what the formats share */

uint16_t grower_u16(const uint8_t *bytes)
{
	uint16_t value = 0;

	memcpy(&value, bytes, sizeof(value));
	return le16toh(value);
}

uint32_t grower_u32(const uint8_t *bytes)
{
	uint32_t value = 0;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

uint64_t grower_u64(const uint8_t *bytes)
{
	uint64_t value = 0;

	memcpy(&value, bytes, sizeof(value));
	return le64toh(value);
}

/* A mounted filesystem may have written past what the kernel keeps of the device itself. */
static void forget_cached(int fd, off_t offset, off_t length)
{
	const off_t page = sysconf(_SC_PAGESIZE);
	const off_t start = offset - offset % page;

	/* It forgets whole pages only. */
	posix_fadvise(fd, start, (offset + length - start + page - 1) / page * page,
		      POSIX_FADV_DONTNEED);
}

int grower_read(const struct filesystem_place *place, off_t offset, void *buffer, size_t length,
		struct error *err)
{
	AUTO_CLOSE int fd = open(place->node, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", place->node);

	forget_cached(fd, offset, (off_t)length);

	ssize_t n = pread(fd, buffer, length, offset);

	if (n < 0)
		return error_errno(err, errno, "read the superblock of %s", place->node);
	return (size_t)n < length ? grower_refuse(place, err) : 0;
}

int grower_refuse(const struct filesystem_place *place, struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL, "%s has no sound superblock of %s", place->node,
			 place->type);
}

int grower_busy(const struct filesystem_place *place, struct error *err)
{
	return error_set(err, ERROR_BUSY, EBUSY,
			 "%s: another program is resizing the filesystem, or moving its data; run "
			 "again when it is done",
			 place->node);
}

/* --- a filesystem that is not mounted */

/* Mount it in no directory.  Return: the mount, which goes with the descriptor; -errno. */
static int mount_detached(const struct filesystem_place *place, struct error *err)
{
	AUTO_CLOSE int context = fsopen(place->type, FSOPEN_CLOEXEC);
	int fd = -1;

	if (context >= 0 && fsconfig(context, FSCONFIG_SET_STRING, "source", place->node, 0) == 0 &&
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		fd = fsmount(context, FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	return fd < 0 ? error_errno(err, errno, "mount %s to grow its %s", place->node, place->type)
		      : fd;
}

int grower_grow_hidden(const struct filesystem_grower *grower, const struct filesystem_place *place,
		       const struct filesystem_size *size, struct error *err)
{
	struct filesystem_place mounted = *place;
	AUTO_CLOSE int mount_fd = mount_detached(place, err);

	if (mount_fd < 0)
		return mount_fd;

	/* The calls want a directory that can be read; the mount's own descriptor is O_PATH. */
	AUTO_CLOSE int root_fd = openat(mount_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0)
		return error_errno(err, errno, "open the %s on %s", place->type, place->node);
	mounted.mount_fd = root_fd;
	return grower->grow_mounted(&mounted, size, err);
}

/* --- by type */

static const struct filesystem_grower *find(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(growers); i++)
		if (strcmp(growers[i]->type, type) == 0)
			return growers[i];
	return NULL;
}

bool filesystem_can_grow(const char *type)
{
	return find(type) != NULL;
}

static int refuse_type(const struct filesystem_place *place, struct error *err)
{
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "%s holds %s, which cannot be grown; ext4, xfs and btrfs can", place->node,
			 place->type);
}

int filesystem_size(const struct filesystem_place *place, uint64_t device_bytes,
		    struct filesystem_size *ret, struct error *err)
{
	const struct filesystem_grower *grower = find(place->type);

	return grower ? grower->size(place, device_bytes, ret, err) : refuse_type(place, err);
}

int filesystem_grow(const struct filesystem_place *place, const struct filesystem_size *size,
		    const struct event_observer *observer, struct error *err)
{
	const struct filesystem_grower *grower = find(place->type);

	if (!grower)
		return refuse_type(place, err);
	if (place->mount_fd >= 0)
		return grower->grow_mounted(place, size, err);
	return grower->grow_unmounted ? grower->grow_unmounted(place, size, observer, err)
				      : grower_grow_hidden(grower, place, size, err);
}
