/* Rate and time left, as each reader gets them. */
#include "installer/progress.h"

#include <stdlib.h>

#include "base/scope.h"
#include "tap.h"

#define MIB ((uint64_t)1 << 20)

struct report {
	uint64_t done;
	int64_t now_ms;
	bool is_last;
};

static void check(enum progress_style style, const struct report *reports, size_t count,
		  const char *want, const char *label)
{
	AUTO_FREE char *got = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&got, &length);
	struct progress progress = PROGRESS_INIT(style, out);

	for (size_t i = 0; i < count; i++)
		progress_report(&progress,
				&(struct event){ .kind = EVENT_PROGRESS,
						 .text = "/dev/x",
						 .done = reports[i].done,
						 .total = 400 * MIB,
						 .is_last = reports[i].is_last },
				reports[i].now_ms);
	progress_break(&progress);
	fclose(out);
	tap_str(got, want, label);
}

int main(void)
{
	static const struct report run[] = {
		{ 0, 1000, false },	    { 10 * MIB, 1100, false }, { 100 * MIB, 2000, false },
		{ 300 * MIB, 7000, false }, { 400 * MIB, 9000, true },
	};
	enum progress_style style = PROGRESS_NONE;

	check(PROGRESS_LINES, run, ARRAY_SIZE(run),
	      "Written 0 B of 400 MiB (0%)\n"
	      "Written 300 MiB of 400 MiB (75%), 50 MiB/s, 2 s left\n"
	      "Written 400 MiB of 400 MiB (100%), 50 MiB/s\n",
	      "a log has a line every 5 seconds");
	check(PROGRESS_JSON, run, 3,
	      "{\"what\":\"/dev/x\",\"done\":0,\"total\":419430400,\"finished\":false}\n"
	      "{\"what\":\"/dev/x\",\"done\":104857600,\"total\":419430400,\"bytesPerSecond\":"
	      "104857600,\"secondsLeft\":3,\"finished\":false}\n",
	      "JSON has one every second");
	check(PROGRESS_TERMINAL, run, 2, "\rWritten 0 B of 400 MiB (0%)\033[K\n",
	      "a terminal keeps one line, which ends");
	check(PROGRESS_NONE, run, ARRAY_SIZE(run), "", "nothing is nothing");
	tap_ok(progress_parse_style("json", stdout, &style) && style == PROGRESS_JSON, "json");
	tap_ok(!progress_parse_style("yaml", stdout, &style), "yaml is none");
	return tap_done();
}
