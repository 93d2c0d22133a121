/* geometry - sgdisk's arithmetic, on tables drawn here. */
#include "disk/geometry.h"

#include <errno.h>

#include "tap.h"

#define MIB	    UINT64_C(2048) /* sectors of 512 bytes */
#define MIB_4096    UINT64_C(256)  /* sectors of 4096 */
#define PARTS_MAX   4
#define BIG_SECTORS UINT64_C(585937500)

static const struct geometry_disk small = { 64 * MIB, 512, 34, 64 * MIB - 34, GEOMETRY_ENTRIES };
static const struct geometry_disk odd = { 64 * MIB + 7, 512, 34, 64 * MIB - 27, GEOMETRY_ENTRIES };
static const struct geometry_disk native = { 64 * MIB_4096, 4096, 6, 64 * MIB_4096 - 6,
					     GEOMETRY_ENTRIES };
static const struct geometry_disk below_big = { BIG_SECTORS - 1, 512, 34, BIG_SECTORS - 35,
						GEOMETRY_ENTRIES };
static const struct geometry_disk big = { BIG_SECTORS, 512, 34, BIG_SECTORS - 34,
					  GEOMETRY_ENTRIES };
static const struct geometry_disk short_table = { 64 * MIB, 512, 6, 64 * MIB - 6, 16 };

static const struct create_row {
	const char *label;
	const struct geometry_disk *disk;
	struct geometry_extent there[PARTS_MAX];
	unsigned number;
	uint64_t start, size;
	struct geometry_extent want; /* number 0: refused */
	const char *error;
} create_rows[] = {
	{ "start 0 on an empty disk is the first MiB",
	  &small,
	  { { 0 } },
	  1,
	  0,
	  10 * MIB,
	  { 1, MIB, 10 * MIB },
	  NULL },
	{ "size 0 reaches the last usable sector",
	  &small,
	  { { 0 } },
	  1,
	  0,
	  0,
	  { 1, MIB, 63 * MIB - 33 },
	  NULL },
	{ "an unaligned end of the disk is not rounded",
	  &odd,
	  { { 0 } },
	  1,
	  0,
	  0,
	  { 1, MIB, 63 * MIB - 26 },
	  NULL },
	{ "start 0 takes the largest block, not the first",
	  &small,
	  { { 1, 11 * MIB, MIB } },
	  2,
	  0,
	  MIB,
	  { 2, 12 * MIB, MIB },
	  NULL },
	{ "of two equal blocks the first is taken",
	  &small,
	  { { 1, 34, 2014 }, { 2, 12 * MIB, 10 * MIB }, { 3, 33 * MIB, 31 * MIB - 33 } },
	  4,
	  0,
	  MIB,
	  { 4, MIB, MIB },
	  NULL },
	{ "size 0 with a start ends where the largest block does",
	  &small,
	  { { 1, MIB, MIB } },
	  2,
	  10 * MIB,
	  0,
	  { 2, 10 * MIB, 54 * MIB - 33 },
	  NULL },
	{ "size 0 with a start in a smaller block overlaps",
	  &small,
	  { { 1, 10 * MIB, MIB } },
	  2,
	  2 * MIB,
	  0,
	  { 0 },
	  "partition 2 does not fit at sectors 4096 to 131038: it would overlap another "
	  "partition" },
	{ "size 0 with a start behind the largest block has nothing left",
	  &small,
	  { { 1, 40 * MIB, MIB } },
	  2,
	  50 * MIB,
	  0,
	  { 0 },
	  "partition 2 does not fit at sectors 102400 to 81919: nothing is free behind its start "
	  "in the largest free block" },
	{ "an unaligned start moves to the sector before; the end stays",
	  &small,
	  { { 0 } },
	  1,
	  2 * MIB + 5,
	  100,
	  { 1, 2 * MIB, 105 },
	  NULL },
	{ "an unaligned start moves later when a sector before is used; the end stays",
	  &small,
	  { { 1, MIB, MIB + 3 } },
	  2,
	  2 * MIB + 8,
	  MIB,
	  { 2, 3 * MIB, 8 },
	  NULL },
	{ "the alignment follows from what is there",
	  &small,
	  { { 1, 40, 8 } },
	  2,
	  0,
	  MIB,
	  { 2, 48, MIB },
	  NULL },
	{ "an odd partition means no alignment on a small disk",
	  &below_big,
	  { { 1, 63, 10 } },
	  2,
	  101,
	  10,
	  { 2, 101, 10 },
	  NULL },
	{ "an odd partition means 8 sectors from 300 GB on",
	  &big,
	  { { 1, 63, 10 } },
	  2,
	  101,
	  10,
	  { 2, 96, 15 },
	  NULL },
	{ "a sector of 4096 bytes aligns to 256",
	  &native,
	  { { 0 } },
	  1,
	  0,
	  256,
	  { 1, 256, 256 },
	  NULL },
	{ "a sector of 4096 bytes: the end of the disk",
	  &native,
	  { { 0 } },
	  1,
	  0,
	  0,
	  { 1, 256, 63 * MIB_4096 - 5 },
	  NULL },
	{ "a used number is refused",
	  &small,
	  { { 1, MIB, MIB } },
	  1,
	  0,
	  MIB,
	  { 0 },
	  "partition 1 does not fit at sectors 4096 to 6143: the number is taken" },
	{ "the last entry of the table can be used",
	  &small,
	  { { 0 } },
	  128,
	  0,
	  MIB,
	  { 128, MIB, MIB },
	  NULL },
	{ "a number beyond the table is refused",
	  &small,
	  { { 0 } },
	  129,
	  0,
	  MIB,
	  { 0 },
	  "partition 129 does not fit at sectors 2048 to 4095: the table has no such entry" },
	{ "a table of 16 entries has no 17th",
	  &short_table,
	  { { 0 } },
	  17,
	  0,
	  MIB,
	  { 0 },
	  "partition 17 does not fit at sectors 2048 to 4095: the table has no such entry" },
	{ "number 0 is no entry",
	  &small,
	  { { 0 } },
	  0,
	  0,
	  MIB,
	  { 0 },
	  "partition 0 does not fit at sectors 2048 to 4095: the table has no such entry" },
	{ "a start inside a partition is refused",
	  &small,
	  { { 1, MIB, 4 * MIB } },
	  2,
	  2 * MIB,
	  MIB,
	  { 0 },
	  "partition 2 does not fit at sectors 4096 to 6143: it would start inside another "
	  "partition" },
	{ "an end inside a partition is refused",
	  &small,
	  { { 1, 4 * MIB, MIB } },
	  2,
	  2 * MIB,
	  2 * MIB + 1,
	  { 0 },
	  "partition 2 does not fit at sectors 4096 to 8192: it would overlap another "
	  "partition" },
	{ "an end just before a partition is fine",
	  &small,
	  { { 1, 4 * MIB, MIB } },
	  2,
	  2 * MIB,
	  2 * MIB,
	  { 2, 2 * MIB, 2 * MIB },
	  NULL },
	{ "the last usable sector can be had",
	  &small,
	  { { 0 } },
	  1,
	  63 * MIB,
	  MIB - 33,
	  { 1, 63 * MIB, MIB - 33 },
	  NULL },
	{ "one sector more is refused",
	  &small,
	  { { 0 } },
	  1,
	  63 * MIB,
	  MIB - 32,
	  { 0 },
	  "partition 1 does not fit at sectors 129024 to 131039: it would end outside of the "
	  "disk" },
	{ "a start behind the disk is refused",
	  &small,
	  { { 0 } },
	  1,
	  64 * MIB,
	  1,
	  { 0 },
	  "partition 1 does not fit at sectors 131072 to 131072: it would start outside of the "
	  "disk" },
	{ "a full disk has no start",
	  &small,
	  { { 1, 34, 64 * MIB - 67 } },
	  2,
	  0,
	  1,
	  { 0 },
	  "partition 2 does not fit at sectors 0 to 0: no sector of the disk is free" },
	{ "a size beyond 64 bits is refused",
	  &small,
	  { { 0 } },
	  1,
	  2 * MIB,
	  UINT64_MAX,
	  { 0 },
	  "partition 1 does not fit: its end is beyond any disk" },
	{ "a partition of one sector hides behind the next, when its number is higher",
	  &small,
	  { { 1, 33 * MIB, 31 * MIB - 33 }, { 2, 33 * MIB - 1, 1 } },
	  3,
	  0,
	  0,
	  { 0 },
	  "partition 3 does not fit at sectors 34 to 67583: it would overlap another partition" },
	{ "the only free sector is taken, though it cannot be aligned",
	  &small,
	  { { 1, 34, 2016 }, { 2, 2051, 64 * MIB - 2084 } },
	  3,
	  0,
	  0,
	  { 3, 2050, 1 },
	  NULL },
};

static size_t used(const struct geometry_extent *extents)
{
	size_t count = 0;

	while (count < PARTS_MAX && extents[count].number)
		count++;
	return count;
}

static void test_create(const struct create_row *row)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(geometry_done) struct geometry g = { 0 };

	geometry_init(&g, row->disk, row->there, used(row->there));

	int r = geometry_create(&g, row->number, row->start, row->size, &err);
	const struct geometry_extent *got = geometry_find(&g, row->want.number);

	if (row->error) {
		tap_str(err.text, row->error, row->label);
		tap_ok(r == -ENOSPC && err.kind == ERROR_INPUT, "... as ENOSPC of the input");
		tap_ok(g.count == used(row->there), "... and the table is as before");
	} else if (!tap_ok(r == 0 && got && got->start == row->want.start &&
				   got->size == row->want.size,
			   "%s", row->label)) {
		printf("#   want %" PRIu64 "+%" PRIu64 "\n#   got  %s %" PRIu64 "+%" PRIu64 "\n",
		       row->want.start, row->want.size, err.text ?: "", got ? got->start : 0,
		       got ? got->size : 0);
	}
}

static const struct resolve_row {
	const char *label;
	struct geometry_extent there[PARTS_MAX];
	struct geometry_wish wishes[PARTS_MAX];
	size_t count;
	struct geometry_extent want[PARTS_MAX]; /* of the wishes, in order; 0: not looked at */
} resolve_rows[] = {
	{ "number 0 is the lowest that is free",
	  { { 1, MIB, MIB }, { 3, 3 * MIB, MIB } },
	  { { .should_exist = true }, { .should_exist = true } },
	  1,
	  { { 2, 4 * MIB, 60 * MIB - 33 } } },
	{ "numbers of the request are not free either",
	  { { 1, MIB, MIB } },
	  { { .number = 2, .should_exist = true, .has_size = true, .size = MIB },
	    { .should_exist = true, .has_size = true, .size = MIB } },
	  2,
	  { { 2, 2 * MIB, MIB }, { 3, 3 * MIB, MIB } } },
	{ "the number of one that goes is free",
	  { { 1, MIB, MIB } },
	  { { .number = 1 }, { .should_exist = true, .has_size = true, .size = MIB } },
	  2,
	  { { 0 }, { 1, MIB, MIB } } },
	{ "two of number 0 get two numbers",
	  { { 0 } },
	  { { .should_exist = true, .has_size = true, .size = MIB },
	    { .should_exist = true, .has_size = true, .size = MIB } },
	  2,
	  { { 1, MIB, MIB }, { 2, 2 * MIB, MIB } } },
	{ "what is not given of a kept partition is what it has",
	  { { 1, 5 * MIB, 7 * MIB } },
	  { { .number = 1, .should_exist = true, .keeps_place = true } },
	  1,
	  { { 1, 5 * MIB, 7 * MIB } } },
	{ "size 0 of a kept partition asks for all behind its start",
	  { { 1, 5 * MIB, 7 * MIB } },
	  { { .number = 1, .should_exist = true, .keeps_place = true, .has_size = true } },
	  1,
	  { { 1, 5 * MIB, 59 * MIB - 33 } } },
	{ "what is not given of another is asked for anew",
	  { { 1, 5 * MIB, 7 * MIB } },
	  { { .number = 1, .should_exist = true } },
	  1,
	  { { 1, MIB, 63 * MIB - 33 } } },
	{ "deletes come before all else",
	  { { 1, MIB, 63 * MIB - 33 } },
	  { { .number = 2, .should_exist = true, .has_start = true, .start = 2 * MIB },
	    { .number = 1 } },
	  2,
	  { { 2, 2 * MIB, 62 * MIB - 33 } } },
	{ "the second of two sizes 0 finds what the first left",
	  { { 1, 20 * MIB, MIB } },
	  { { .number = 2, .should_exist = true }, { .number = 3, .should_exist = true } },
	  2,
	  { { 2, 21 * MIB, 43 * MIB - 33 }, { 3, MIB, 19 * MIB } } },
};

static void test_resolve(const struct resolve_row *row)
{
	struct geometry_wish wishes[PARTS_MAX];
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(geometry_done) struct geometry g = { 0 };

	memcpy(wishes, row->wishes, sizeof(wishes));
	geometry_init(&g, &small, row->there, used(row->there));

	bool ok = geometry_resolve(&g, wishes, row->count, &err) == 0;

	for (size_t i = 0; i < row->count && ok; i++)
		ok = row->want[i].number == 0 ||
		     (wishes[i].number == row->want[i].number &&
		      wishes[i].start == row->want[i].start && wishes[i].size == row->want[i].size);
	tap_ok(ok, "%s", row->label);
	for (size_t i = 0; i < row->count && !ok; i++)
		printf("#   got %u: %" PRIu64 "+%" PRIu64 " %s\n", wishes[i].number,
		       wishes[i].start, wishes[i].size, err.text ?: "");
}

static const struct blank_row {
	const char *label;
	uint64_t sectors;
	uint32_t sector_bytes;
	uint64_t want_first, want_last; /* 0: refused */
} blank_rows[] = {
	{ "512: entries end in sector 33", 2048, 512, 34, 2014 },
	{ "4096: entries end in sector 5", 2048, 4096, 6, 2042 },
	{ "the smallest disk has one usable sector", 68, 512, 34, 34 },
	{ "one sector less is too small", 67, 512, 0, 0 },
};

static void test_blank(const struct blank_row *row)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	struct geometry_disk disk = { 0 };
	int r = geometry_blank(&disk, row->sectors, row->sector_bytes, &err);

	if (row->want_first)
		tap_ok(r == 0 && disk.first_usable == row->want_first &&
			       disk.last_usable == row->want_last,
		       "%s", row->label);
	else
		tap_str(err.text, "a disk of 67 sectors is too small for a GPT", row->label);
}

static void test_sectors(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t sectors = 0;

	tap_ok(geometry_sectors(3, 4096, &sectors, &err) == 0 && sectors == 768,
	       "3 MiB are 768 sectors of 4096 bytes");
	tap_ok(geometry_sectors(UINT64_MAX >> 20, 512, &sectors, &err) == 0 &&
		       sectors == (UINT64_MAX >> 20) * 2048,
	       "the largest size in bytes that 64 bits hold");
	tap_ok(geometry_sectors((UINT64_MAX >> 20) + 1, 512, &sectors, &err) == -ERANGE,
	       "one MiB more overflows");
	tap_str(err.text, "17592186044416 MiB are beyond any disk", "... and says so");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(create_rows); i++)
		test_create(&create_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(resolve_rows); i++)
		test_resolve(&resolve_rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(blank_rows); i++)
		test_blank(&blank_rows[i]);
	test_sectors();
	return tap_done();
}
