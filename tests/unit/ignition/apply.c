/* apply - what runs side by side, in which order it is told, and what a failure stops. */
#include "ignition/apply.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/command.h"
#include "tap.h"

#define STEPS_MAX 10
#define LONG_MS	  20000

/* What an operation does: a script, or at once what @apply says. */
struct step {
	const char *name, *phase, *resource;
	const char *script; /* NULL: nothing runs */
	int check;	    /* what the check returns */
	int finish;
};

static const struct step *step_of(const struct operation *operation)
{
	return operation->detail;
}

static int check(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	int r = step_of(operation)->check;

	(void)machine;
	(void)observer;
	return r < 0 ? error_set(err, ERROR_BUSY, -r, "in use") : r;
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	(void)operation;
	(void)machine;
	(void)observer;
	(void)err;
	return 0;
}

static int begin(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct command_process **ret,
		 struct error *err)
{
	const char *argv[] = { "sh", "-c", step_of(operation)->script, NULL };

	(void)machine;
	(void)observer;
	return command_start(&(struct command){ .argv = argv, .timeout_ms = LONG_MS }, NULL, ret,
			     err);
}

static int finish(const struct operation *operation, struct machine *machine,
		  const struct event_observer *observer, struct error *err)
{
	int r = step_of(operation)->finish;

	(void)machine;
	(void)observer;
	return r < 0 ? error_set(err, ERROR_SYSTEM, -r, "not finished") : 0;
}

static const struct operation_class at_once = { .name = "a", .noun = "now", .apply = apply };
static const struct operation_class split = {
	.name = "b", .noun = "device", .check = check, .begin = begin, .finish = finish
};

static const struct row {
	const char *label;
	struct step steps[STEPS_MAX];
	const char *want; /* ">a" begins, "~a" is left, "<a" done, "!a" failed */
	const char *error;
} rows[] = {
	{ "different resources run side by side; the shorter ends first",
	  { { "a", "p", "1", "sleep 1.5" }, { "b", "p", "2", "true" } },
	  ">a ~a >b ~b <b <a",
	  NULL },
	{ "the same resource waits",
	  { { "a", "p", "1", "sleep 0.2" }, { "b", "p", "1", "true" } },
	  ">a ~a <a >b ~b <b",
	  NULL },
	{ "what has no resource runs alone",
	  { { "a", "p", "1", "sleep 0.2" }, { "b", "p", NULL, "true" }, { "c", "p", "3", "true" } },
	  ">a ~a <a >b ~b <b >c ~c <c",
	  NULL },
	{ "another phase waits",
	  { { "a", "p", "1", "sleep 0.2" }, { "b", "q", "2", "true" } },
	  ">a ~a <a >b ~b <b",
	  NULL },
	{ "what is done at once waits for those that run",
	  { { "a", "p", "1", "sleep 0.2" }, { "b", "p", "2", NULL } },
	  ">a ~a <a >b <b",
	  NULL },
	{ "what is needless is done at once, beside others",
	  { { "a", "p", "1", "sleep 1.5" },
	    { "b", "p", "2", "false", OPERATION_NEEDLESS },
	    { "c", "p", "3", "sleep 3" } },
	  ">a ~a >b <b >c ~c <a <c",
	  NULL },
	{ "a failure stops what has not begun; what runs is waited for",
	  { { "a", "p", "1", "sleep 1.5" },
	    { "b", "p", "2", "echo broken >&2; exit 3" },
	    { "c", "p", "2", "true" } },
	  ">a ~a >b ~b !b <a",
	  "device b: exit status 3: Cmd: \"sh\" \"-c\" \"echo broken >&2; exit 3\" Stderr: "
	  "\"broken\"" },
	{ "of two failures the first in the plan is told first",
	  { { "a", "p", "1", "sleep 1.5; exit 1" }, { "b", "p", "2", "exit 2" } },
	  ">a ~a >b ~b !b !a",
	  "device a: exit status 1: Cmd: \"sh\" \"-c\" \"sleep 1.5; exit 1\" Stderr: \"\"\n"
	  "device b: exit status 2: Cmd: \"sh\" \"-c\" \"exit 2\" Stderr: \"\"" },
	{ "a check that refuses touches nothing",
	  { { "a", "p", "1", "true", -EBUSY } },
	  ">a !a",
	  "device a: in use" },
	{ "what ended well may fail to be finished",
	  { { "a", "p", "1", "true", 0, -EIO } },
	  ">a ~a !a",
	  "device a: not finished" },
	{ "no more than eight run",
	  { { "a", "p", "1", "sleep 0.5" },
	    { "b", "p", "2", "sleep 1.5" },
	    { "c", "p", "3", "sleep 1.6" },
	    { "d", "p", "4", "sleep 1.7" },
	    { "e", "p", "5", "sleep 1.8" },
	    { "f", "p", "6", "sleep 1.9" },
	    { "g", "p", "7", "sleep 2.0" },
	    { "h", "p", "8", "sleep 2.1" },
	    { "i", "p", "9", "sleep 2.2" } },
	  ">a ~a >b ~b >c ~c >d ~d >e ~e >f ~f >g ~g >h ~h <a >i ~i <b <c <d <e <f <g <h <i",
	  NULL },
};

/* Notes an operation by its kind. */
static void hear(const struct event_observer *observer, const struct event *event)
{
	static const char marks[] = {
		[EVENT_OPERATION_BEGIN] = '>',
		[EVENT_OPERATION_LEAVE] = '~',
		[EVENT_OPERATION_DONE] = '<',
		[EVENT_OPERATION_FAILED] = '!',
	};
	struct text *heard = observer->context;

	if (event->operation && event->kind < sizeof(marks) && marks[event->kind])
		text_printf(heard, "%s%c%s", heard->length ? " " : "", marks[event->kind],
			    event->operation->object);
}

static void test_row(const struct row *row)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(text_done) struct text heard = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct event_observer observer = { .notify = hear, .context = &heard };

	for (const struct step *step = row->steps; step->name; step++)
		plan_add(plan, &(struct operation){ .class = step->script ? &split : &at_once,
						    .phase = step->phase,
						    .object = step->name,
						    .resource = step->resource,
						    .detail = step });

	int r = apply_plan(plan, /* machine= */ NULL, /* journal= */ NULL, "test", &observer, &err);

	tap_str(text_str(&heard), row->want, row->label);
	tap_str(err.text, row->error, "... and that is what it returns");
	tap_ok((r < 0) == (row->error != NULL), "... with %d", r);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	return tap_done();
}
