/* Which partitions are saved, the numbers they get, and why some cannot be. */
#include "installer/saved.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "tap.h"

#define SECTORS	       ((uint64_t)1 << 20)
#define IMAGE_SECTORS  ((uint64_t)100000)
#define PARTITIONS_MAX 6

static const char *const names[] = {
	"", "one", "two", "three", "four", "five", "data-a", "data-b"
};

static struct table *make_table(const unsigned *numbers, uint64_t first, char guid)
{
	struct table *table = xcalloc(1, sizeof(*table));

	table->kind = TABLE_GPT;
	table->kind_name = xstrdup("gpt");
	geometry_blank(&table->disk, SECTORS, 512, NULL);
	for (size_t i = 0; i < PARTITIONS_MAX && numbers[i]; i++) {
		struct table_partition partition = {
			.number = numbers[i],
			.start = first + i * 10000,
			.size = 5000,
			.name = (char *)(uintptr_t)names[numbers[i] % 8]
		};

		snprintf(partition.guid, sizeof(partition.guid), "%c0000000-0000-4000-8000-%012u",
			 guid, numbers[i]);
		snprintf(partition.type_guid, sizeof(partition.type_guid), TABLE_TYPE_LINUX);
		table_put(table, &partition);
	}
	return table;
}

/* "2,5" of a table. */
static char *numbers_of(const struct table *table)
{
	AUTO(text_done) struct text out = TEXT_INIT(1024);

	for (size_t i = 0; table && i < table->count; i++)
		text_printf(&out, "%s%u", i ? "," : "", table->partitions[i].number);
	return xstrdup(text_str(&out));
}

static const struct {
	enum saved_filter_kind kind;
	const char *text;
	const char *want; /* numbers of 1 to 5 and 6, 7; NULL: it is refused */
} filter_rows[] = {
	{ SAVED_INDEX, "3", "3" },	   { SAVED_INDEX, "2-4", "2,3,4" },
	{ SAVED_INDEX, "-2", "1,2" },	   { SAVED_INDEX, "6-", "6,7" },
	{ SAVED_INDEX, "1,3,7", "1,3,7" }, { SAVED_INDEX, "99", "" },
	{ SAVED_INDEX, "5-5", "5" },	   { SAVED_INDEX, "0", NULL },
	{ SAVED_INDEX, "5-3", NULL },	   { SAVED_INDEX, "-", NULL },
	{ SAVED_INDEX, "", NULL },	   { SAVED_INDEX, "1,", NULL },
	{ SAVED_INDEX, "1-2-3", NULL },	   { SAVED_INDEX, "x", NULL },
	{ SAVED_INDEX, "+1", NULL },	   { SAVED_INDEX, "99999999999", NULL },
	{ SAVED_LABEL, "data-*", "6,7" },  { SAVED_LABEL, "two", "2" },
	{ SAVED_LABEL, "TWO", "" },	   { SAVED_LABEL, "t*,five", "2,3,5" },
	{ SAVED_LABEL, "data-[a]", "6" },  { SAVED_LABEL, "", NULL },
	{ SAVED_LABEL, "a,,b", NULL },
};

static void test_filters(void)
{
	static const unsigned all[PARTITIONS_MAX + 1] = { 1, 2, 3, 4, 5, 6 };
	AUTO(table_free) struct table *found = make_table(all, 2048, '1');
	struct table_partition last = found->partitions[5];

	last.number = 7;
	last.start += 10000;
	last.name = (char *)(uintptr_t)names[7];
	last.guid[0] = 'F';
	table_put(found, &last);
	for (size_t i = 0; i < ARRAY_SIZE(filter_rows); i++) {
		AUTO(saved_filters_done) struct saved_filters filters = { .list = NULL };
		AUTO(table_free) struct table *saved = NULL;
		int r = saved_parse(filter_rows[i].kind, slice_of(filter_rows[i].text), &filters,
				    NULL);

		if (!filter_rows[i].want) {
			tap_ok(r == -EINVAL, "\"%s\" is refused", filter_rows[i].text);
			continue;
		}
		r = saved_select(found, filters.list, filters.count, &saved, NULL);

		AUTO_FREE char *got = numbers_of(saved);

		tap_ok(r == 0 && strcmp(got, filter_rows[i].want) == 0, "\"%s\" saves %s",
		       filter_rows[i].text, got);
	}
}

static const struct {
	const char *label;
	unsigned image[PARTITIONS_MAX], saved[PARTITIONS_MAX];
	const char *want;
} merge_rows[] = {
	{ "the first gets the number behind the image's", { 1, 2 }, { 1 }, "1,2,3" },
	{ "a higher number is kept", { 1, 2 }, { 5 }, "1,2,5" },
	{ "gaps of the image are left to it", { 1, 4, 9 }, { 5 }, "1,4,9,10" },
	{ "each goes behind the one before", { 1, 2 }, { 1, 2 }, "1,2,3,4" },
	{ "one that is pushed pushes the next", { 1, 2, 3, 4 }, { 3, 5 }, "1,2,3,4,5,6" },
	{ "one that is not pushed stays", { 1, 2, 3, 4 }, { 3, 9 }, "1,2,3,4,5,9" },
	{ "nothing saved", { 1, 2 }, { 0 }, "1,2" },
	{ "the last number of a table", { 1 }, { 128 }, "1,128" },
	{ "no number is left", { 1, 128 }, { 2 }, NULL },
	{ "no number is left behind one", { 1 }, { 127, 128, 5 }, "1,5,127,128" },
};

static void test_merge(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(merge_rows); i++) {
		AUTO(table_free) struct table *image = make_table(merge_rows[i].image, 2048, '1');
		AUTO(table_free)
		struct table *saved = make_table(merge_rows[i].saved, IMAGE_SECTORS, '2');
		AUTO(saved_merge_done) struct saved_merge merge = { .table = NULL };
		int r = saved_merge(image, IMAGE_SECTORS, saved, &merge, NULL);
		AUTO_FREE char *got = numbers_of(merge.table);

		if (!merge_rows[i].want)
			tap_int(r, -ENOSPC, merge_rows[i].label);
		else
			tap_str(got, merge_rows[i].want, merge_rows[i].label);
	}
}

static void test_what_stays(void)
{
	AUTO(table_free) struct table *image = make_table((const unsigned[6]){ 1, 2 }, 2048, '1');
	AUTO(table_free)
	struct table *saved = make_table((const unsigned[6]){ 1, 2 }, IMAGE_SECTORS, '2');
	AUTO(saved_merge_done) struct saved_merge merge = { .table = NULL };

	saved->partitions[0].attributes = 5;
	tap_int(saved_merge(image, IMAGE_SECTORS, saved, &merge, NULL), 0, "two are merged");
	tap_int((int64_t)merge.count, 2, "both renumberings are told");
	tap_ok(merge.renumberings[0].from == 1 && merge.renumberings[0].to == 3, "1 becomes 3");
	tap_ok(merge.table->partitions[2].start == IMAGE_SECTORS &&
		       merge.table->partitions[2].attributes == 5 &&
		       strcmp(merge.table->partitions[2].guid, saved->partitions[0].guid) == 0 &&
		       strcmp(merge.table->partitions[2].name, "one") == 0,
	       "place, attributes, GUID and name are kept");
}

static void refused(struct table *image, uint64_t sectors, struct table *saved, int want,
		    const char *says, const char *label)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(saved_merge_done) struct saved_merge merge = { .table = NULL };
	int r = saved_merge(image, sectors, saved, &merge, &err);

	tap_ok(r == want && err.kind == ERROR_INPUT && err.text && strstr(err.text, says), "%s: %s",
	       label, err.text);
}

static void test_collisions(void)
{
	AUTO(table_free) struct table *image = make_table((const unsigned[6]){ 1, 2 }, 2048, '1');
	AUTO(table_free)
	struct table *saved = make_table((const unsigned[6]){ 4 }, IMAGE_SECTORS, '2');
	AUTO(table_free)
	struct table *twins = make_table((const unsigned[6]){ 1 }, IMAGE_SECTORS, '1');
	AUTO(table_free)
	struct table *end = make_table((const unsigned[6]){ 4 }, SECTORS - 4000, '2');

	refused(image, IMAGE_SECTORS + 1, saved, -ENOSPC, "partition 4 \"four\"",
		"the image reaches one sector into it");
	refused(image, IMAGE_SECTORS, twins, -EEXIST, "10000000-0000-4000-8000-000000000001",
		"the image has its GUID");
	refused(image, IMAGE_SECTORS, end, -ENOSPC, "partition 4",
		"it is beyond the end of the disk");
	saved->partitions[0].start = 3000;
	refused(image, 0, saved, -ENOSPC, "shares sectors with partition 1",
		"it is where a partition of the image is");
}

static void test_other_disks(void)
{
	const struct saved_filter by_label = { .kind = SAVED_LABEL, .glob = (char[]){ "*" } };
	const struct saved_filter by_index = { .kind = SAVED_INDEX, .first = 1, .last = 9 };
	static const struct {
		const char *label;
		enum table_kind kind;
		const char *kind_name;
		int by_label, by_index;
	} rows[] = {
		{ "a blank disk has nothing to save", TABLE_NONE, NULL, 0, 0 },
		{ "an MBR only nothing with a label", TABLE_OTHER, "dos", 0, -EINVAL },
		{ "a GPT that lost its MBR may have", TABLE_OTHER, "GPT without its protective MBR",
		  -EINVAL, -EINVAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct table found = { .kind = rows[i].kind,
				       .kind_name = (char *)(uintptr_t)rows[i].kind_name,
				       .disk = { .sectors = SECTORS, .sector_bytes = 512 } };
		AUTO(table_free) struct table *left = NULL;
		AUTO(table_free) struct table *right = NULL;

		tap_int(saved_select(&found, &by_label, 1, &left, NULL), rows[i].by_label,
			rows[i].label);
		tap_int(saved_select(&found, &by_index, 1, &right, NULL), rows[i].by_index,
			"likewise by number");
	}
}

int main(void)
{
	test_filters();
	test_merge();
	test_what_stays();
	test_collisions();
	test_other_disks();
	return tap_done();
}
