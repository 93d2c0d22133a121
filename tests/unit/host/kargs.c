/* kargs - the words for the distribution's helper, and what is made of how it ends. */
#include "host/kargs.h"

#include <errno.h>

#include "target.h"

/* Writes its words and variables; ends as the file "status" says. */
static const char helper[] = "#!/bin/sh\n"
			     "here=${0%/*}\n"
			     "for word; do printf '[%s]' \"$word\"; done >$here/words\n"
			     "printf '%s %s %s\\n' \"$PLATFORM_ID\" \"$OEM_ID\" \"$HOME\" "
			     ">$here/variables\n"
			     "cat $here/message >&2\n"
			     "exit $(cat $here/status)\n";

static const struct slice adding[] = { SLICE("quiet"), SLICE("a b=\"c d\"") };
static const struct slice removing[] = { SLICE("nomodeset") };

static const struct row {
	const char *label;
	struct kargs_request request;
	const char *line;
	const char *words;
} rows[] = {
	{ "arguments that shall exist come first, each one word",
	  { .should_exist = adding,
	    .should_exist_count = 2,
	    .should_not_exist = removing,
	    .should_not_exist_count = 1 },
	  "kernel arguments: add \"quiet\", add \"a b=\\\"c d\\\"\", remove \"nomodeset\"",
	  "[--should-exist][quiet][--should-exist][a b=\"c d\"][--should-not-exist][nomodeset]" },
	{ "arguments that shall go need no others",
	  { .should_not_exist = removing, .should_not_exist_count = 1 },
	  "kernel arguments: remove \"nomodeset\"",
	  "[--should-not-exist][nomodeset]" },
};

/* A helper first in PATH; "place" is a directory of the target. */
static void place_helper(const struct target *target, const char *status, const char *message)
{
	int root_fd = target->machine.root_fd;
	AUTO_FREE char *path = xasprintf("%s/place:/usr/bin:/bin", target->machine.root_path);

	setenv("PATH", path, 1);
	target_make(target, &(struct made){ 'f', "/place/" KARGS_HELPER, helper, 0755 });
	root_replace(root_fd, "/place/status", slice_of(status), 0644, ROOT_VOLATILE, NULL);
	root_replace(root_fd, "/place/message", slice_of(message), 0644, ROOT_VOLATILE, NULL);
}

static char *read_back(const struct target *target, const char *path)
{
	char *text = NULL;
	size_t length = 0;

	return root_read(target->machine.root_fd, path, 4096, &text, &length, NULL) < 0
		       ? xstrdup("")
		       : text;
}

static void test_row(const struct row *row)
{
	AUTO(target_done) struct target target;
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;

	target_init(&target, NULL);
	place_helper(&target, "0", "");
	host_plan_kargs(plan, &row->request);
	tap_int((int64_t)plan->count, 1, row->label);
	plan_append_line(&plan->operations[0], &line);
	tap_str(text_str(&line), row->line, "shown");
	tap_int(apply_plan(plan, &target.machine, &err), 0, "carried out");

	AUTO_FREE char *words = read_back(&target, "/place/words");

	tap_str(words, row->words, "by these words");
}

static void test_nothing(void)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	const struct kargs_request request = { .should_exist = NULL };

	host_plan_kargs(plan, &request);
	tap_int((int64_t)plan->count, 0, "nothing asked for, nobody called");
}

static void test_variables(void)
{
	AUTO(target_done) struct target target;
	AUTO(plan_free) struct plan *plan = plan_new();

	target_init(&target, NULL);
	place_helper(&target, "0", "");
	setenv("PLATFORM_ID", "qemu", 1);
	setenv("OEM_ID", "pxe", 1);
	setenv("HOME", "/somewhere", 1);
	host_plan_kargs(plan, &rows[0].request);
	tap_int(apply_plan(plan, &target.machine, NULL), 0, "with variables set");

	AUTO_FREE char *variables = read_back(&target, "/place/variables");

	tap_str(variables, "qemu pxe \n", "the helper hears the platform, and nothing else");
}

static void test_failures(void)
{
	AUTO(target_done) struct target target;
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(error_done) struct error missing = ERROR_INIT;

	target_init(&target, NULL);
	place_helper(&target, "1", "no boot loader\n");
	host_plan_kargs(plan, &rows[1].request);
	tap_int(apply_plan(plan, &target.machine, &err), -ECANCELED, "a helper that fails");
	tap_ok(err.kind == ERROR_SYSTEM && strstr(err.text, "no boot loader"), "says why: %s",
	       err.text);
	root_remove_tree(target.machine.root_fd, "/place/" KARGS_HELPER, NULL);
	tap_int(apply_plan(plan, &target.machine, &missing), -ENOENT, "no helper");
	tap_str(missing.text,
		"kernel arguments need the distribution's helper: program ignition-kargs-helper "
		"is not in PATH",
		"is named");
}

static const struct {
	const char *label;
	const char *arguments; /* NULL: unknown */
	const char *add, *remove;
	const char *line; /* "": no operation */
} pending_rows[] = {
	{ "an argument that is there is not added", "ro quiet\n", "quiet", NULL, "" },
	{ "nor the first one", "quiet ro", "quiet", NULL, "" },
	{ "nor the only one", "quiet", "quiet", NULL, "" },
	{ "one that only begins so is another one", "quiet2 ro", "quiet", NULL,
	  "kernel arguments: add \"quiet\"" },
	{ "one that only ends so is another one", "xquiet ro", "quiet", NULL,
	  "kernel arguments: add \"quiet\"" },
	{ "behind such one it is found", "xquiet quiet", "quiet", NULL, "" },
	{ "words with spaces are one argument", "x a b y", "a b", NULL, "" },
	{ "a value counts", "a=1", "a=2", NULL, "kernel arguments: add \"a=2\"" },
	{ "one that is there is removed", "ro quiet", NULL, "quiet",
	  "kernel arguments: remove \"quiet\"" },
	{ "one that is not there is not removed", "ro", NULL, "quiet", "" },
	{ "of two only the one that is pending", "ro quiet", "quiet", "ro",
	  "kernel arguments: remove \"ro\"" },
	{ "without arguments all is added", "", "quiet", "ro", "kernel arguments: add \"quiet\"" },
	{ "unknown arguments leave all pending", NULL, "quiet", "ro",
	  "kernel arguments: add \"quiet\", remove \"ro\"" },
};

static void test_pending(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(pending_rows); i++) {
		AUTO(plan_free) struct plan *plan = plan_new();
		AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);
		const struct slice add = slice_of(pending_rows[i].add);
		const struct slice gone = slice_of(pending_rows[i].remove);
		const struct kargs_request request = {
			.should_exist = &add,
			.should_exist_count = add.data ? 1 : 0,
			.should_not_exist = &gone,
			.should_not_exist_count = gone.data ? 1 : 0,
		};
		const struct kargs_request pending =
			kargs_pending(&request, slice_of(pending_rows[i].arguments), plan->arena);

		host_plan_kargs(plan, &pending);
		if (plan->count)
			plan_append_line(&plan->operations[0], &line);
		tap_str(text_str(&line), pending_rows[i].line, pending_rows[i].label);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	test_nothing();
	test_pending();
	test_variables();
	test_failures();
	return tap_done();
}
