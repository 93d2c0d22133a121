/* grow - how far a partition can be enlarged. */
#include "disk/grow.h"

#include "tap.h"

#define PARTS_MAX 4

static const struct row {
	const char *label;
	uint64_t last_usable;
	struct geometry_extent partitions[PARTS_MAX];
	unsigned number;
	uint64_t want;	  /* sectors; 0: refused */
	const char *text; /* of the refusal */
} rows[] = {
	{ "the last one reaches to the last usable sector", 99, { { 1, 10, 20 } }, 1, 90, NULL },
	{ "another one ends it", 99, { { 1, 10, 20 }, { 2, 50, 10 } }, 1, 40, NULL },
	{ "a neighbour in the next sector leaves it as it is",
	  99,
	  { { 1, 10, 20 }, { 2, 30, 1 } },
	  1,
	  20,
	  NULL },
	{ "what lies before does not end it", 99, { { 1, 10, 5 }, { 2, 50, 10 } }, 2, 50, NULL },
	{ "numbers say nothing about places",
	  99,
	  { { 1, 60, 10 }, { 2, 10, 5 }, { 3, 30, 5 } },
	  2,
	  20,
	  NULL },
	{ "the nearest of several ends it",
	  99,
	  { { 1, 10, 5 }, { 2, 70, 5 }, { 3, 40, 5 } },
	  1,
	  30,
	  NULL },
	{ "one that is full stays", 99, { { 1, 10, 90 } }, 1, 90, NULL },
	{ "an unused number is refused", 99, { { 1, 10, 20 } }, 3, 0, "there is no partition 3" },
	{ "one behind the last usable sector is refused",
	  99,
	  { { 1, 10, 91 } },
	  1,
	  0,
	  "partition 1 ends at sector 100, but the disk has no usable one behind 99: it was made "
	  "smaller; make it as large as it was" },
};

static void test_limit(const struct row *row)
{
	const struct geometry_disk disk = { .sectors = row->last_usable + 34,
					    .sector_bytes = 512,
					    .first_usable = 1,
					    .last_usable = row->last_usable,
					    .entries = 128 };
	AUTO(geometry_done) struct geometry geometry = { .count = 0 };
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t got = 0;
	size_t count = 0;

	while (count < PARTS_MAX && row->partitions[count].number)
		count++;
	geometry_init(&geometry, &disk, row->partitions, count);
	if (grow_limit(&geometry, row->number, &got, &err) < 0)
		tap_str(err.text, row->text, row->label);
	else
		tap_int((int64_t)got, (int64_t)row->want, row->label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_limit(&rows[i]);
	return tap_done();
}
