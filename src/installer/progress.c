#include "installer/progress.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/text.h"

/* On a terminal a line changes this often, in a log there is a new one this often. */
#define TERMINAL_MS   200
#define LINES_MS      5000
#define JSON_MS	      1000
#define MS_PER_SECOND 1000
#define PERCENT	      100
#define LINE_MAX      512
#define SIZE_TEXT_MAX 64
#define SECONDS_SHORT 100

static const int64_t intervals[] = {
	[PROGRESS_TERMINAL] = TERMINAL_MS,
	[PROGRESS_LINES] = LINES_MS,
	[PROGRESS_JSON] = JSON_MS,
	[PROGRESS_NONE] = INT64_MAX,
};
_Static_assert(ARRAY_SIZE(intervals) == PROGRESS_STYLE_COUNT, "every style has an interval");

/* What follows from bytes and times. */
struct pace {
	uint64_t bytes_per_second; /* 0: it is not known yet */
	int64_t left_s;		   /* -1: likewise */
};

static struct pace pace_of(const struct progress *progress, const struct event *event,
			   int64_t now_ms)
{
	const uint64_t passed_ms = (uint64_t)(now_ms - progress->began_ms);
	struct pace pace = { .left_s = -1 };

	if (passed_ms < TERMINAL_MS || event->done <= progress->began)
		return pace;
	pace.bytes_per_second = (event->done - progress->began) * MS_PER_SECOND / passed_ms;
	if (pace.bytes_per_second && event->total >= event->done)
		pace.left_s = (int64_t)((event->total - event->done) / pace.bytes_per_second);
	return pace;
}

static void append_size(struct text *line, uint64_t bytes)
{
	AUTO(text_done) struct text size = TEXT_INIT(SIZE_TEXT_MAX);

	number_append_size(&size, bytes);
	text_append_slice(line, text_slice(&size));
}

static void append_left(struct text *line, int64_t left_s)
{
	if (left_s < SECONDS_SHORT)
		text_printf(line, ", %" PRId64 " s left", left_s);
	else
		text_printf(line, ", %" PRId64 " min left", (left_s + 30) / 60);
}

/* "Written 1.2 GiB of 4.4 GiB (27%), 180 MiB/s, 18 s left" */
static void append_words(struct text *line, const struct event *event, const struct pace *pace)
{
	text_append_str(line, "Written ");
	append_size(line, event->done);
	if (event->total) {
		text_append_str(line, " of ");
		append_size(line, event->total);
		text_printf(line, " (%" PRIu64 "%%)", event->done / (event->total / PERCENT ?: 1));
	}
	if (pace->bytes_per_second) {
		text_append_str(line, ", ");
		append_size(line, pace->bytes_per_second);
		text_append_str(line, "/s");
	}
	if (pace->left_s >= 0 && !event->is_last)
		append_left(line, pace->left_s);
}

static void append_object(struct text *line, const struct event *event, const struct pace *pace)
{
	text_append_str(line, "{\"what\":");
	text_append_json(line, slice_of(event->text));
	text_printf(line, ",\"done\":%" PRIu64, event->done);
	if (event->total)
		text_printf(line, ",\"total\":%" PRIu64, event->total);
	if (pace->bytes_per_second)
		text_printf(line, ",\"bytesPerSecond\":%" PRIu64, pace->bytes_per_second);
	if (pace->left_s >= 0)
		text_printf(line, ",\"secondsLeft\":%" PRId64, pace->left_s);
	text_printf(line, ",\"finished\":%s}", event->is_last ? "true" : "false");
}

static bool is_time(struct progress *progress, const struct event *event, int64_t now_ms)
{
	const bool is_first = progress->began_ms < 0;

	if (is_first) {
		progress->began_ms = now_ms;
		progress->began = event->done;
		progress->said_ms = now_ms;
	}
	return event->is_last || is_first ||
	       now_ms - progress->said_ms >= intervals[progress->style];
}

void progress_report(struct progress *progress, const struct event *event, int64_t now_ms)
{
	AUTO(text_done) struct text line = TEXT_INIT(LINE_MAX);

	if (progress->style == PROGRESS_NONE || !is_time(progress, event, now_ms))
		return;

	const struct pace pace = pace_of(progress, event, now_ms);

	progress->said_ms = now_ms;
	if (progress->style == PROGRESS_JSON)
		append_object(&line, event, &pace);
	else
		append_words(&line, event, &pace);
	if (progress->style != PROGRESS_TERMINAL) {
		fprintf(progress->out, "%s\n", text_str(&line));
		fflush(progress->out);
		return;
	}
	/* ECMA-48, EL: what was longer before is erased. */
	fprintf(progress->out, "\r%s\033[K", text_str(&line));
	progress->is_line_open = true;
	if (event->is_last)
		progress_break(progress);
	fflush(progress->out);
}

void progress_break(struct progress *progress)
{
	if (progress->is_line_open)
		fputc('\n', progress->out);
	progress->is_line_open = false;
}

bool progress_parse_style(const char *name, FILE *out, enum progress_style *ret)
{
	static const struct {
		const char *name;
		enum progress_style style;
	} styles[] = {
		{ "json", PROGRESS_JSON },
		{ "plain", PROGRESS_LINES },
		{ "none", PROGRESS_NONE },
	};

	if (strcmp(name, "auto") == 0) {
		*ret = isatty(fileno(out)) ? PROGRESS_TERMINAL : PROGRESS_LINES;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(styles); i++) {
		if (strcmp(name, styles[i].name) != 0)
			continue;
		*ret = styles[i].style;
		return true;
	}
	return false;
}
