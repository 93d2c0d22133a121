/* picture_survey - rows before and after, from tables drawn here, of an image that is not there. */
#include "disk/picture_survey.h"

#include "base/alloc.h"
#include "tap.h"

#define SECTORS_PER_MIB UINT64_C(2048) /* of 512 bytes */
#define MIB		(UINT64_C(1) << 20)
#define DISK_MIB	100
#define PARTS_MAX	4
#define REQUESTS_MAX	2
#define GUID_A		"AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA"
#define GUID_B		"BBBBBBBB-BBBB-4BBB-8BBB-BBBBBBBBBBBB"
#define NODE		"/nonexistent/image"
#define S(text)                                                                                    \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}

struct part {
	unsigned number;
	uint64_t start_mib, size_mib;
	const char *guid, *name;
};

static const struct row {
	const char *label;
	struct part before[PARTS_MAX], after[PARTS_MAX];
	struct filesystem_request requests[REQUESTS_MAX];
	const char *want_before, *want_after; /* "number start+size change contents, …" */
} rows[] = {
	{ "a blank disk is free as a whole",
	  { { 0 } },
	  { { 1, 1, 99, GUID_A, "a" } },
	  { { .device = S("") } },
	  "0 0+100 free no partition table",
	  "1 1+99 created -" },
	{ "the same in both tables: kept; gaps are free space",
	  { { 1, 10, 20, GUID_A, "a" } },
	  { { 1, 10, 20, GUID_A, "a" } },
	  { { .device = S("") } },
	  "0 0+10 free -, 1 10+20 kept -, 0 30+70 free -",
	  "0 0+10 free -, 1 10+20 kept -, 0 30+70 free -" },
	{ "room for alignment and tables is no free space",
	  { { 1, 2, 40, GUID_A, "a" }, { 2, 44, 54, GUID_B, "b" } },
	  { { 1, 2, 40, GUID_A, "a" }, { 2, 44, 54, GUID_B, "b" } },
	  { { .device = S("") } },
	  "1 2+40 kept -, 2 44+54 kept -",
	  "1 2+40 kept -, 2 44+54 kept -" },
	{ "another size: resized",
	  { { 1, 1, 49, GUID_A, "a" } },
	  { { 1, 1, 99, GUID_A, "a" } },
	  { { .device = S("") } },
	  "1 1+49 resized -, 0 50+50 free -",
	  "1 1+99 resized -" },
	{ "another GUID: destroyed and created",
	  { { 1, 1, 99, GUID_A, "a" } },
	  { { 1, 1, 99, GUID_B, "a" } },
	  { { .device = S("") } },
	  "1 1+99 destroyed -",
	  "1 1+99 created -" },
	{ "not in the table any more: destroyed",
	  { { 1, 1, 49, GUID_A, "a" }, { 2, 50, 50, GUID_B, "b" } },
	  { { 2, 50, 50, GUID_B, "b" } },
	  { { .device = S("") } },
	  "1 1+49 destroyed -, 2 50+50 kept -",
	  "0 0+50 free -, 2 50+50 kept -" },
	{ "blocks are in the order of the disk, not of the numbers",
	  { { 1, 50, 50, GUID_A, "a" }, { 2, 1, 49, GUID_B, "b" } },
	  { { 1, 50, 50, GUID_A, "a" }, { 2, 1, 49, GUID_B, "b" } },
	  { { .device = S("") } },
	  "2 1+49 kept -, 1 50+50 kept -",
	  "2 1+49 kept -, 1 50+50 kept -" },
	{ "a filesystem on a new partition, by the partition's name",
	  { { 0 } },
	  { { 9, 1, 99, GUID_A, "ROOT" } },
	  { { .device = S("/dev/disk/by-partlabel/ROOT"),
	      .format = S("ext4"),
	      .label = S("root"),
	      .wipe = true } },
	  "0 0+100 free no partition table",
	  "9 1+99 created ext4 \"root\"" },
	{ "a filesystem on a partition that stays: formatted, in both rows",
	  { { 9, 1, 99, GUID_A, "ROOT" } },
	  { { 9, 1, 99, GUID_A, "ROOT" } },
	  { { .device = S("/dev/disk/by-partuuid/" GUID_A), .format = S("xfs"), .wipe = true } },
	  "9 1+99 formatted -",
	  "9 1+99 formatted xfs" },
	{ "a filesystem on a partition that is made anew: the old one is destroyed",
	  { { 9, 1, 99, GUID_A, "ROOT" } },
	  { { 9, 1, 99, GUID_B, "ROOT" } },
	  { { .device = S(NODE "9"), .format = S("swap"), .wipe = true } },
	  "9 1+99 destroyed -",
	  "9 1+99 created swap" },
	{ "of two requests for a partition the last one stays; none is empty",
	  { { 0 } },
	  { { 1, 1, 99, GUID_A, "a" } },
	  { { .device = S(NODE "1"), .format = S("xfs"), .wipe = true },
	    { .device = S(NODE "1"), .format = S("none"), .wipe = true } },
	  "0 0+100 free no partition table",
	  "1 1+99 created -" },
	{ "a request for another disk is passed over",
	  { { 0 } },
	  { { 1, 1, 99, GUID_A, "a" } },
	  { { .device = S("/dev/elsewhere1"), .format = S("xfs"), .wipe = true } },
	  "0 0+100 free no partition table",
	  "1 1+99 created -" },
	{ "a table that is wiped leaves a disk without one",
	  { { 1, 1, 99, GUID_A, "a" } },
	  { { 0 } },
	  { { .device = S("") } },
	  "1 1+99 destroyed -",
	  "0 0+100 free no partition table" },
	{ "a disk without a table is formatted as a whole",
	  { { 0 } },
	  { { 0 } },
	  { { .device = S(NODE), .format = S("ext4"), .wipe = true } },
	  "0 0+100 free no partition table",
	  "0 0+100 created ext4" },
};

static struct table *draw(const struct part *parts)
{
	struct table *table = xcalloc(1, sizeof(*table));

	table->disk.sectors = DISK_MIB * SECTORS_PER_MIB;
	table->disk.sector_bytes = 512;
	table->kind = parts[0].number ? TABLE_GPT : TABLE_NONE;
	for (size_t i = 0; i < PARTS_MAX && parts[i].number; i++) {
		AUTO_FREE char *name = xstrdup(parts[i].name);
		struct table_partition partition = {
			.number = parts[i].number,
			.start = parts[i].start_mib * SECTORS_PER_MIB,
			.size = parts[i].size_mib * SECTORS_PER_MIB,
			.type_guid = TABLE_TYPE_LINUX,
			.name = name,
		};

		memcpy(partition.guid, parts[i].guid, TABLE_GUID_SIZE);
		table_put(table, &partition);
	}
	return table;
}

static void check(const struct picture_row *row, const char *want, const char *label,
		  const char *which)
{
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO_FREE char *name = xasprintf("%s (%s)", label, which);

	for (size_t i = 0; i < row->count; i++) {
		const struct picture_block *block = &row->blocks[i];

		text_printf(&got, "%s%u %" PRIu64 "+%" PRIu64 " %s %s", i ? ", " : "",
			    block->number, block->start_bytes / MIB, block->size_bytes / MIB,
			    picture_change_name(block->change), block->contents ?: "-");
	}
	tap_str(text_str(&got), want, name);
}

static void test(const struct row *row)
{
	AUTO(partition_layout_free)
	struct partition_layout *layout = xcalloc(1, sizeof(*layout));
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct picture_survey_params params = {
		.layout = layout,
		.requests = row->requests,
		.count = REQUESTS_MAX,
	};
	struct picture_disk disk = { 0 };

	layout->lock_fd = -1;
	layout->path = xstrdup(NODE);
	layout->node = xstrdup(NODE);
	layout->before = draw(row->before);
	layout->after = draw(row->after);
	picture_survey(&params, arena, &disk);
	check(&disk.before, row->want_before, row->label, "before");
	check(&disk.after, row->want_after, row->label, "after");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test(&rows[i]);
	return tap_done();
}
