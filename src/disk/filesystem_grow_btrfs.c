/* btrfs, one of its devices at a time, by the ioctls of a mounted one. */
#include <errno.h>
#include <inttypes.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "disk/filesystem_grower.h"

/* btrfs: the first superblock (btrfs documentation, on-disk format). */
#define BTRFS_SUPER_OFFSET 65536
#define BTRFS_SUPER_BYTES  4096
#define BTRFS_MAGIC_AT	   64
#define BTRFS_MAGIC_TEXT   "_BHRfS_M"
#define BTRFS_SECTOR_BYTES 144
#define BTRFS_DEVICE_ID	   201
#define BTRFS_DEVICE_BYTES 209
/* The kernel gives a device no smaller size than this. */
#define BTRFS_RESIZE_MIN ((uint64_t)256 << 20)

/* What the superblock tells of the device that it is on. */
struct member {
	uint64_t id;
	uint64_t bytes;
	uint32_t sector_bytes;
};

static int read_member(const struct filesystem_place *place, struct member *ret, struct error *err)
{
	uint8_t super[BTRFS_SUPER_BYTES];
	int r = grower_read(place, BTRFS_SUPER_OFFSET, super, sizeof(super), err);

	if (r < 0)
		return r;
	*ret = (struct member){
		.id = grower_u64(super + BTRFS_DEVICE_ID),
		.bytes = grower_u64(super + BTRFS_DEVICE_BYTES),
		.sector_bytes = grower_u32(super + BTRFS_SECTOR_BYTES),
	};
	if (memcmp(super + BTRFS_MAGIC_AT, BTRFS_MAGIC_TEXT, strlen(BTRFS_MAGIC_TEXT)) != 0 ||
	    ret->sector_bytes == 0)
		return grower_refuse(place, err);
	return 0;
}

/* The superblock of a mounted one may be older than what the kernel has. */
static int ask_kernel(const struct filesystem_place *place, struct member *member,
		      struct error *err)
{
	struct btrfs_ioctl_dev_info_args device = { .devid = member->id };

	if (ioctl(place->mount_fd, BTRFS_IOC_DEV_INFO, &device) < 0)
		return error_errno(err, errno, "ask for device %" PRIu64 " of the btrfs on %s",
				   member->id, place->node);
	member->bytes = device.total_bytes;
	return 0;
}

static int size(const struct filesystem_place *place, uint64_t device_bytes,
		struct filesystem_size *ret, struct error *err)
{
	struct member member = { .id = 0 };
	int r = read_member(place, &member, err);

	if (r == 0 && place->mount_fd >= 0)
		r = ask_kernel(place, &member, err);
	if (r < 0)
		return r;

	const uint64_t limit = device_bytes - device_bytes % member.sector_bytes;
	const bool can_grow = limit > member.bytes && limit >= BTRFS_RESIZE_MIN;

	*ret = (struct filesystem_size){ .bytes = member.bytes,
					 .limit_bytes = can_grow ? limit : member.bytes,
					 .block_bytes = member.sector_bytes };
	return 0;
}

static int grow_mounted(const struct filesystem_place *place, const struct filesystem_size *size,
			struct error *err)
{
	struct btrfs_ioctl_vol_args args = { .fd = 0 };
	struct member member = { .id = 0 };
	int r = read_member(place, &member, err);

	if (r < 0)
		return r;
	snprintf(args.name, sizeof(args.name), "%" PRIu64 ":%" PRIu64, member.id,
		 size->limit_bytes);
	r = ioctl(place->mount_fd, BTRFS_IOC_RESIZE, &args);
	if (r < 0)
		return error_errno(err, errno, "grow the btrfs filesystem on %s", place->node);
	/* A positive value says which other operation excludes this one. */
	return r > 0 ? grower_busy(place, err) : 0;
}

const struct filesystem_grower filesystem_grower_btrfs = {
	.type = "btrfs",
	.size = size,
	.grow_mounted = grow_mounted,
};
