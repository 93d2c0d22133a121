/* journal - what was begun is remembered, and only for the same config. */
#include "ignition/journal.h"

#include <errno.h>
#include <fcntl.h>

#include "scratch.h"
#include "tap.h"

static const struct operation_class some_class = { .name = "file.append", .noun = "file" };

static struct plan *make_plan(void)
{
	struct plan *plan = plan_new();

	plan_add(plan, &(struct operation){ .class = &some_class,
					    .phase = "files",
					    .object = "/a",
					    .summary = "append",
					    .log_text = "appending",
					    .receipt = "{\"path\":\"/a\"}" });
	plan_add(plan, &(struct operation){ .class = &some_class,
					    .phase = "files",
					    .object = "/b",
					    .summary = "write",
					    .log_text = "writing" });
	return plan;
}

/* Opens the journal as one run would; false when it refuses. */
static struct journal *open_journal(const struct machine *machine, const char *path,
				    const char *key, struct error *err)
{
	struct journal *journal = NULL;

	return journal_open(&journal, path, machine, key, err) == 0 ? journal : NULL;
}

static void test_lines(const struct scratch *scratch, const struct machine *machine)
{
	AUTO_FREE char *path = scratch_path(scratch, "journal");
	AUTO(plan_free) struct plan *plan = make_plan();
	AUTO(journal_free) struct journal *journal = open_journal(machine, path, "k1", NULL);

	tap_ok(!journal_was_done(journal, "{\"path\":\"/a\"}"), "a new journal knows no receipt");
	tap_int(journal_plan(journal, machine, plan, "files", NULL), 0, "a plan is recorded");
	tap_int(journal_begin(journal, 0, NULL), 0, "its first operation begins");

	AUTO_FREE char *text = scratch_read(scratch, "journal");

	tap_ok(strstr(text, "{\"operation\":{\"index\":1,\"phase\":\"files\","),
	       "operations are listed as the plan prints them");
	tap_ok(strstr(text, "{\"receipt\":{\"path\":\"/a\"}}\n"), "receipts too");
	tap_ok(strstr(text, "{\"begin\":0}\n") && !strstr(text, "{\"done\":0}"),
	       "begun is not done");

	AUTO_FREE char *target = scratch_read(scratch, "etc/.slipway-journal");

	tap_ok(target && strstr(target, "{\"receipt\":{\"path\":\"/a\"}}\n"),
	       "the receipt is in the target before the operation begins");
}

static void test_rerun(const struct scratch *scratch, const struct machine *machine)
{
	AUTO_FREE char *path = scratch_path(scratch, "journal");
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(journal_free) struct journal *other = open_journal(machine, path, "k2", &err);

	tap_ok(!other && err.kind == ERROR_BUSY, "another config is refused while one is begun: %s",
	       err.text ? err.text : "");

	AUTO(journal_free) struct journal *same = open_journal(machine, path, "k1", NULL);

	tap_ok(journal_was_done(same, "{\"path\":\"/a\"}"), "the same config finds its receipt");
	tap_ok(!journal_was_done(same, "{\"path\""), "part of a receipt is none");
	tap_int(journal_complete(same, NULL), 0, "the run is completed");

	AUTO(journal_free) struct journal *next = open_journal(machine, path, "k2", NULL);

	tap_ok(next != NULL, "then another config may begin");
	tap_ok(!journal_was_done(next, "{\"path\":\"/a\"}"), "and does not inherit receipts");
}

static void test_target_only(const struct machine *machine)
{
	AUTO(journal_free) struct journal *journal = open_journal(machine, NULL, "k1", NULL);

	tap_ok(journal_was_done(journal, "{\"path\":\"/a\"}"),
	       "without a journal file the target's receipts are found");
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	struct machine machine = MACHINE_INIT;

	machine.root_fd = open(scratch.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	test_lines(&scratch, &machine);
	test_rerun(&scratch, &machine);
	test_target_only(&machine);
	close(machine.root_fd);
	return tap_done();
}
