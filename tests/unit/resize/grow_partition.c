/* grow_partition, label - one partition of an image: what is planned, and refused once more. */
#include "resize/grow_partition.h"

#include <fcntl.h>
#include <unistd.h>

#include "disk/table.h"
#include "disk/table_write.h"
#include "fixture.h"
#include "tap.h"

#define PARTS_MAX      3
#define SECTORS_OF_MIB 2048
#define TYPE	       "3884DD41-8582-4404-B9A8-E9B84F2DF50E"

/* In MiB. */
struct part {
	unsigned number;
	uint64_t start, size;
};

static const struct row {
	const char *label;
	uint64_t made_mib, now_mib; /* the image, when its table was made and now */
	struct part parts[PARTS_MAX];
	uint64_t want_mib;
	const char *want; /* the plan */
} rows[] = {
	{ "to the end of the disk",
	  64,
	  64,
	  { { 9, 1, 10 } },
	  62,
	  "partition 9 of it: 10 MiB -> 62 MiB\n" },
	{ "to where the disk ends now",
	  64,
	  128,
	  { { 9, 1, 10 } },
	  126,
	  "partition 9 of it: 10 MiB -> 126 MiB\n" },
	{ "to its neighbour",
	  64,
	  64,
	  { { 9, 1, 10 }, { 2, 20, 4 } },
	  19,
	  "partition 9 of it: 10 MiB -> 19 MiB\n" },
	{ "a neighbour in front does not end it",
	  64,
	  64,
	  { { 9, 20, 10 }, { 2, 1, 4 } },
	  43,
	  "partition 9 of it: 10 MiB -> 43 MiB\n" },
	{ "what is full stays", 64, 64, { { 9, 1, 62 } }, 62, "" },
	{ "1 MiB is left", 64, 64, { { 9, 1, 61 } }, 61, "" },
	{ "2 MiB are taken",
	  64,
	  64,
	  { { 9, 1, 60 } },
	  62,
	  "partition 9 of it: 60 MiB -> 62 MiB\n" },
	{ "a neighbour right behind", 64, 64, { { 9, 1, 10 }, { 2, 11, 4 } }, 10, "" },
};

static void write_table(const char *path, const struct part parts[PARTS_MAX])
{
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	AUTO(table_free) struct table *table = NULL;

	if (fd < 0 || table_new(path, /* sector_bytes= */ 512, &table, /* err= */ NULL) < 0)
		abort();
	for (size_t i = 0; i < PARTS_MAX && parts[i].number; i++) {
		char name[] = "data";
		struct table_partition partition = { .number = parts[i].number,
						     .start = parts[i].start * SECTORS_OF_MIB,
						     .size = parts[i].size * SECTORS_OF_MIB,
						     .type_guid = TYPE,
						     .name = name };

		table_draw_guid(partition.guid, /* err= */ NULL);
		table_put(table, &partition);
	}
	if (table_write(fd, path, table, TABLE_MAKE, /* err= */ NULL) < 0)
		abort();
}

static char *make_image(const struct fixture *fixture, uint64_t mib, const struct part *parts)
{
	char *path = scratch_path(&fixture->scratch, "image");

	scratch_write(&fixture->scratch, "image", "");
	if (truncate(path, (off_t)(mib * MIB)) < 0)
		abort();
	write_table(path, parts);
	return path;
}

static int plan(struct fixture *fixture, const char *path, uint64_t *ret_bytes, struct error *err)
{
	const struct label_disk disk = { .node = path };
	AUTO(label_room_done) struct label_room room = { .backend = NULL };
	int r = label_measure(&disk, 9, &room, err);

	return r < 0 ? r
		     : grow_partition_plan(&fixture->work, "9 of it", &disk, &room, ret_bytes, err);
}

static int apply(struct fixture *fixture, struct error *err)
{
	const struct operation *operation = &fixture->work.plan->operations[0];
	int r = operation->class->apply(operation, &fixture->machine, /* observer= */ NULL, err);

	work_release(&fixture->work);
	return r;
}

static uint64_t size_now(const char *path)
{
	AUTO(table_free) struct table *table = NULL;

	if (table_read(path, /* sector_bytes= */ 512, &table, /* err= */ NULL) < 0)
		return 0;

	const struct table_partition *partition = table_find(table, 9);

	return partition ? partition->size / SECTORS_OF_MIB : 0;
}

static void test_row(const struct row *row)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t bytes = 0;

	fixture_init(&fixture);

	AUTO_FREE char *path = make_image(&fixture, row->made_mib, row->parts);

	if (truncate(path, (off_t)(row->now_mib * MIB)) < 0)
		abort();
	tap_int(plan(&fixture, path, &bytes, &err), 0, row->label);

	AUTO_FREE char *text = fixture_plan_text(&fixture);

	tap_str(text, row->want, row->label);
	tap_int((int64_t)(bytes / MIB), (int64_t)row->want_mib, row->label);
	if (fixture.work.plan->count)
		tap_int(apply(&fixture, &err), 0, row->label);
	tap_int((int64_t)size_now(path), (int64_t)row->want_mib, row->label);
}

/* Between the plan and its execution. */
static const struct {
	const char *label;
	struct part parts[PARTS_MAX];
	const char *want; /* behind the path */
} changes[] = {
	{ "a neighbour that came since is not run over",
	  { { 9, 1, 10 }, { 3, 30, 4 } },
	  ": partition 9 changed since it was looked at; run again" },
	{ "a partition that moved since is not touched",
	  { { 9, 2, 10 } },
	  ": partition 9 changed since it was looked at; run again" },
	{ "nor one that grew since",
	  { { 9, 1, 20 } },
	  ": partition 9 changed since it was looked at; run again" },
	{ "nor one that went away", { { 3, 1, 10 } }, ": there is no partition 9" },
};

static void test_change(size_t i)
{
	static const struct part before[PARTS_MAX] = { { 9, 1, 10 } };
	AUTO(fixture_done) struct fixture fixture;
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t bytes = 0;

	fixture_init(&fixture);

	AUTO_FREE char *path = make_image(&fixture, 64, before);

	plan(&fixture, path, &bytes, /* err= */ NULL);
	write_table(path, changes[i].parts);

	uint64_t size = size_now(path);

	tap_ok(apply(&fixture, &err) < 0, "%s", changes[i].label);
	tap_str(err.text ? err.text + strlen(path) : NULL, changes[i].want, changes[i].label);
	tap_int((int64_t)size_now(path), (int64_t)size, changes[i].label);
}

/* Another program did the same meanwhile. */
static void test_same_change(void)
{
	static const struct part before[PARTS_MAX] = { { 9, 1, 10 } };
	static const struct part since[PARTS_MAX] = { { 9, 1, 62 } };
	AUTO(fixture_done) struct fixture fixture;
	uint64_t bytes = 0;

	fixture_init(&fixture);

	AUTO_FREE char *path = make_image(&fixture, 64, before);

	plan(&fixture, path, &bytes, /* err= */ NULL);
	write_table(path, since);
	tap_int(apply(&fixture, /* err= */ NULL), 0,
		"one that grew as far since is as it should be");
	tap_int((int64_t)size_now(path), 62, "and stays so");
}

static void test_damage(void)
{
	static const struct part parts[PARTS_MAX] = { { 9, 1, 62 } };
	AUTO(fixture_done) struct fixture fixture;
	AUTO(table_free) struct table *table = NULL;
	uint64_t bytes = 0;

	fixture_init(&fixture);

	AUTO_FREE char *path = make_image(&fixture, 64, parts);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (pwrite(fd, "x", 1, 512) != 1)
		abort();
	plan(&fixture, path, &bytes, /* err= */ NULL);

	AUTO_FREE char *text = fixture_plan_text(&fixture);

	tap_str(text,
		"partition 9 of it: as large as it is, a damaged copy of its table is written "
		"again\n",
		"a damaged copy is written again where nothing grows");
	tap_int(apply(&fixture, /* err= */ NULL), 0, "and it is");
	table_read(path, 512, &table, /* err= */ NULL);
	tap_ok(table && (table->flags & (TABLE_PRIMARY_DAMAGED | TABLE_BACKUP_DAMAGED)) == 0,
	       "both are sound then");
}

static void test_unprotected(void)
{
	static const struct part parts[PARTS_MAX] = { { 9, 1, 10 } };
	static const char zeros[512];
	AUTO(fixture_done) struct fixture fixture;
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t bytes = 0;

	fixture_init(&fixture);

	AUTO_FREE char *path = make_image(&fixture, 64, parts);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (pwrite(fd, zeros, sizeof(zeros), 0) != sizeof(zeros))
		abort();
	tap_ok(plan(&fixture, path, &bytes, &err) < 0, "a GPT that nothing protects is refused");
	tap_str(err.text + strlen(path),
		" has a GPT without its protective MBR, and is not changed; repair it with gdisk",
		"by what it lacks");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		test_change(i);
	test_same_change();
	test_damage();
	test_unprotected();
	return tap_done();
}
