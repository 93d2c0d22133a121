/* ext4, by its ioctl; where the kernel does not do that, by resize2fs. */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/command.h"
#include "disk/filesystem_grower.h"

/* ext4: offsets in the superblock (kernel documentation, filesystems/ext4/super). */
#define EXT4_SUPER_OFFSET     1024
#define EXT4_SUPER_BYTES      1024
#define EXT4_BLOCKS_LOW	      0x04
#define EXT4_FIRST_BLOCK      0x14
#define EXT4_LOG_BLOCK	      0x18
#define EXT4_LOG_CLUSTER      0x1c
#define EXT4_GROUP_BLOCKS     0x20
#define EXT4_GROUP_INODES     0x28
#define EXT4_MOUNT_TIME	      0x2c
#define EXT4_MAGIC_AT	      0x38
#define EXT4_MAGIC	      0xef53
#define EXT4_STATE	      0x3a
#define EXT4_STATE_CLEAN      0x01
#define EXT4_STATE_ERRORS     0x02
#define EXT4_CHECK_TIME	      0x40
#define EXT4_INODE_BYTES      0x58
#define EXT4_INCOMPATIBLE     0x60
#define EXT4_RECOVER	      0x04
#define EXT4_64BIT	      0x80
#define EXT4_READ_COMPATIBLE  0x64
#define EXT4_SPARSE_SUPER     0x01
#define EXT4_RESERVED_GDT     0xce
#define EXT4_DESCRIPTOR_BYTES 0xfe
#define EXT4_BLOCKS_HIGH      0x150
#define EXT4_DESCRIPTOR_USUAL 32
#define EXT4_LOG_BLOCK_MAX    6
#define EXT4_IOC_RESIZE_FS    _IOW('f', 16, uint64_t)
/* Block numbers of a filesystem without 64bit. */
#define EXT4_BLOCKS_MAX_32BIT UINT32_MAX
/* And of one with it (48 bits of a block map). */
#define EXT4_BLOCKS_MAX ((uint64_t)1 << 48)
#define EXT4_BLOCK_MIN	1024U

#define RESIZE2FS_TIMEOUT_MS ((int64_t)6 * 60 * 60 * 1000)
/* What e2fsck says when it mended something, and when a reboot would be needed besides. */
#define E2FSCK_MENDED 3

/* What matters of the superblock, in blocks. */
struct super {
	uint64_t blocks;
	uint32_t block_bytes;
	uint64_t first_block;
	uint64_t group_blocks;
	uint64_t table_blocks; /* inode table of one group */
	uint64_t cluster_blocks;
	uint64_t reserved_gdt;
	uint64_t descriptor_bytes;
	bool is_64bit;
	bool is_sparse;
	bool has_errors;
};

static bool parse(const uint8_t *super, struct super *ret)
{
	const uint32_t log_block = grower_u32(super + EXT4_LOG_BLOCK);
	const uint32_t log_cluster = grower_u32(super + EXT4_LOG_CLUSTER);
	const bool is_64bit = grower_u32(super + EXT4_INCOMPATIBLE) & EXT4_64BIT;
	const uint64_t inodes = grower_u32(super + EXT4_GROUP_INODES);

	if (grower_u16(super + EXT4_MAGIC_AT) != EXT4_MAGIC || log_block > EXT4_LOG_BLOCK_MAX)
		return false;
	*ret = (struct super){
		.blocks = grower_u32(super + EXT4_BLOCKS_LOW) |
			  (is_64bit ? (uint64_t)grower_u32(super + EXT4_BLOCKS_HIGH) << 32 : 0),
		.block_bytes = EXT4_BLOCK_MIN << log_block,
		.first_block = grower_u32(super + EXT4_FIRST_BLOCK),
		.group_blocks = grower_u32(super + EXT4_GROUP_BLOCKS),
		.cluster_blocks = log_cluster > log_block && log_cluster < 32
					  ? (uint64_t)1 << (log_cluster - log_block)
					  : 1,
		.reserved_gdt = grower_u16(super + EXT4_RESERVED_GDT),
		.descriptor_bytes = is_64bit ? grower_u16(super + EXT4_DESCRIPTOR_BYTES)
					     : EXT4_DESCRIPTOR_USUAL,
		.is_64bit = is_64bit,
		.is_sparse = grower_u32(super + EXT4_READ_COMPATIBLE) & EXT4_SPARSE_SUPER,
		.has_errors = grower_u16(super + EXT4_STATE) & EXT4_STATE_ERRORS,
	};
	ret->table_blocks = (inodes * grower_u16(super + EXT4_INODE_BYTES) + ret->block_bytes - 1) /
			    ret->block_bytes;
	return ret->group_blocks != 0 && ret->blocks > ret->first_block &&
	       ret->blocks <= EXT4_BLOCKS_MAX;
}

static bool is_power_of(uint64_t number, uint64_t base)
{
	while (number % base == 0)
		number /= base;
	return number == 1;
}

/* Whether @group holds a copy of the superblock. */
static bool has_super_copy(const struct super *super, uint64_t group)
{
	return group <= 1 || !super->is_sparse || is_power_of(group, 3) || is_power_of(group, 5) ||
	       is_power_of(group, 7);
}

/*
 * The blocks that the kernel makes of @blocks: a last group that could not hold its own metadata is
 * left away.
 */
static uint64_t limit_of(const struct super *super, uint64_t blocks)
{
	if (!super->is_64bit && blocks > EXT4_BLOCKS_MAX_32BIT)
		blocks = EXT4_BLOCKS_MAX_32BIT;
	blocks -= blocks % super->cluster_blocks;
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

static int size(const struct filesystem_place *place, uint64_t device_bytes,
		struct filesystem_size *ret, struct error *err)
{
	uint8_t bytes[EXT4_SUPER_BYTES];
	struct super super = { 0 };
	int r = grower_read(place, EXT4_SUPER_OFFSET, bytes, sizeof(bytes), err);

	if (r < 0)
		return r;
	if (!parse(bytes, &super))
		return grower_refuse(place, err);

	uint64_t limit = limit_of(&super, device_bytes / super.block_bytes);

	*ret = (struct filesystem_size){
		.bytes = super.blocks * super.block_bytes,
		.limit_bytes = (limit > super.blocks ? limit : super.blocks) * super.block_bytes,
		.block_bytes = super.block_bytes,
		.has_errors = super.has_errors,
	};
	return 0;
}

static int grow_mounted(const struct filesystem_place *place, const struct filesystem_size *size,
			struct error *err)
{
	uint64_t blocks = size->limit_bytes / size->block_bytes;

	if (ioctl(place->mount_fd, EXT4_IOC_RESIZE_FS, &blocks) == 0)
		return 0;
	switch (errno) {
	case EPERM:
		return error_set(err, ERROR_SYSTEM, EPERM,
				 "%s: the kernel does not let this ext4 grow: it recorded errors "
				 "(then check it with e2fsck while it is not mounted), or "
				 "CAP_SYS_RESOURCE is missing",
				 place->node);
	case EBUSY:
		return grower_busy(place, err);
	case EOPNOTSUPP:
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s: this ext4 cannot be grown while it is mounted; unmount it "
				 "and run again",
				 place->node);
	default:
		return error_errno(err, errno, "grow the ext4 filesystem on %s", place->node);
	}
}

/* resize2fs wants what was checked since it was mounted for the last time. */
static bool is_checked(const struct filesystem_place *place)
{
	uint8_t super[EXT4_SUPER_BYTES];

	return grower_read(place, EXT4_SUPER_OFFSET, super, sizeof(super), /* err= */ NULL) == 0 &&
	       (grower_u16(super + EXT4_STATE) & (EXT4_STATE_CLEAN | EXT4_STATE_ERRORS)) ==
		       EXT4_STATE_CLEAN &&
	       !(grower_u32(super + EXT4_INCOMPATIBLE) & EXT4_RECOVER) &&
	       grower_u32(super + EXT4_CHECK_TIME) >= grower_u32(super + EXT4_MOUNT_TIME);
}

static int run_e2fsck(const struct filesystem_place *place, const struct event_observer *observer,
		      struct error *err)
{
	const char *const argv[] = { "e2fsck", "-f", "-p", "--", place->node, NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = RESIZE2FS_TIMEOUT_MS,
					 .observer = observer };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int status = 0;
	int r = command_run(&command, /* ret_stdout= */ NULL, &status, &problem);

	if (r == -ECANCELED && status > 0 && status <= E2FSCK_MENDED)
		return 0;
	return r < 0 ? error_move(err, &problem, r) : 0;
}

static int grow_by_programs(const struct filesystem_place *place,
			    const struct event_observer *observer, struct error *err)
{
	const char *const argv[] = { "resize2fs", place->node, NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = RESIZE2FS_TIMEOUT_MS,
					 .observer = observer };
	int r = is_checked(place) ? 0 : run_e2fsck(place, observer, err);

	return r < 0 ? r
		     : command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

/* Without it the kernel refuses, and mounting would only leave a filesystem to be checked. */
static bool may_grow_mounted(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capget, &head, data) == 0 &&
	       (data[CAP_TO_INDEX(CAP_SYS_RESOURCE)].effective & CAP_TO_MASK(CAP_SYS_RESOURCE));
}

/* The kernel needs no check before, and is faster; some makes of ext4 it does not grow. */
static int grow_unmounted(const struct filesystem_place *place, const struct filesystem_size *size,
			  const struct event_observer *observer, struct error *err)
{
	if (may_grow_mounted() && grower_grow_hidden(&filesystem_grower_ext4, place, size,
						     /* err= */ NULL) == 0)
		return 0;
	return grow_by_programs(place, observer, err);
}

const struct filesystem_grower filesystem_grower_ext4 = {
	.type = "ext4",
	.size = size,
	.grow_mounted = grow_mounted,
	.grow_unmounted = grow_unmounted,
};
