/* partition - each row of the decision table, on tables drawn here. */
#include "disk/partition.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

#define MIB	  UINT64_C(2048) /* sectors of 512 bytes */
#define PARTS_MAX 4
#define GUID_A	  "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA"
#define GUID_B	  "BBBBBBBB-BBBB-4BBB-8BBB-BBBBBBBBBBBB"
#define GUID_C	  "CCCCCCCC-CCCC-4CCC-8CCC-CCCCCCCCCCCC"
#define ESP	  "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
#define S(text)                                                                                    \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}
#define WIPE_IT	   "; set wipePartitionEntry to replace it"
#define RESIZE_IT  "; set resize to resize it, or wipePartitionEntry to replace it"
#define SIZE(mib)  .has_size = true, .size_mib = (mib)
#define START(mib) .has_start = true, .start_mib = (mib)

struct there {
	unsigned number;
	uint64_t start_mib, size_mib;
	const char *guid, *type, *name;
};

static const struct row {
	const char *label;
	struct there there[PARTS_MAX];
	struct partition_request wants[PARTS_MAX];
	size_t want_count;
	enum partition_action action; /* of the last entry */
	const char *after;	      /* "number start+size guid type name, …" in MiB */
	const char *error;
} rows[] = {
	{ "not there and not wanted: nothing",
	  { { 0 } },
	  { { .number = 1 } },
	  1,
	  PARTITION_NOTHING,
	  "",
	  NULL },
	{ "not there and not wanted, with wipe: nothing",
	  { { 0 } },
	  { { .number = 1, .wipe_entry = true } },
	  1,
	  PARTITION_NOTHING,
	  "",
	  NULL },
	{ "not there and wanted: created, as Linux data without a name",
	  { { 0 } },
	  { { .number = 2, .should_exist = true, SIZE(4) } },
	  1,
	  PARTITION_CREATE,
	  "2 1+4 - " TABLE_TYPE_LINUX " -",
	  NULL },
	{ "created as asked for; GUIDs become upper case",
	  { { 0 } },
	  { { .number = 2,
	      .should_exist = true,
	      START(8),
	      SIZE(4),
	      .label = S("ROOT"),
	      .guid = S("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"),
	      .type_guid = S(ESP) } },
	  1,
	  PARTITION_CREATE,
	  "2 8+4 " GUID_A " " ESP " ROOT",
	  NULL },
	{ "there and not wanted: refused",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1 } },
	  1,
	  0,
	  NULL,
	  "partition 1 exists but is specified as nonexistant and wipePartitionEntry is false" },
	{ "there and not wanted, with wipe: deleted",
	  { { 1, 1, 4, GUID_A, ESP, "a" }, { 2, 8, 1, GUID_B, ESP, "b" } },
	  { { .number = 1, .wipe_entry = true } },
	  1,
	  PARTITION_DELETE,
	  "2 8+1 " GUID_B " " ESP " b",
	  NULL },
	{ "there and as wanted: nothing",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1,
	      .should_exist = true,
	      START(1),
	      SIZE(4),
	      .label = S("a"),
	      .guid = S("aaaaaaaa-AAAA-4aaa-8aaa-aaaaaaaaaaaa"),
	      .type_guid = S("c12a7328-f81f-11d2-ba4b-00a0c93ec93b") } },
	  1,
	  PARTITION_NOTHING,
	  "1 1+4 " GUID_A " " ESP " a",
	  NULL },
	{ "there and as wanted, with wipe: nothing either",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, START(1), SIZE(4), .wipe_entry = true } },
	  1,
	  PARTITION_NOTHING,
	  "1 1+4 " GUID_A " " ESP " a",
	  NULL },
	{ "nothing is asked of what is there: it stays, wherever it is",
	  { { 1, 9, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true } },
	  1,
	  PARTITION_NOTHING,
	  "1 9+4 " GUID_A " " ESP " a",
	  NULL },
	{ "another start: refused",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, START(2), SIZE(4) } },
	  1,
	  0,
	  NULL,
	  "partition 1 didn't match: starting sector did not match (specified 4096, got "
	  "2048)" WIPE_IT },
	{ "another size: refused",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, SIZE(5) } },
	  1,
	  0,
	  NULL,
	  "partition 1 didn't match: size did not match (specified 10240, got 8192)" RESIZE_IT },
	{ "another GUID: refused",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, .guid = S(GUID_B) } },
	  1,
	  0,
	  NULL,
	  "partition 1 didn't match: GUID did not match (specified \"" GUID_B "\", got \"" GUID_A
	  "\")" WIPE_IT },
	{ "another type: refused",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, .type_guid = S(TABLE_TYPE_LINUX) } },
	  1,
	  0,
	  NULL,
	  "partition 1 didn't match: type GUID did not match (specified \"" TABLE_TYPE_LINUX
	  "\", got \"" ESP "\")" WIPE_IT },
	{ "another label: refused",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, .label = S("A") } },
	  1,
	  0,
	  NULL,
	  "partition 1 didn't match: label did not match (specified \"A\", got \"a\")" WIPE_IT },
	{ "an empty label is one",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, .label = S("") } },
	  1,
	  0,
	  NULL,
	  "partition 1 didn't match: label did not match (specified \"\", got \"a\")" WIPE_IT },
	{ "another size, with resize: resized, all else kept",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, SIZE(6), .resize = true } },
	  1,
	  PARTITION_RESIZE,
	  "1 1+6 " GUID_A " " ESP " a",
	  NULL },
	{ "size 0, with resize: up to the end",
	  { { 1, 1, 4, GUID_A, ESP, "a" }, { 2, 40, 24, GUID_B, ESP, "b" } },
	  { { .number = 1, .should_exist = true, SIZE(0), .resize = true } },
	  1,
	  PARTITION_RESIZE,
	  "1 1+39 " GUID_A " " ESP " a, 2 40+24 " GUID_B " " ESP " b",
	  NULL },
	{ "another label, with resize: refused",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, SIZE(6), .label = S("b"), .resize = true } },
	  1,
	  0,
	  NULL,
	  "partition 1 didn't match: size did not match (specified 12288, got 8192)" WIPE_IT },
	{ "another size, with wipe: replaced, and nothing kept",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .should_exist = true, SIZE(6), .wipe_entry = true } },
	  1,
	  PARTITION_REPLACE,
	  "1 1+6 - " TABLE_TYPE_LINUX " -",
	  NULL },
	{ "wipe goes before resize",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1,
	      .should_exist = true,
	      START(1),
	      SIZE(6),
	      .wipe_entry = true,
	      .resize = true } },
	  1,
	  PARTITION_REPLACE,
	  "1 1+6 - " TABLE_TYPE_LINUX " -",
	  NULL },
	{ "number 0 takes the lowest free, after all others",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .should_exist = true, SIZE(2) }, { .number = 2, .should_exist = true, SIZE(3) } },
	  2,
	  PARTITION_CREATE,
	  "1 1+4 " GUID_A " " ESP " a, 2 5+3 - " TABLE_TYPE_LINUX " -, 3 8+2 - " TABLE_TYPE_LINUX
	  " -",
	  NULL },
	{ "number 0 may take the number of one that goes",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .wipe_entry = true },
	    { .should_exist = true, SIZE(2), .wipe_entry = true } },
	  2,
	  PARTITION_REPLACE,
	  "1 1+2 - " TABLE_TYPE_LINUX " -",
	  NULL },
	{ "... but must be allowed to wipe it itself",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 1, .wipe_entry = true }, { .should_exist = true, SIZE(2) } },
	  2,
	  0,
	  NULL,
	  "partition 1 didn't match: size did not match (specified 4096, got 8192)" RESIZE_IT },
	{ "what is not mentioned stays in the way",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { { .number = 2, .should_exist = true, START(2), SIZE(1) } },
	  1,
	  0,
	  NULL,
	  "partition 2 does not fit at sectors 4096 to 6143: it would start inside another "
	  "partition" },
	{ "a disk that is too small is refused",
	  { { 0 } },
	  { { .number = 1, .should_exist = true, SIZE(64) } },
	  1,
	  0,
	  NULL,
	  "partition 1 does not fit at sectors 2048 to 133119: it would end outside of the disk" },
	{ "a bad GUID is refused",
	  { { 0 } },
	  { { .number = 1, .should_exist = true, .guid = S("1-2-3") } },
	  1,
	  0,
	  NULL,
	  "\"1-2-3\" is not a GUID" },
};

static struct table *draw(const struct there *there)
{
	struct table *table = xcalloc(1, sizeof(*table));

	table->kind = TABLE_GPT;
	geometry_blank(&table->disk, 64 * MIB, 512, /* err= */ NULL);
	for (size_t i = 0; i < PARTS_MAX && there[i].number; i++) {
		struct table_partition p = { .number = there[i].number,
					     .start = there[i].start_mib * MIB,
					     .size = there[i].size_mib * MIB,
					     .name = (char *)there[i].name };

		/* The last one fills the disk to its last usable sector. */
		table_parse_guid(there[i].guid, p.guid, /* err= */ NULL);
		table_parse_guid(there[i].type, p.type_guid, /* err= */ NULL);
		if (p.start + p.size - 1 > table->disk.last_usable)
			p.size = table->disk.last_usable + 1 - p.start;
		table_put(table, &p);
	}
	return table;
}

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

static void describe(const struct table *table, struct text *out)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct table_partition *p = &table->partitions[i];

		text_printf(out, "%s%u %" PRIu64 "+%" PRIu64 " %s %s %s", i ? ", " : "", p->number,
			    p->start / MIB, (p->size + MIB - 1) / MIB, or_dash(p->guid),
			    or_dash(p->type_guid), or_dash(p->name));
	}
}

static void test_row(const struct row *row)
{
	const struct disk_request request = { .partitions = row->wants,
					      .partition_count = row->want_count };
	AUTO(table_free) struct table *found = draw(row->there);
	AUTO(partition_decisions_done) struct partition_decisions got = { 0 };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text after = TEXT_INIT(TEXT_MESSAGE_MAX);
	int r = partition_decide(&request, found, /* known= */ NULL, &got, &err);

	if (row->error) {
		tap_str(err.text, row->error, row->label);
		tap_ok(r < 0 && err.kind == ERROR_INPUT && !got.after, "... as input, undecided");
		return;
	}
	if (r == 0)
		describe(got.after, &after);
	tap_str(r == 0 ? text_str(&after) : err.text, row->after, row->label);
	tap_ok(r == 0 && got.count == row->want_count &&
		       got.list[got.count - 1].action == row->action,
	       "... and that is what is decided");
}

/* What an earlier run of the same provisioning made is known by number and GUID. */
static const struct known_row {
	const char *label;
	struct there there[PARTS_MAX];
	struct partition_request want; /* after one for number 1 that is there and matches */
	struct partition_known known;
	enum partition_action action;
	const char *after;
} known_rows[] = {
	{ "number 0 that was made is not made twice",
	  { { 1, 1, 4, GUID_A, ESP, "a" }, { 2, 5, 2, GUID_B, ESP, "" } },
	  { .should_exist = true, SIZE(2) },
	  { 2, GUID_B },
	  PARTITION_NOTHING,
	  "1 1+4 " GUID_A " " ESP " a, 2 5+2 " GUID_B " " ESP " -" },
	{ "number 0 that was planned gets the GUID that was drawn",
	  { { 1, 1, 4, GUID_A, ESP, "a" } },
	  { .should_exist = true, SIZE(2) },
	  { 2, GUID_B },
	  PARTITION_CREATE,
	  "1 1+4 " GUID_A " " ESP " a, 2 5+2 " GUID_B " " TABLE_TYPE_LINUX " -" },
	{ "the same number with another GUID is not ours",
	  { { 1, 1, 4, GUID_A, ESP, "a" }, { 2, 5, 2, GUID_C, ESP, "" } },
	  { .should_exist = true, SIZE(2) },
	  { 2, GUID_B },
	  PARTITION_CREATE,
	  "1 1+4 " GUID_A " " ESP " a, 2 5+2 " GUID_C " " ESP " -, 3 7+2 " GUID_B
	  " " TABLE_TYPE_LINUX " -" },
	{ "one that was replaced is not replaced again, wherever it went",
	  { { 1, 1, 4, GUID_A, ESP, "a" }, { 2, 9, 2, GUID_B, ESP, "" } },
	  { .number = 2, .should_exist = true, .wipe_entry = true, START(0), SIZE(2) },
	  { 2, GUID_B },
	  PARTITION_NOTHING,
	  "1 1+4 " GUID_A " " ESP " a, 2 9+2 " GUID_B " " ESP " -" },
};

static void test_known(const struct known_row *row)
{
	const struct partition_request wants[] = { { .number = 1, .should_exist = true },
						   row->want };
	const struct partition_known known[] = { { .number = 0 }, row->known };
	const struct disk_request request = { .partitions = wants, .partition_count = 2 };
	AUTO(table_free) struct table *found = draw(row->there);
	AUTO(partition_decisions_done) struct partition_decisions got = { 0 };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text after = TEXT_INIT(TEXT_MESSAGE_MAX);
	int r = partition_decide(&request, found, known, &got, &err);

	if (r == 0)
		describe(got.after, &after);
	tap_str(r == 0 ? text_str(&after) : err.text, row->after, row->label);
	tap_ok(r == 0 && got.list[1].action == row->action, "... and that is what is decided");
}

/* The entry that a refusal is about is named, not the disk. */
static void test_position(void)
{
	AUTO(source_free) struct source *source = source_new("c.ign", SLICE("{}"));
	const struct partition_request wants[] = {
		{ .number = 1, .should_exist = true, .origin = { source, 3, 5 } },
		{ .number = 2, .should_exist = true, SIZE(640), .origin = { source, 4, 9 } },
	};
	const struct disk_request request = { .partitions = wants, .partition_count = 2 };
	AUTO(table_free)
	struct table *found = draw((struct there[PARTS_MAX]){ { 1, 1, 4, GUID_A, ESP, "a" } });
	AUTO(partition_decisions_done) struct partition_decisions got = { 0 };
	AUTO(error_done) struct error err = ERROR_INIT;

	tap_int(partition_decide(&request, found, /* known= */ NULL, &got, &err), -ENOSPC,
		"what does not fit is refused");
	tap_ok(slice_starts(slice_of(err.text), "c.ign:4:9: partition 2 does not fit"),
	       "with the position of its entry: %s", err.text);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(known_rows); i++)
		test_known(&known_rows[i]);
	test_position();
	return tap_done();
}
