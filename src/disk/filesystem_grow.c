#include "disk/filesystem_grow.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/command.h"

/* ext4: offsets in the superblock (kernel documentation, filesystems/ext4/super). */
#define EXT4_SUPER_OFFSET     1024
#define EXT4_SUPER_BYTES      1024
#define EXT4_BLOCKS_LOW	      0x04
#define EXT4_FIRST_BLOCK      0x14
#define EXT4_LOG_BLOCK	      0x18
#define EXT4_LOG_CLUSTER      0x1c
#define EXT4_GROUP_BLOCKS     0x20
#define EXT4_GROUP_INODES     0x28
#define EXT4_MAGIC_AT	      0x38
#define EXT4_MAGIC	      0xef53
#define EXT4_STATE	      0x3a
#define EXT4_STATE_ERRORS     0x02
#define EXT4_INODE_BYTES      0x58
#define EXT4_INCOMPATIBLE     0x60
#define EXT4_64BIT	      0x80
#define EXT4_READ_COMPATIBLE  0x64
#define EXT4_SPARSE_SUPER     0x01
#define EXT4_RESERVED_GDT     0xce
#define EXT4_DESCRIPTOR_BYTES 0xfe
#define EXT4_BLOCKS_HIGH      0x150
#define EXT4_DESCRIPTOR_USUAL 32
#define EXT4_LOG_BLOCK_MAX    6
#define EXT4_IOC_RESIZE_FS    _IOW('f', 16, uint64_t)

/* xfs: superblock and calls (kernel documentation, xfs-self-describing-metadata; xfs_fs.h). */
#define XFS_SUPER_BYTES	 512
#define XFS_MAGIC	 "XFSB"
#define XFS_BLOCK_BYTES	 4
#define XFS_DATA_BLOCKS	 8
#define XFS_GROUP_BLOCKS 84
#define XFS_GROUP_MIN	 64 /* a smaller last group is left away */
#define XFS_GEOMETRY_PAD 24

/* btrfs: the first superblock (btrfs documentation, on-disk format). */
#define BTRFS_SUPER_OFFSET   65536
#define BTRFS_SUPER_BYTES    4096
#define BTRFS_MAGIC_AT	     64
#define BTRFS_MAGIC_TEXT     "_BHRfS_M"
#define BTRFS_SECTOR_BYTES   144
#define BTRFS_DEVICE_BYTES   209
#define RESIZE2FS_TIMEOUT_MS ((int64_t)6 * 60 * 60 * 1000)
/* What e2fsck says when it mended something, and when a reboot would be needed besides. */
#define E2FSCK_MENDED 3

struct xfs_geometry {
	uint32_t block_bytes;
	uint32_t realtime_extent;
	uint32_t group_blocks;
	uint32_t group_count;
	uint32_t log_blocks;
	uint32_t sector_bytes;
	uint32_t inode_bytes;
	uint32_t inode_percent_max;
	uint64_t data_blocks;
	uint64_t realtime_blocks;
	uint64_t realtime_extents;
	uint64_t log_start;
	uint8_t uuid[16];
	uint32_t stripe_unit;
	uint32_t stripe_width;
	int32_t version;
	uint32_t flags;
	uint32_t log_sector_bytes;
	uint32_t realtime_sector_bytes;
	uint32_t directory_block_bytes;
	uint32_t log_stripe_unit;
	uint8_t reserved[XFS_GEOMETRY_PAD + 120];
};
_Static_assert(sizeof(struct xfs_geometry) == 256, "as the kernel lays it out");

struct xfs_growth {
	uint64_t blocks;
	uint32_t inode_percent_max;
};

#define XFS_IOC_FSGEOMETRY   _IOR('X', 126, struct xfs_geometry)
#define XFS_IOC_FSGROWFSDATA _IOW('X', 110, struct xfs_growth)

static uint16_t u16_at(const uint8_t *bytes)
{
	uint16_t value = 0;

	memcpy(&value, bytes, sizeof(value));
	return le16toh(value);
}

static uint32_t u32_at(const uint8_t *bytes)
{
	uint32_t value = 0;

	memcpy(&value, bytes, sizeof(value));
	return le32toh(value);
}

static uint64_t u64_at(const uint8_t *bytes)
{
	return u32_at(bytes) | (uint64_t)u32_at(bytes + sizeof(uint32_t)) << 32;
}

/* @length bytes of the superblock at @offset of the device. */
static int read_super(const char *node, off_t offset, void *buffer, size_t length,
		      struct error *err)
{
	AUTO_CLOSE int fd = open(node, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", node);

	ssize_t n = pread(fd, buffer, length, offset);

	if (n < 0)
		return error_errno(err, errno, "read the superblock of %s", node);
	if ((size_t)n < length)
		return error_set(err, ERROR_INPUT, EINVAL, "%s is too small for a filesystem",
				 node);
	return 0;
}

static int refuse_super(const struct filesystem_place *place, struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL, "%s has no sound superblock of %s", place->node,
			 place->type);
}

/* --- ext4 */

/* What matters of the superblock, in blocks. */
struct ext4_super {
	uint64_t blocks;
	uint64_t block_bytes;
	uint64_t first_block;
	uint64_t group_blocks;
	uint64_t table_blocks; /* inode table of one group */
	uint64_t cluster_blocks;
	uint64_t reserved_gdt;
	uint64_t descriptor_bytes;
	bool is_sparse;
	bool has_errors;
};

static bool ext4_parse(const uint8_t *super, struct ext4_super *ret)
{
	const uint32_t log_block = u32_at(super + EXT4_LOG_BLOCK);
	const uint32_t log_cluster = u32_at(super + EXT4_LOG_CLUSTER);
	const bool is_64bit = u32_at(super + EXT4_INCOMPATIBLE) & EXT4_64BIT;
	const uint64_t inodes = u32_at(super + EXT4_GROUP_INODES);

	if (u16_at(super + EXT4_MAGIC_AT) != EXT4_MAGIC || log_block > EXT4_LOG_BLOCK_MAX)
		return false;
	*ret = (struct ext4_super){
		.blocks = u32_at(super + EXT4_BLOCKS_LOW) |
			  (is_64bit ? (uint64_t)u32_at(super + EXT4_BLOCKS_HIGH) << 32 : 0),
		.block_bytes = (uint64_t)1024 << log_block,
		.first_block = u32_at(super + EXT4_FIRST_BLOCK),
		.group_blocks = u32_at(super + EXT4_GROUP_BLOCKS),
		.cluster_blocks = log_cluster > log_block && log_cluster < 32
					  ? (uint64_t)1 << (log_cluster - log_block)
					  : 1,
		.reserved_gdt = u16_at(super + EXT4_RESERVED_GDT),
		.descriptor_bytes =
			is_64bit ? u16_at(super + EXT4_DESCRIPTOR_BYTES) : EXT4_DESCRIPTOR_USUAL,
		.is_sparse = u32_at(super + EXT4_READ_COMPATIBLE) & EXT4_SPARSE_SUPER,
		.has_errors = u16_at(super + EXT4_STATE) & EXT4_STATE_ERRORS,
	};
	ret->table_blocks = (inodes * u16_at(super + EXT4_INODE_BYTES) + ret->block_bytes - 1) /
			    ret->block_bytes;
	return ret->group_blocks != 0 && ret->blocks > ret->first_block;
}

static bool is_power_of(uint64_t number, uint64_t base)
{
	while (number % base == 0)
		number /= base;
	return number == 1;
}

/* Whether @group holds a copy of the superblock. */
static bool has_super_copy(const struct ext4_super *super, uint64_t group)
{
	return group <= 1 || !super->is_sparse || is_power_of(group, 3) || is_power_of(group, 5) ||
	       is_power_of(group, 7);
}

/*
 * The blocks that the kernel makes of @blocks: a last group that could not hold its own metadata is
 * left away.
 */
static uint64_t ext4_limit(const struct ext4_super *super, uint64_t blocks)
{
	if (blocks <= super->first_block + 1)
		return blocks;

	const uint64_t group = (blocks - super->first_block - 1) / super->group_blocks;
	const uint64_t start = super->first_block + group * super->group_blocks;
	const uint64_t descriptors =
		((group + 1) * super->descriptor_bytes + super->block_bytes - 1) /
		super->block_bytes;
	const uint64_t copies =
		has_super_copy(super, group) ? 1 + descriptors + super->reserved_gdt : 0;
	const uint64_t overhead = copies + 2 + super->table_blocks + super->cluster_blocks;

	return group && start + overhead >= blocks ? start : blocks;
}

static int ext4_size(const struct filesystem_place *place, uint64_t device_bytes,
		     struct filesystem_size *ret, struct error *err)
{
	uint8_t bytes[EXT4_SUPER_BYTES];
	struct ext4_super super = { 0 };
	int r = read_super(place->node, EXT4_SUPER_OFFSET, bytes, sizeof(bytes), err);

	if (r < 0)
		return r;
	if (!ext4_parse(bytes, &super))
		return refuse_super(place, err);

	uint64_t limit = ext4_limit(&super, device_bytes / super.block_bytes);

	*ret = (struct filesystem_size){
		.bytes = super.blocks * super.block_bytes,
		.limit_bytes = (limit > super.blocks ? limit : super.blocks) * super.block_bytes,
		.has_errors = super.has_errors,
	};
	return 0;
}

static int ext4_refused(const struct filesystem_place *place, const struct filesystem_size *size,
			int errnum, struct error *err)
{
	if (errnum == EPERM && size->has_errors)
		return error_set(err, ERROR_SYSTEM, errnum,
				 "%s: the ext4 filesystem has recorded errors and is not grown; "
				 "check it with e2fsck while it is not mounted",
				 place->node);
	if (errnum == EPERM)
		return error_set(err, ERROR_SYSTEM, errnum,
				 "%s: growing a mounted ext4 needs CAP_SYS_RESOURCE", place->node);
	if (errnum == EBUSY)
		return error_set(err, ERROR_BUSY, errnum,
				 "%s: another program is resizing the filesystem", place->node);
	if (errnum == EOPNOTSUPP)
		return error_set(
			err, ERROR_UNSUPPORTED, errnum,
			"%s: this ext4 cannot be grown while it is mounted; unmount it and "
			"run again",
			place->node);
	return error_errno(err, errnum, "grow the ext4 filesystem on %s", place->node);
}

/* e2fsck first: resize2fs wants a filesystem that was just checked. */
static int ext4_grow_offline(const struct filesystem_place *place,
			     const struct event_observer *observer, struct error *err)
{
	const char *const check[] = { "e2fsck", "-f", "-p", "--", place->node, NULL };
	const char *const resize[] = { "resize2fs", place->node, NULL };
	struct command command = { .argv = check,
				   .timeout_ms = RESIZE2FS_TIMEOUT_MS,
				   .observer = observer };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int status = 0;
	int r = command_run(&command, /* ret_stdout= */ NULL, &status, &problem);

	if (r < 0 && (r != -ECANCELED || status == 0 || status > E2FSCK_MENDED))
		return error_set(err, problem.kind, -r, "%s", problem.text);
	command.argv = resize;
	return command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

static int ext4_grow(const struct filesystem_place *place, const struct filesystem_size *size,
		     const struct event_observer *observer, struct error *err)
{
	uint8_t bytes[EXT4_SUPER_BYTES];
	struct ext4_super super = { 0 };

	if (place->mount_fd < 0)
		return ext4_grow_offline(place, observer, err);

	int r = read_super(place->node, EXT4_SUPER_OFFSET, bytes, sizeof(bytes), err);

	if (r < 0)
		return r;
	if (!ext4_parse(bytes, &super))
		return refuse_super(place, err);

	uint64_t blocks = size->limit_bytes / super.block_bytes;

	if (ioctl(place->mount_fd, EXT4_IOC_RESIZE_FS, &blocks) < 0)
		return ext4_refused(place, size, errno, err);
	return 0;
}

/* --- xfs */

static int xfs_geometry(const struct filesystem_place *place, struct xfs_geometry *ret,
			struct error *err)
{
	uint8_t super[XFS_SUPER_BYTES];

	if (place->mount_fd >= 0) {
		if (ioctl(place->mount_fd, XFS_IOC_FSGEOMETRY, ret) < 0)
			return error_errno(err, errno, "ask for the size of the xfs on %s",
					   place->node);
		return 0;
	}

	int r = read_super(place->node, 0, super, sizeof(super), err);

	if (r < 0)
		return r;
	*ret = (struct xfs_geometry){
		.block_bytes = be32toh(htole32(u32_at(super + XFS_BLOCK_BYTES))),
		.data_blocks = be64toh(htole64(u64_at(super + XFS_DATA_BLOCKS))),
		.group_blocks = be32toh(htole32(u32_at(super + XFS_GROUP_BLOCKS))),
	};
	if (memcmp(super, XFS_MAGIC, strlen(XFS_MAGIC)) != 0)
		return refuse_super(place, err);
	return 0;
}

static int xfs_size(const struct filesystem_place *place, uint64_t device_bytes,
		    struct filesystem_size *ret, struct error *err)
{
	struct xfs_geometry geometry = { 0 };
	int r = xfs_geometry(place, &geometry, err);

	if (r < 0)
		return r;
	if (geometry.block_bytes == 0 || geometry.group_blocks == 0)
		return refuse_super(place, err);

	uint64_t blocks = device_bytes / geometry.block_bytes;

	if (blocks % geometry.group_blocks < XFS_GROUP_MIN)
		blocks -= blocks % geometry.group_blocks;
	if (blocks < geometry.data_blocks)
		blocks = geometry.data_blocks;
	*ret = (struct filesystem_size){
		.bytes = geometry.data_blocks * geometry.block_bytes,
		.limit_bytes = blocks * geometry.block_bytes,
		.groups = (blocks + geometry.group_blocks - 1) / geometry.group_blocks,
	};
	return 0;
}

static int xfs_grow_mounted(const struct filesystem_place *place,
			    const struct filesystem_size *size, struct error *err)
{
	struct xfs_geometry geometry = { 0 };
	int r = xfs_geometry(place, &geometry, err);

	if (r < 0)
		return r;

	struct xfs_growth growth = {
		.blocks = size->limit_bytes / geometry.block_bytes,
		.inode_percent_max = geometry.inode_percent_max,
	};

	if (ioctl(place->mount_fd, XFS_IOC_FSGROWFSDATA, &growth) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s: another program is resizing the filesystem", place->node);
	return error_errno(err, errno, "grow the xfs filesystem on %s", place->node);
}

/* --- btrfs */

static int btrfs_size_unmounted(const struct filesystem_place *place, uint64_t *ret_bytes,
				uint64_t *ret_sector, struct error *err)
{
	uint8_t super[BTRFS_SUPER_BYTES];
	int r = read_super(place->node, BTRFS_SUPER_OFFSET, super, sizeof(super), err);

	if (r < 0)
		return r;
	if (memcmp(super + BTRFS_MAGIC_AT, BTRFS_MAGIC_TEXT, strlen(BTRFS_MAGIC_TEXT)) != 0)
		return refuse_super(place, err);
	*ret_bytes = u64_at(super + BTRFS_DEVICE_BYTES);
	*ret_sector = u32_at(super + BTRFS_SECTOR_BYTES);
	return 0;
}

static int btrfs_size_mounted(const struct filesystem_place *place, uint64_t *ret_bytes,
			      uint64_t *ret_sector, struct error *err)
{
	struct btrfs_ioctl_fs_info_args info = { 0 };
	struct btrfs_ioctl_dev_info_args device = { .devid = place->devid };

	if (ioctl(place->mount_fd, BTRFS_IOC_FS_INFO, &info) < 0)
		return error_errno(err, errno, "ask for the btrfs on %s", place->node);
	if (!device.devid)
		device.devid = info.max_id;
	if (ioctl(place->mount_fd, BTRFS_IOC_DEV_INFO, &device) < 0)
		return error_errno(err, errno, "ask for device %" PRIu64 " of the btrfs on %s",
				   (uint64_t)device.devid, place->node);
	*ret_bytes = device.total_bytes;
	*ret_sector = info.sectorsize;
	return 0;
}

static int btrfs_size(const struct filesystem_place *place, uint64_t device_bytes,
		      struct filesystem_size *ret, struct error *err)
{
	uint64_t bytes = 0;
	uint64_t sector = 0;
	int r = place->mount_fd >= 0 ? btrfs_size_mounted(place, &bytes, &sector, err)
				     : btrfs_size_unmounted(place, &bytes, &sector, err);

	if (r < 0)
		return r;
	if (sector == 0)
		return refuse_super(place, err);

	uint64_t limit = device_bytes - device_bytes % sector;

	*ret = (struct filesystem_size){ .bytes = bytes,
					 .limit_bytes = limit > bytes ? limit : bytes };
	return 0;
}

static int btrfs_grow_mounted(const struct filesystem_place *place,
			      const struct filesystem_size *size, struct error *err)
{
	struct btrfs_ioctl_vol_args args = { .fd = 0 };

	if (place->devid)
		snprintf(args.name, sizeof(args.name), "%" PRIu64 ":%" PRIu64, place->devid,
			 size->limit_bytes);
	else
		snprintf(args.name, sizeof(args.name), "%" PRIu64, size->limit_bytes);

	int r = ioctl(place->mount_fd, BTRFS_IOC_RESIZE, &args);

	if (r < 0)
		return error_errno(err, errno, "grow the btrfs filesystem on %s", place->node);
	/* A positive value says which other operation excludes this one. */
	if (r > 0)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s: a balance, or another operation of btrfs, is running; run "
				 "again when it is over",
				 place->node);
	return 0;
}

/* --- a filesystem that is not mounted */

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

typedef int grow_mounted(const struct filesystem_place *place, const struct filesystem_size *size,
			 struct error *err);

/* The calls want a directory that can be read, which a detached mount's own descriptor is not. */
static int grow_through_mount(const struct filesystem_place *place,
			      const struct filesystem_size *size, grow_mounted *grow,
			      struct error *err)
{
	struct filesystem_place mounted = *place;

	if (place->mount_fd >= 0)
		return grow(place, size, err);

	AUTO_CLOSE int mount_fd = mount_detached(place, err);

	if (mount_fd < 0)
		return mount_fd;

	AUTO_CLOSE int root_fd = openat(mount_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0)
		return error_errno(err, errno, "open the %s on %s", place->type, place->node);
	mounted.mount_fd = root_fd;
	return grow(&mounted, size, err);
}

static int xfs_grow(const struct filesystem_place *place, const struct filesystem_size *size,
		    const struct event_observer *observer, struct error *err)
{
	(void)observer;
	return grow_through_mount(place, size, xfs_grow_mounted, err);
}

static int btrfs_grow(const struct filesystem_place *place, const struct filesystem_size *size,
		      const struct event_observer *observer, struct error *err)
{
	(void)observer;
	return grow_through_mount(place, size, btrfs_grow_mounted, err);
}

/* --- the table */

static const struct {
	const char *type;
	int (*size)(const struct filesystem_place *place, uint64_t device_bytes,
		    struct filesystem_size *ret, struct error *err);
	int (*grow)(const struct filesystem_place *place, const struct filesystem_size *size,
		    const struct event_observer *observer, struct error *err);
} growers[] = {
	{ "ext4", ext4_size, ext4_grow },
	{ "xfs", xfs_size, xfs_grow },
	{ "btrfs", btrfs_size, btrfs_grow },
};

static size_t find_grower(const char *type)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(growers) && strcmp(growers[i].type, type) != 0)
		i++;
	return i;
}

bool filesystem_can_grow(const char *type)
{
	return find_grower(type) < ARRAY_SIZE(growers);
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
	size_t i = find_grower(place->type);

	return i < ARRAY_SIZE(growers) ? growers[i].size(place, device_bytes, ret, err)
				       : refuse_type(place, err);
}

int filesystem_grow(const struct filesystem_place *place, const struct filesystem_size *size,
		    const struct event_observer *observer, struct error *err)
{
	size_t i = find_grower(place->type);

	return i < ARRAY_SIZE(growers) ? growers[i].grow(place, size, observer, err)
				       : refuse_type(place, err);
}
