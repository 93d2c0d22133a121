/* filesystem_grow - how large filesystems are and could be, from their superblocks. */
#include "disk/filesystem_grow.h"

#include <endian.h>

#include "base/alloc.h"
#include "scratch.h"
#include "tap.h"

#define KIB	    ((uint64_t)1 << 10)
#define MIB	    ((uint64_t)1 << 20)
#define IMAGE_BYTES (128 * KIB)

/* A number of a superblock. */
struct field {
	size_t at;
	unsigned bytes;
	bool is_big; /* endian */
	uint64_t value;
};

#define FIELDS_MAX 12

struct super {
	const char *magic; /* NULL: as a field */
	size_t magic_at;
	struct field fields[FIELDS_MAX];
};

/* ext4 of 4 KiB blocks, 32768 of them in a group, 8192 inodes of 256 bytes, 64 MiB. */
#define EXT4(...)                                                                                  \
	{                                                                                          \
		NULL, 0,                                                                           \
		{                                                                                  \
			{ 1080, 2, false, 0xef53 }, { 1048, 4, false, 2 }, { 1052, 4, false, 2 },  \
				{ 1056, 4, false, 32768 }, { 1064, 4, false, 8192 },               \
				{ 1112, 2, false, 256 }, { 1124, 4, false, 1 }, __VA_ARGS__        \
		}                                                                                  \
	}
#define EXT4_BLOCKS(n)                                                                             \
	{                                                                                          \
		1028, 4, false, (n)                                                                \
	}
/* xfs of 4 KiB blocks with groups of 20480. */
#define XFS(blocks)                                                                                \
	{                                                                                          \
		"XFSB", 0,                                                                         \
		{                                                                                  \
			{ 4, 4, true, 4096 }, { 8, 8, true, (blocks) },                            \
			{                                                                          \
				84, 4, true, 20480                                                 \
			}                                                                          \
		}                                                                                  \
	}
#define BTRFS(bytes)                                                                               \
	{                                                                                          \
		"_BHRfS_M", 65600,                                                                 \
		{                                                                                  \
			{ 65680, 4, false, 4096 }, { 65737, 8, false, 2 },                         \
			{                                                                          \
				65745, 8, false, (bytes)                                           \
			}                                                                          \
		}                                                                                  \
	}

static const struct row {
	const char *label;
	const char *type;
	struct super super;
	uint64_t device_bytes;
	uint64_t want_bytes, want_limit;
	const char *text; /* of a refusal, behind the node; NULL: none */
} rows[] = {
	{ "ext4 fills its device", "ext4", EXT4(EXT4_BLOCKS(16384)), 100 * MIB, 64 * MIB, 100 * MIB,
	  NULL },
	{ "ext4 leaves what is less than a block", "ext4", EXT4(EXT4_BLOCKS(16384)),
	  100 * MIB + 4095, 64 * MIB, 100 * MIB, NULL },
	{ "ext4 that is as large has nothing to gain", "ext4", EXT4(EXT4_BLOCKS(16384)), 64 * MIB,
	  64 * MIB, 64 * MIB, NULL },
	{ "ext4 on a smaller device is not made smaller", "ext4", EXT4(EXT4_BLOCKS(16384)),
	  32 * MIB, 64 * MIB, 64 * MIB, NULL },
	/* The table of 512 blocks, two bitmaps, a copy of the superblock, a descriptor, a cluster.
	 */
	{ "a second group of ext4 that holds only its metadata is left away", "ext4",
	  EXT4(EXT4_BLOCKS(16384)), 128 * MIB + 517 * 4096, 64 * MIB, 128 * MIB, NULL },
	{ "one block more, and it is taken", "ext4", EXT4(EXT4_BLOCKS(16384)),
	  128 * MIB + 518 * 4096, 64 * MIB, 128 * MIB + 518 * 4096, NULL },
	{ "a group without a copy of the superblock needs two blocks less", "ext4",
	  EXT4(EXT4_BLOCKS(16384)), 256 * MIB + 516 * 4096, 64 * MIB, 256 * MIB + 516 * 4096,
	  NULL },
	{ "ext4 without 64bit ends at 2^32 - 1 blocks", "ext4", EXT4(EXT4_BLOCKS(16384)),
	  (uint64_t)17 << 40, 64 * MIB, UINT32_MAX * 4096ULL, NULL },
	{ "ext4 with 64bit does not", "ext4",
	  EXT4(EXT4_BLOCKS(16384), { 1120, 4, false, 0x80 }, { 1278, 2, false, 64 }),
	  (uint64_t)17 << 40, 64 * MIB, (uint64_t)17 << 40, NULL },
	{ "what has another magic is no ext4",
	  "ext4",
	  { NULL, 0, { { 1080, 2, false, 0xef54 } } },
	  MIB,
	  0,
	  0,
	  " has no sound superblock of ext4" },
	{ "ext4 with blocks beyond all sizes is refused",
	  "ext4",
	  { NULL, 0, { { 1080, 2, false, 0xef53 }, { 1048, 4, false, 7 } } },
	  MIB,
	  0,
	  0,
	  " has no sound superblock of ext4" },
	{ "ext4 without groups is refused",
	  "ext4",
	  { NULL, 0, { { 1080, 2, false, 0xef53 }, EXT4_BLOCKS(100) } },
	  MIB,
	  0,
	  0,
	  " has no sound superblock of ext4" },
	{ "xfs fills its device", "xfs", XFS(81920), 400 * MIB, 320 * MIB, 400 * MIB, NULL },
	{ "a last group of xfs below 64 blocks is left away", "xfs", XFS(81920),
	  400 * MIB + 63 * 4096, 320 * MIB, 400 * MIB, NULL },
	{ "one of 64 blocks is not", "xfs", XFS(81920), 400 * MIB + 64 * 4096, 320 * MIB,
	  400 * MIB + 64 * 4096, NULL },
	{ "xfs is not made smaller", "xfs", XFS(81920), 300 * MIB, 320 * MIB, 320 * MIB, NULL },
	{ "xfs without blocks is refused",
	  "xfs",
	  { "XFSB", 0, { { 84, 4, true, 1 } } },
	  MIB,
	  0,
	  0,
	  " has no sound superblock of xfs" },
	{ "btrfs fills its device", "btrfs", BTRFS(200 * MIB), 300 * MIB, 200 * MIB, 300 * MIB,
	  NULL },
	{ "btrfs that would stay below 256 MiB stays as it is", "btrfs", BTRFS(200 * MIB),
	  256 * MIB - 4096, 200 * MIB, 200 * MIB, NULL },
	{ "one that becomes as large does not", "btrfs", BTRFS(200 * MIB), 256 * MIB, 200 * MIB,
	  256 * MIB, NULL },
	{ "btrfs leaves what is less than a sector of its own", "btrfs", BTRFS(200 * MIB),
	  300 * MIB + 512, 200 * MIB, 300 * MIB, NULL },
	{ "btrfs without sectors is refused",
	  "btrfs",
	  { "_BHRfS_M", 65600, { { 0 } } },
	  MIB,
	  0,
	  0,
	  " has no sound superblock of btrfs" },
	{ "other types are refused",
	  "vfat",
	  { NULL, 0, { { 0 } } },
	  MIB,
	  0,
	  0,
	  " holds vfat, which cannot be grown; ext4, xfs and btrfs can" },
};

static void put(uint8_t *image, const struct field *field)
{
	for (unsigned i = 0; i < field->bytes; i++) {
		unsigned shift = 8 * (field->is_big ? field->bytes - 1 - i : i);

		image[field->at + i] = (uint8_t)(field->value >> shift);
	}
}

static char *make_image(const struct scratch *scratch, const struct super *super)
{
	AUTO_FREE uint8_t *image = xcalloc(1, IMAGE_BYTES);
	char *path = scratch_path(scratch, "image");
	FILE *file = fopen(path, "we");

	if (super->magic)
		memcpy(image + super->magic_at, super->magic, strlen(super->magic));
	for (size_t i = 0; i < FIELDS_MAX; i++)
		put(image, &super->fields[i]);
	if (!file || fwrite(image, IMAGE_BYTES, 1, file) != 1 || fclose(file) != 0)
		abort();
	return path;
}

static void test_row(const struct row *row)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO_FREE char *path = make_image(&scratch, &row->super);
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct filesystem_place place = { .type = row->type, .node = path, .mount_fd = -1 };
	struct filesystem_size size = { .bytes = 0 };
	int r = filesystem_size(&place, row->device_bytes, &size, &err);
	AUTO_FREE char *got =
		r < 0 ? xstrdup(err.text +
				(strncmp(err.text, path, strlen(path)) == 0 ? strlen(path) : 0))
		      : xasprintf("%" PRIu64 " of %" PRIu64, size.bytes, size.limit_bytes);
	AUTO_FREE char *want =
		row->text ? xstrdup(row->text)
			  : xasprintf("%" PRIu64 " of %" PRIu64, row->want_bytes, row->want_limit);

	tap_str(got, want, row->label);
}

/* Two groups of 8 blocks; the copy of the superblock in the second is at 32 KiB. */
#define XFS_COPY (32 * KIB)
#define XFS_TWO(...)                                                                               \
	{                                                                                          \
		"XFSB", 0,                                                                         \
		{                                                                                  \
			{ 4, 4, true, 4096 }, { 8, 8, true, 16 }, { 84, 4, true, 8 },              \
				{ XFS_COPY, 4, true, 0x58465342 }, __VA_ARGS__                     \
		}                                                                                  \
	}

static const struct {
	const char *label;
	struct super super;
	bool want;
} copies[] = {
	{ "an xfs whose last copy says the same is finished",
	  XFS_TWO({ XFS_COPY + 8, 8, true, 16 }), false },
	{ "one whose copy says what it was before is not", XFS_TWO({ XFS_COPY + 8, 8, true, 8 }),
	  true },
	{ "nor one whose copy is in progress",
	  XFS_TWO({ XFS_COPY + 8, 8, true, 16 }, { XFS_COPY + 126, 1, true, 1 }), true },
	{ "what is no copy tells nothing",
	  { "XFSB", 0, { { 4, 4, true, 4096 }, { 8, 8, true, 16 }, { 84, 4, true, 8 } } },
	  false },
};

static void test_copy(size_t i)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO_FREE char *path = make_image(&scratch, &copies[i].super);
	const struct filesystem_place place = { .type = "xfs", .node = path, .mount_fd = -1 };
	struct filesystem_size size = { .bytes = 0 };

	filesystem_size(&place, 64 * KIB, &size, /* err= */ NULL);
	tap_ok(size.is_unfinished == copies[i].want, "%s", copies[i].label);
}

static void test_errors(void)
{
	static const struct super super = EXT4(EXT4_BLOCKS(16384), { 1082, 2, false, 3 });
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO_FREE char *path = make_image(&scratch, &super);
	const struct filesystem_place place = { .type = "ext4", .node = path, .mount_fd = -1 };
	struct filesystem_size size = { .bytes = 0 };
	AUTO(error_done) struct error err = ERROR_INIT;

	filesystem_size(&place, 100 * MIB, &size, /* err= */ NULL);
	tap_ok(size.has_errors, "errors that an ext4 recorded are told");
	tap_ok(size.block_bytes == 4096, "and its blocks");
	if (truncate(path, 1500) < 0)
		abort();
	tap_int(filesystem_size(&place, 100 * MIB, &size, &err), -22,
		"a device that ends in the superblock is refused");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++)
		test_copy(i);
	test_errors();
	tap_ok(filesystem_can_grow("xfs") && !filesystem_can_grow("ext2"),
	       "what can grow is told by its type");
	return tap_done();
}
