/* xfs, by the ioctls of a mounted one. */
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "disk/filesystem_grower.h"

/* xfs: superblock and calls (kernel documentation, xfs-self-describing-metadata; xfs_fs.h). */
#define XFS_SUPER_BYTES	 512
#define XFS_MAGIC	 "XFSB"
#define XFS_BLOCK_BYTES	 4
#define XFS_DATA_BLOCKS	 8
#define XFS_GROUP_BLOCKS 84
#define XFS_IN_PROGRESS	 126
#define XFS_GROUP_MIN	 64		     /* a smaller last group is left away */
#define XFS_BLOCKS_MAX	 ((uint64_t)1 << 54) /* of 512 bytes, all that 63 bits count */
#define XFS_GEOMETRY_PAD 24

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

static int read_geometry(const struct filesystem_place *place, struct xfs_geometry *ret,
			 struct error *err)
{
	uint8_t super[XFS_SUPER_BYTES];

	if (place->mount_fd >= 0) {
		if (ioctl(place->mount_fd, XFS_IOC_FSGEOMETRY, ret) < 0)
			return error_errno(err, errno, "ask for the size of the xfs on %s",
					   place->node);
		return 0;
	}

	int r = grower_read(place, 0, super, sizeof(super), err);

	if (r < 0)
		return r;
	if (memcmp(super, XFS_MAGIC, strlen(XFS_MAGIC)) != 0)
		return grower_refuse(place, err);
	*ret = (struct xfs_geometry){
		.block_bytes = be32toh(htole32(grower_u32(super + XFS_BLOCK_BYTES))),
		.data_blocks = be64toh(htole64(grower_u64(super + XFS_DATA_BLOCKS))),
		.group_blocks = be32toh(htole32(grower_u32(super + XFS_GROUP_BLOCKS))),
	};
	return 0;
}

/*
 * Whether growing was cut short when the filesystem had its new size, and before the copies of the
 * superblock had: the kernel writes them in order, that of the last group last.
 */
static bool is_unfinished(const struct filesystem_place *place, const struct xfs_geometry *geometry)
{
	uint8_t copy[XFS_SUPER_BYTES];
	const uint64_t last = (geometry->data_blocks - 1) / geometry->group_blocks;
	const uint64_t at = last * geometry->group_blocks * geometry->block_bytes;

	if (last == 0 || grower_read(place, (off_t)at, copy, sizeof(copy), /* err= */ NULL) < 0 ||
	    memcmp(copy, XFS_MAGIC, strlen(XFS_MAGIC)) != 0)
		return false;
	return be64toh(htole64(grower_u64(copy + XFS_DATA_BLOCKS))) != geometry->data_blocks ||
	       copy[XFS_IN_PROGRESS] != 0;
}

static int size(const struct filesystem_place *place, uint64_t device_bytes,
		struct filesystem_size *ret, struct error *err)
{
	struct xfs_geometry geometry = { 0 };
	int r = read_geometry(place, &geometry, err);

	if (r < 0)
		return r;
	if (geometry.block_bytes == 0 || geometry.group_blocks == 0 || geometry.data_blocks == 0 ||
	    geometry.data_blocks > XFS_BLOCKS_MAX)
		return grower_refuse(place, err);

	uint64_t blocks = device_bytes / geometry.block_bytes;

	if (blocks % geometry.group_blocks < XFS_GROUP_MIN)
		blocks -= blocks % geometry.group_blocks;
	if (blocks < geometry.data_blocks)
		blocks = geometry.data_blocks;
	*ret = (struct filesystem_size){
		.bytes = geometry.data_blocks * geometry.block_bytes,
		.limit_bytes = blocks * geometry.block_bytes,
		.block_bytes = geometry.block_bytes,
		.groups = (blocks + geometry.group_blocks - 1) / geometry.group_blocks,
		.is_unfinished = is_unfinished(place, &geometry),
	};
	return 0;
}

static int grow_mounted(const struct filesystem_place *place, const struct filesystem_size *size,
			struct error *err)
{
	struct xfs_geometry geometry = { 0 };
	int r = read_geometry(place, &geometry, err);

	if (r < 0)
		return r;

	struct xfs_growth growth = {
		.blocks = size->limit_bytes / size->block_bytes,
		.inode_percent_max = geometry.inode_percent_max,
	};

	if (ioctl(place->mount_fd, XFS_IOC_FSGROWFSDATA, &growth) == 0)
		return 0;
	return errno == EWOULDBLOCK
		       ? grower_busy(place, err)
		       : error_errno(err, errno, "grow the xfs filesystem on %s", place->node);
}

const struct filesystem_grower filesystem_grower_xfs = {
	.type = "xfs",
	.size = size,
	.grow_mounted = grow_mounted,
};
