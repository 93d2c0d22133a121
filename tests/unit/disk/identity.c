/* identity - which UUID stands for what this provisioning made. */
#include "disk/identity.h"

#include "base/text.h"
#include "tap.h"

#define DRAWN "11111111-2222-4333-a444-555555555555"
#define GIVEN "AAAAAAAA-2222-4333-A444-555555555555"
#define LOWER "aaaaaaaa-2222-4333-a444-555555555555"

static const struct operation_class class = { .name = "luks.format" };

static void settle(const struct history *history, struct slice given, const char *want,
		   const char *label)
{
	char got[REQUEST_UUID_SIZE] = "?";
	int r = identity_settle(history, &class, "/dev/mapper/v", given, got, /* err= */ NULL);

	tap_ok(r == 0, "%s", label);
	if (want)
		tap_str(got, want, "  its text");
	else
		tap_int((int64_t)strspn(got, "0123456789abcdef-"), REQUEST_UUID_SIZE - 1,
			"  a whole one in lower case");
}

static struct history *record(enum operation_progress progress, const char *object)
{
	struct history *history = history_new();
	const struct history_record one = { .class_name = "luks.format",
					    .object = object,
					    .identity = { .uuid = DRAWN } };

	size_t at = history_add(history, &one);

	history->records[at].progress = progress;
	return history;
}

int main(void)
{
	AUTO(history_free) struct history *planned = record(OPERATION_PLANNED, "/dev/mapper/v");
	AUTO(history_free) struct history *begun = record(OPERATION_BEGUN, "/dev/mapper/v");
	AUTO(history_free) struct history *other = record(OPERATION_DONE, "/dev/mapper/w");
	const struct slice none = { NULL, 0 };

	settle(/* history= */ NULL, none, NULL, "the first run draws one");
	settle(other, none, NULL, "so does a run that others were made in");
	settle(planned, none, DRAWN, "what was drawn for a plan is drawn no more");
	settle(begun, none, DRAWN, "nor what was begun");
	settle(/* history= */ NULL, SLICE(GIVEN), "", "one that is given is not ours at first");
	settle(planned, SLICE(GIVEN), "", "nor as long as it was only planned");
	settle(other, SLICE(GIVEN), "", "nor by what became of another");
	settle(begun, SLICE(GIVEN), LOWER, "it is once that was begun");
	return tap_done();
}
