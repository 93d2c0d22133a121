/* stack - which layers are grown, and which are only reported. */
#include "resize/stack.h"

#include "fixture.h"
#include "tap.h"

static const struct row {
	const char *label;
	enum layer_kind kind;
	unsigned below; /* disks that it stands on */
	const char *want;
} rows[] = {
	{ "a logical volume is reported", LAYER_LVM, 1,
	  "/dev/x is a logical volume, which is not grown: how its space is used is your choice" },
	{ "so is a multipath device", LAYER_MULTIPATH, 2,
	  "/dev/x is a multipath device, which is not grown: its table belongs to the multipath "
	  "tools" },
	{ "so is verity", LAYER_VERITY, 2,
	  "/dev/x is a verity device, which is not grown: its contents are sealed" },
	{ "so is integrity", LAYER_INTEGRITY, 1,
	  "/dev/x is an integrity device, which is not grown: its checksums are laid out for the "
	  "size it has" },
	{ "so is what nobody knows", LAYER_MAPPED, 1,
	  "/dev/x is a mapped device, which is not grown: whoever made it has to change it" },
	{ "encryption over several devices is reported", LAYER_CRYPT, 2,
	  "/dev/x stands on 2 devices, and is not grown" },
	{ "encryption over nothing is", LAYER_CRYPT, 0,
	  "/dev/x stands on 0 devices, and is not grown" },
};

static struct layer make(enum layer_kind kind, unsigned below)
{
	struct layer layer = fixture_layer(kind, "x", 100 * MIB);

	for (unsigned i = 0; i < below; i++)
		fixture_stand_on(&layer, fixture_layer(LAYER_DISK, "sda", 100 * MIB));
	return layer;
}

static void test_row(const struct row *row)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(layer_done) struct layer layer = make(row->kind, row->below);
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t bytes = 7;

	fixture_init(&fixture);
	tap_int(stack_plan(&fixture.work, &layer, &bytes, &err), -95, row->label);
	tap_str(err.text, row->want, row->label);
	tap_ok(err.kind == ERROR_UNSUPPORTED && bytes == 7 && fixture.work.plan->count == 0,
	       "and nothing is planned: %s", row->label);
}

static void test_disk(void)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(layer_done) struct layer disk = make(LAYER_DISK, 0);
	uint64_t bytes = 0;

	fixture_init(&fixture);
	tap_int(stack_plan(&fixture.work, &disk, &bytes, /* err= */ NULL), 0, "a disk is as it is");
	tap_int((int64_t)bytes, (int64_t)(100 * MIB), "as large as the kernel says");
	tap_int((int64_t)fixture.work.plan->count, 0, "and there is nothing to do");
}

/* A refusal below ends it, whatever lies above. */
static void test_nested(void)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(layer_done) struct layer crypt = fixture_layer(LAYER_CRYPT, "dm-1", 100 * MIB);
	AUTO(error_done) struct error err = ERROR_INIT;
	uint64_t bytes = 0;

	fixture_init(&fixture);
	fixture_stand_on(&crypt, make(LAYER_LVM, 1));
	tap_int(stack_plan(&fixture.work, &crypt, &bytes, &err), -95,
		"encryption on a logical volume is reported");
	tap_str(err.text,
		"/dev/x is a logical volume, which is not grown: how its space is used is your "
		"choice",
		"by what is below");
}

static void test_choice(void)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(layer_done) struct layer disk = make(LAYER_DISK, 0);
	AUTO(layer_done) struct layer crypt = make(LAYER_CRYPT, 1);
	AUTO(layer_done) struct layer empty = make(LAYER_ARRAY, 0);

	fixture_init(&fixture);
	tap_ok(!stack_is_chosen(&fixture.machine, &disk), "a disk asks for nothing");
	tap_ok(!stack_is_chosen(&fixture.machine, &crypt), "nor does what stands on one");
	tap_ok(!stack_is_chosen(&fixture.machine, &empty), "nor what stands on nothing");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	test_disk();
	test_nested();
	test_choice();
	return tap_done();
}
