/* resize - what a resize came to, in words and as JSON; what can be told without a disk. */
#include "resize/resize.h"

#include <errno.h>

#include "fixture.h"
#include "tap.h"

static int apply_well(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	(void)operation;
	(void)machine;
	(void)observer;
	(void)err;
	return 0;
}

static int apply_badly(const struct operation *operation, struct machine *machine,
		       const struct event_observer *observer, struct error *err)
{
	(void)machine;
	(void)observer;
	return error_set(err, ERROR_SYSTEM, EIO, "%s broke", operation->object);
}

static int apply_never(const struct operation *operation, struct machine *machine,
		       const struct event_observer *observer, struct error *err)
{
	(void)machine;
	(void)observer;
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "%s cannot", operation->object);
}

static const struct operation_class well = { "test.well", "thing", .apply = apply_well };
static const struct operation_class badly = { "test.badly", "thing", .apply = apply_badly };
static const struct operation_class never = { "test.never", "thing", .apply = apply_never };

static const struct row {
	const char *label;
	const struct operation_class *classes[3];
	const char *want;
	bool want_failure;
} rows[] = {
	{ "nothing to do", { NULL }, "/: unchanged\n", false },
	{ "all of it done", { &well, &well }, "/: changed\n  thing x: y\n  thing x: y\n", false },
	{ "a failure ends it",
	  { &well, &badly, &well },
	  "/: failed: x broke\n  thing x: y\n  not done: thing x: y\n  not done: thing x: y\n",
	  true },
	{ "what cannot be done is no failure",
	  { &well, &never },
	  "/: skipped: x cannot\n  thing x: y\n  not done: thing x: y\n",
	  false },
};

static void add_item(struct resize *resize, const struct operation_class *const classes[3])
{
	struct resize_item item = { .name = xstrdup("/"), .first = resize->work.plan->count };

	for (size_t i = 0; i < 3 && classes[i]; i++) {
		const struct operation operation = { .class = classes[i],
						     .phase = "test",
						     .object = "x",
						     .summary = "y",
						     .log_text = "z" };

		plan_add(resize->work.plan, &operation);
		item.count++;
	}
	item.result = item.count ? RESIZE_PLANNED : RESIZE_UNCHANGED;
	resize->items = xreallocarray(resize->items, resize->count + 1, sizeof(item));
	resize->items[resize->count++] = item;
}

static void test_row(const struct row *row)
{
	AUTO(resize_done) struct resize resize = { .work = { .plan = plan_new() } };
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	add_item(&resize, row->classes);
	resize_apply(&resize);
	resize_append_text(&resize, &out);
	tap_str(text_str(&out), row->want, row->label);
	tap_ok(resize_has_failed(&resize) == row->want_failure, "and its status: %s", row->label);
}

/* One that fails does not keep the next from growing. */
static void test_two(void)
{
	static const struct operation_class *const first[3] = { &badly };
	static const struct operation_class *const second[3] = { &well };
	AUTO(resize_done) struct resize resize = { .work = { .plan = plan_new() } };
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	add_item(&resize, first);
	add_item(&resize, second);
	resize_apply(&resize);
	resize_append_json(&resize, &out);
	tap_str(text_str(&out),
		"{\"items\":[{\"name\":\"/\",\"result\":\"failed\",\"reason\":\"x "
		"broke\",\"done\":0,"
		"\"operations\":[{\"index\":0,\"phase\":\"test\",\"operation\":\"test.badly\","
		"\"object\":\"x\",\"summary\":\"y\",\"origin\":null}]},"
		"{\"name\":\"/\",\"result\":\"changed\",\"reason\":null,\"done\":1,"
		"\"operations\":[{\"index\":1,\"phase\":\"test\",\"operation\":\"test.well\","
		"\"object\":\"x\",\"summary\":\"y\",\"origin\":null}]}]}\n",
		"a failure leaves the others; both as JSON");
}

static void test_planned(void)
{
	static const struct operation_class *const classes[3] = { &well };
	AUTO(resize_done) struct resize resize = { .work = { .plan = plan_new() } };
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	add_item(&resize, classes);
	resize_append_text(&resize, &out);
	tap_str(text_str(&out), "/: planned\n  thing x: y\n", "a plan that was not carried out");
}

static void test_nothing_asks(void)
{
	static const struct resize_options options = { .target = NULL };
	AUTO(fixture_done) struct fixture fixture;
	AUTO(resize_done) struct resize resize = { .count = 0 };

	fixture_init(&fixture);
	fixture_write(&fixture, "proc/self/mountinfo",
		      "24 20 0:30 / /tmp rw - tmpfs tmpfs rw\n"
		      "25 20 8:9 / / rw - ext4 /dev/nothing rw\n");
	tap_int(resize_plan(&fixture.machine, &options, /* observer= */ NULL, &resize,
			    /* err= */ NULL),
		0, "mounts that do not ask, or have no device, are passed over");
	tap_int((int64_t)resize.count, 0, "and are no items");
}

static const struct {
	const char *label, *target;
	unsigned partition;
	const char *want; /* behind the target */
} refusals[] = {
	{ "what is not there", "gone", 0, ": No such file or directory" },
	{ "a directory with a number", "directory", 1,
	  "--partition belongs to a disk or an image file, and " },
	{ "a directory that is no mount point", "directory", 0, "nothing is mounted on " },
	{ "a file that is no image", "file", 0, " asks to be grown; say which with --partition" },
};

static void test_refusal(size_t i)
{
	AUTO(fixture_done) struct fixture fixture;
	AUTO(resize_done) struct resize resize = { .count = 0 };
	AUTO(error_done) struct error err = ERROR_INIT;

	fixture_init(&fixture);
	fixture_write(&fixture, "proc/self/mountinfo", "24 20 0:30 / /tmp rw - tmpfs tmpfs rw\n");
	fixture_write(&fixture, "directory/x", "");
	fixture_write(&fixture, "file", "text");

	AUTO_FREE char *target = scratch_path(&fixture.scratch, refusals[i].target);
	const struct resize_options options = { .target = target,
						.partition = refusals[i].partition };
	int r = resize_plan(&fixture.machine, &options, /* observer= */ NULL, &resize, &err);

	tap_ok(r < 0 && strstr(err.text, refusals[i].want) && strstr(err.text, target), "%s: %s",
	       refusals[i].label, err.text);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	test_two();
	test_planned();
	test_nothing_asks();
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		test_refusal(i);
	return tap_done();
}
