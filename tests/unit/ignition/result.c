/* result - the report of a run, and those of runs before it. */
#include "ignition/result.h"

#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "scratch.h"
#include "tap.h"

struct heard {
	unsigned warnings;
};

static void hear(const struct event_observer *observer, const struct event *event)
{
	struct heard *heard = observer->context;

	heard->warnings += event->kind == EVENT_MESSAGE && event->level == EVENT_WARNING;
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(state_free) struct state *state = state_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	struct heard heard = { .warnings = 0 };
	const struct event_observer observer = { .notify = hear, .context = &heard };
	struct machine machine = MACHINE_INIT;

	/* No is-live-image there: an earlier report is then embedded. */
	setenv("PATH", scratch.path, 1);
	machine.host_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	machine.root_fd = open(scratch.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	machine.root_path = xstrdup(scratch.path);

	tap_int(result_write(&machine, state, RESULT_OF_BOOT, &observer, NULL), 0,
		"a first report is written");

	AUTO_FREE char *first = scratch_read(&scratch, "etc/.ignition-result.json");

	tap_ok(first && strstr(first, "{\n  \"provisioningBootID\": \"") == first,
	       "it begins with the boot id");
	tap_ok(strstr(first, "\"userConfigProvided\": false\n}\n"), "and knows no user config");
	tap_int(heard.warnings, 0, "without a warning");

	scratch_write(&scratch, "etc/.ignition-result.json",
		      "{\"a\":0,\"z\":[1,{}],\"a\":\"<\",\"b\":{\"d\":null,\"c\":true},\"l\":[]}");
	state_add_config(state, "user", "file", false);
	tap_int(result_write(&machine, state, RESULT_OF_BOOT, &observer, NULL), 0, "a second one");

	AUTO_FREE char *second = scratch_read(&scratch, "etc/.ignition-result.json");

	tap_ok(strstr(second, "  \"userConfigProvided\": true,\n"
			      "  \"previousReport\": {\n"
			      "    \"a\": \"\\u003c\",\n"
			      "    \"b\": {\n"
			      "      \"c\": true,\n"
			      "      \"d\": null\n"
			      "    },\n"
			      "    \"l\": [],\n"
			      "    \"z\": [\n"
			      "      1,\n"
			      "      {}\n"
			      "    ]\n"
			      "  }\n}\n"),
	       "embeds the earlier one, keys in order:\n# %s", second);
	tap_int(heard.warnings, 1, "with a warning");

	scratch_write(&scratch, "etc/.ignition-result.json", "not json");
	tap_int(result_write(&machine, state, RESULT_OF_BOOT, &observer, &err), -EINVAL,
		"an earlier report that is no JSON ends the run");
	machine_done(&machine);
	return tap_done();
}
