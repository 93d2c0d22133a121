/* grow_array - what an array could use of its members, from fixtures of sysfs. */
#include "resize/grow_array.h"

#include "fixture.h"
#include "tap.h"

#define MEMBERS_MAX 3

struct attribute {
	const char *name;
	const char *text; /* NULL: there is none */
};

#define ATTRIBUTES_MAX 8

/* Two members of 100 MiB whose data begins at 1 MiB, all of it used. */
static const struct attribute usual[] = {
	{ "level", "raid1\n" },		 { "metadata_version", "1.2\n" },
	{ "degraded", "0\n" },		 { "component_size", "101376\n" },
	{ "dev-sda9/offset", "2048\n" }, { "dev-sdb9/offset", "2048\n" },
};

static const struct row {
	const char *label;
	struct attribute different[ATTRIBUTES_MAX];
	uint64_t array_mib;
	uint64_t member_mib[MEMBERS_MAX]; /* as they will be */
	uint64_t want_bytes;
	const char *want; /* the plan, or the refusal */
} rows[] = {
	{ "members that are as large leave it as it is",
	  { { 0 } },
	  99,
	  { 100, 100 },
	  99 * MIB,
	  "" },
	{ "it grows to what its members have",
	  { { 0 } },
	  99,
	  { 200, 200 },
	  199 * MIB,
	  "array /dev/md0: 99 MiB -> 199 MiB\n" },
	{ "the smallest member decides",
	  { { 0 } },
	  99,
	  { 200, 150 },
	  149 * MIB,
	  "array /dev/md0: 99 MiB -> 149 MiB\n" },
	{ "it waits for a member without room", { { 0 } }, 99, { 200, 100 }, 99 * MIB, "" },
	{ "less than 2 MiB is left", { { 0 } }, 99, { 101, 101 }, 99 * MIB, "" },
	{ "2 MiB are taken",
	  { { 0 } },
	  99,
	  { 102, 102 },
	  101 * MIB,
	  "array /dev/md0: 99 MiB -> 101 MiB\n" },
	{ "data that begins later leaves less",
	  { { "dev-sdb9/offset", "4096\n" } },
	  99,
	  { 200, 200 },
	  198 * MIB,
	  "array /dev/md0: 99 MiB -> 198 MiB\n" },
	{ "a stripe has so many times the room of a member",
	  { { "level", "raid5\n" } },
	  198,
	  { 200, 200 },
	  398 * MIB,
	  "array /dev/md0: 198 MiB -> 398 MiB\n" },
	{ "a member smaller than its own beginning gives nothing",
	  { { "dev-sda9/offset", "999999999\n" } },
	  99,
	  { 200, 200 },
	  99 * MIB,
	  "" },
	{ "members of a linear array have sizes of their own",
	  { { "level", "linear\n" } },
	  198,
	  { 200, 200 },
	  0,
	  "/dev/md0 is a RAID array of level linear, which is not grown" },
	{ "so have those of a raid0",
	  { { "level", "raid0\n" } },
	  198,
	  { 200, 200 },
	  0,
	  "/dev/md0 is a RAID array of level raid0, which is not grown" },
	{ "a container is no array",
	  { { "level", NULL } },
	  99,
	  { 200, 200 },
	  0,
	  "/dev/md0 is a RAID array of level none, which is not grown" },
	{ "metadata at the end would be lost",
	  { { "metadata_version", "1.0\n" } },
	  99,
	  { 200, 200 },
	  0,
	  "/dev/md0 is a RAID array with metadata 1.0, and is not grown: only that of version 1.1 "
	  "and 1.2 is found when a member has grown" },
	{ "a firmware's metadata, too",
	  { { "metadata_version", "external:/md127/0\n" } },
	  99,
	  { 200, 200 },
	  0,
	  "/dev/md0 is a RAID array with metadata external:/md127/0, and is not grown: only that "
	  "of "
	  "version 1.1 and 1.2 is found when a member has grown" },
	{ "one that misses members waits for them",
	  { { "degraded", "1\n" } },
	  99,
	  { 200, 200 },
	  0,
	  "/dev/md0 is a RAID array that misses members, and is not grown until they are back" },
	{ "what does not say whether it does is not trusted",
	  { { "degraded", NULL } },
	  99,
	  { 200, 200 },
	  0,
	  "/dev/md0 is a RAID array that misses members, and is not grown until they are back" },
	{ "nor one that does not say where data begins",
	  { { "dev-sdb9/offset", NULL } },
	  99,
	  { 200, 200 },
	  0,
	  "/dev/md0 does not tell where the data of its members begins" },
	{ "an array that tells no size is left as it is",
	  { { "component_size", "0\n" } },
	  99,
	  { 200, 200 },
	  99 * MIB,
	  "" },
};

static const char *text_of(const struct row *row, const struct attribute *attribute)
{
	for (size_t i = 0; i < ATTRIBUTES_MAX && row->different[i].name; i++)
		if (strcmp(row->different[i].name, attribute->name) == 0)
			return row->different[i].text;
	return attribute->text;
}

static void make_array(const struct fixture *fixture, const struct row *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		AUTO_FREE char *path = xasprintf("sys/class/block/md0/md/%s", usual[i].name);
		const char *text = text_of(row, &usual[i]);

		if (text)
			fixture_write(fixture, path, text);
	}
}

static void test_row(const struct row *row)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(layer_done)
	struct layer layer = fixture_layer(LAYER_ARRAY, "md0", row->array_mib * MIB);
	AUTO(error_done) struct error err = ERROR_INIT;
	const uint64_t members[] = { row->member_mib[0] * MIB, row->member_mib[1] * MIB };
	uint64_t bytes = 0;

	fixture_init(&fixture);
	make_array(&fixture, row);
	fixture_stand_on(&layer, fixture_layer(LAYER_PARTITION, "sda9", 100 * MIB));
	fixture_stand_on(&layer, fixture_layer(LAYER_PARTITION, "sdb9", 100 * MIB));

	int r = grow_array_plan(&fixture.work, &layer, members, &bytes, &err);
	AUTO_FREE char *plan = fixture_plan_text(&fixture);

	tap_str(r < 0 ? err.text : plan, row->want, row->label);
	if (r < 0)
		tap_ok(err.kind == ERROR_UNSUPPORTED, "which is no failure: %s", row->label);
	else
		tap_int((int64_t)bytes, (int64_t)row->want_bytes, row->label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	return tap_done();
}
