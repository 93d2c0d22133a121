/* journal_history - what the lines of earlier runs add up to. */
#include "ignition/journal_history.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

#define HEADER "{\"slipwayJournal\":1,\"config\":\"k\",\"nonce\":\"0\"}\n"
#define STAGE  "{\"stage\":\"disks\",\"operations\":2}\n"
#define CREATE                                                                                     \
	"{\"operation\":{\"index\":0,\"operation\":\"partition.create\",\"object\":\"/dev/a\","    \
	"\"entry\":3,\"number\":7,\"uuid\":\"AA\"}}\n"
#define MAKE(uuid)                                                                                 \
	"{\"operation\":{\"index\":1,\"operation\":\"filesystem.create\",\"object\":\"/dev/a7\","  \
	"\"uuid\":\"" uuid "\"}}\n"
#define BEGIN(n) "{\"begin\":" #n "}\n"
#define DONE(n)	 "{\"done\":" #n "}\n"

static const struct row {
	const char *label, *text;
	bool want;
	enum operation_progress progress; /* of the filesystem */
	const char *uuid;
} rows[] = {
	{ "nothing happened", "", false, 0, NULL },
	{ "a plan", HEADER STAGE CREATE MAKE("u"), true, OPERATION_PLANNED, "u" },
	{ "begun", HEADER STAGE CREATE MAKE("u") BEGIN(0) DONE(0) BEGIN(1), true, OPERATION_BEGUN,
	  "u" },
	{ "done", STAGE CREATE MAKE("u") BEGIN(1) DONE(1), true, OPERATION_DONE, "u" },
	{ "planned again, not begun again: still begun",
	  STAGE CREATE MAKE("u") BEGIN(1) STAGE CREATE MAKE("v"), true, OPERATION_BEGUN, "v" },
	{ "indices are those of the last plan", STAGE CREATE MAKE("u") STAGE MAKE("u") BEGIN(0),
	  true, OPERATION_BEGUN, "u" },
	{ "done once, then begun anew", STAGE MAKE("u") BEGIN(0) DONE(0) STAGE MAKE("u") BEGIN(0),
	  true, OPERATION_BEGUN, "u" },
	{ "another stage has indices of its own",
	  STAGE CREATE MAKE("u") BEGIN(1) "{\"stage\":\"files\",\"operations\":1}\n" DONE(1), true,
	  OPERATION_BEGUN, "u" },
	{ "a line that was cut off is not there", STAGE CREATE MAKE("u") BEGIN(1) "{\"done\":1",
	  true, OPERATION_BEGUN, "u" },
	{ "nor is an operation", STAGE CREATE "{\"operation\":{\"index\":1,\"oper", false, 0,
	  NULL },
};

static void test_row(const struct row *row)
{
	AUTO(history_free) struct history *history = NULL;
	AUTO(error_done) struct error err = ERROR_INIT;

	tap_int(journal_history_parse(slice_of(row->text), "disks", &history, &err), 0, row->label);

	const struct history_record *record =
		history_find(history, "filesystem.create", "/dev/a7", 0);

	tap_ok(row->want ? record && record->progress == row->progress &&
				   slice_is(slice_of(row->uuid), record->identity.uuid)
			 : !record,
	       "... and that is its record");
}

static void test_identity(void)
{
	AUTO(history_free) struct history *history = NULL;

	journal_history_parse(SLICE(STAGE CREATE), "disks", &history, NULL);

	const struct history_record *record =
		history_find(history, "partition.create", "/dev/a", 3);

	tap_ok(record && record->identity.number == 7 && strcmp(record->identity.uuid, "AA") == 0,
	       "number and GUID come back");
	tap_ok(!history_find(history, "partition.create", "/dev/a", 2), "for that entry only");
	tap_ok(!history_find(history, "partition.create", "/dev/b", 3), "of that disk");
	tap_ok(!history_find(history, "partition.delete", "/dev/a", 3), "and that operation");
	tap_ok(!history_find(NULL, "partition.create", "/dev/a", 3), "without a history: nothing");
}

static void test_damage(void)
{
	AUTO(history_free) struct history *history = NULL;
	AUTO(error_done) struct error err = ERROR_INIT;

	tap_int(journal_history_parse(SLICE(STAGE CREATE BEGIN(1)), "disks", &history, &err),
		-EUCLEAN, "a begin of what was never planned is refused");
	tap_str(err.text, "line 3 is about no operation that was planned", "by line");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	test_identity();
	test_damage();
	return tap_done();
}
