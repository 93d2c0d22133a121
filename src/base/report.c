#include "base/report.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/utf8.h"

struct report {
	struct arena *arena; /* entries and their texts */
	struct report_entry **entries;
	size_t count;
	size_t capacity;
	size_t errors;
};

static const char *const severity_names[] = {
	[REPORT_INFO] = "info",
	[REPORT_WARNING] = "warning",
	[REPORT_ERROR] = "error",
};

struct report *report_new(void)
{
	struct report *report = xcalloc(1, sizeof(*report));

	report->arena = arena_new();
	return report;
}

void report_free(struct report *report)
{
	if (!report)
		return;
	arena_free(report->arena);
	free(report->entries);
	free(report);
}

static bool is_plain_key(struct slice key)
{
	for (size_t i = 0; i < key.length; i++) {
		char c = key.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-')
			return false;
	}
	return key.length > 0;
}

static void append_step(const struct report_path *step, struct text *upstream, struct text *human)
{
	if (!step->key.data) {
		text_printf(upstream, ".%zu", step->index);
		text_printf(human, "[%zu]", step->index);
		return;
	}
	text_append_char(upstream, '.');
	text_append_slice(upstream, step->key);
	if (is_plain_key(step->key)) {
		text_append_char(human, '.');
		text_append_slice(human, step->key);
	} else {
		text_append_char(human, '[');
		text_append_quoted(human, step->key);
		text_append_char(human, ']');
	}
}

/* The path is linked from its end; both spellings begin at the root. */
static void append_path(const struct report_path *path, struct text *upstream, struct text *human)
{
	size_t depth = 0;

	for (const struct report_path *step = path; step; step = step->parent)
		depth++;

	AUTO_FREE const struct report_path **steps =
		xcalloc(depth + 1, sizeof(struct report_path *));
	size_t at = depth;

	for (const struct report_path *step = path; step; step = step->parent)
		steps[--at] = step;
	text_append_char(upstream, '$');
	text_append_char(human, '$');
	for (; at < depth; at++)
		append_step(steps[at], upstream, human);
}

static const char *keep(struct report *report, const struct text *text)
{
	return arena_strndup(report->arena, text_str(text), text->length);
}

struct report_entry *report_add(struct report *report, enum report_severity severity,
				const struct report_path *path, struct origin origin,
				const char *format, ...)
{
	AUTO(text_done) struct text upstream = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text human = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text message = TEXT_INIT(TEXT_MESSAGE_MAX);
	va_list args;

	append_path(path, &upstream, &human);
	va_start(args, format);
	text_vprintf(&message, format, args);
	va_end(args);

	struct report_entry *entry = arena_alloc(report->arena, sizeof(*entry));

	*entry = (struct report_entry){
		.severity = severity,
		.has_path = true,
		.path = keep(report, &upstream),
		.path_human = keep(report, &human),
		.origin = origin,
		.place = origin,
		.message = keep(report, &message),
	};

	if (report->count == report->capacity) {
		report->capacity = report->capacity ? report->capacity * 2 : 8;
		report->entries = xreallocarray(report->entries, report->capacity,
						sizeof(struct report_entry *));
	}
	report->entries[report->count++] = entry;
	report->errors += severity == REPORT_ERROR;
	return entry;
}

size_t report_count(const struct report *report)
{
	return report->count;
}

const struct report_entry *report_entry_at(const struct report *report, size_t index)
{
	return report->entries[index];
}

void report_set_origin(struct report *report, size_t index, struct origin origin)
{
	report->entries[index]->origin = report->entries[index]->place = origin;
}

bool report_has_errors(const struct report *report)
{
	return report->errors > 0;
}

size_t report_count_of(const struct report *report, enum report_severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		count += report->entries[i]->severity == severity;
	return count;
}

static bool is_same(const struct report_entry *a, const struct report_entry *b)
{
	return a->severity == b->severity && a->place.source == b->place.source &&
	       a->place.line == b->place.line && strcmp(a->message, b->message) == 0;
}

static bool is_said(const struct report *report, size_t count, const struct report_entry *entry)
{
	for (size_t i = 0; i < count; i++)
		if (is_same(report->entries[i], entry))
			return true;
	return false;
}

void report_drop_repeated(struct report *report, size_t first)
{
	size_t kept = first;

	for (size_t i = first; i < report->count; i++) {
		if (is_said(report, kept, report->entries[i]))
			report->errors -= report->entries[i]->severity == REPORT_ERROR;
		else
			report->entries[kept++] = report->entries[i];
	}
	report->count = kept;
}

const char *report_severity_name(enum report_severity severity)
{
	return severity_names[severity];
}

struct arena *report_arena(struct report *report)
{
	return report->arena;
}

/* The root alone says nothing: upstream does not print it. */
static bool has_steps(const struct report_entry *entry)
{
	return entry->has_path && entry->path[1];
}

void report_render_upstream(const struct report_entry *entry, struct text *out)
{
	bool has_position = entry->past_end || entry->origin.line;
	uint32_t line = entry->past_end ? 0 : entry->origin.line;
	uint32_t column = entry->past_end ? 0 : entry->origin.column;

	text_append_str(out, severity_names[entry->severity]);
	if (has_steps(entry) || has_position)
		text_append_str(out, " at ");
	if (has_steps(entry))
		text_append_str(out, entry->path);
	if (has_steps(entry) && has_position)
		text_append_str(out, ", ");
	if (has_position)
		text_printf(out, "line %" PRIu32 " col %" PRIu32, line, column);
	text_append_str(out, ": ");
	text_append_str(out, entry->message);
}

/* Characters that would move the cursor, end the line, or reorder what follows them. */
static bool is_disturbing(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7f && rune <= 0x9f) ||
	       (rune >= 0x202a && rune <= 0x202e) || (rune >= 0x2066 && rune <= 0x2069) ||
	       rune == 0x2028 || rune == 0x2029 || rune == 0x200e || rune == 0x200f;
}

/* The first character of @in, or a dot for what would disturb a terminal; bytes it takes. */
static size_t append_visible(struct text *out, struct slice in)
{
	uint32_t rune = 0;
	size_t width = utf8_decode(in, &rune);

	if (rune == '\t' && width)
		text_append_char(out, ' ');
	else if (width == 0 || is_disturbing(rune))
		text_append_char(out, '.');
	else
		text_append(out, in.data, width);
	return width ? width : 1;
}

static void append_visible_all(struct text *out, struct slice in)
{
	while (in.length)
		in = slice_from(in, append_visible(out, in));
}

/* Bytes of a source line that are shown, so that it fits a terminal of 100 columns. */
#define EXCERPT_BYTES 90
#define ELLIPSIS      "..."
#define INDENT	      "  "

/* The part of @line that is shown: [*ret_start, *ret_end), with byte @caret inside or at its end.
 */
static void choose_excerpt(struct slice line, size_t caret, size_t *ret_start, size_t *ret_end)
{
	size_t start = 0;

	if (line.length > EXCERPT_BYTES && caret > EXCERPT_BYTES / 2)
		start = caret - EXCERPT_BYTES / 2;
	if (start && start + EXCERPT_BYTES > line.length)
		start = line.length - EXCERPT_BYTES;
	/* Not in the middle of a character: its other bytes are 10xxxxxx. */
	for (int i = 1; i < UTF8_BYTES_MAX && start && start < caret; i++)
		start += ((unsigned char)line.data[start] & 0xc0) == 0x80;
	*ret_start = start;
	*ret_end = line.length - start > EXCERPT_BYTES ? start + EXCERPT_BYTES : line.length;
}

static void append_excerpt(struct text *out, struct slice line, size_t caret)
{
	size_t start = 0, end = 0, columns = 0;

	if (caret > line.length)
		caret = line.length;
	choose_excerpt(line, caret, &start, &end);
	text_append_str(out, start ? INDENT ELLIPSIS : INDENT);
	for (size_t at = start; at < end;) {
		columns += at < caret;
		at += append_visible(out, slice_from(line, at));
	}
	text_append_str(out, end < line.length ? ELLIPSIS "\n" INDENT : "\n" INDENT);
	if (start)
		columns += strlen(ELLIPSIS);
	text_printf(out, "%*s^\n", (int)columns, "");
}

static void append_place(struct text *out, struct origin origin)
{
	if (!origin.source)
		return;
	append_visible_all(out, slice_of(source_name(origin.source)));
	if (origin.line)
		text_printf(out, ":%" PRIu32 ":%" PRIu32, origin.line, origin.column);
	text_append_str(out, ": ");
}

void report_render_human(const struct report_entry *entry, struct text *out)
{
	struct origin origin = entry->place;
	struct slice line = { NULL, 0 };

	append_place(out, origin);
	text_printf(out, "%s: ", severity_names[entry->severity]);
	if (has_steps(entry)) {
		append_visible_all(out, slice_of(entry->path_human));
		text_append_str(out, ": ");
	}
	append_visible_all(out, slice_of(entry->message));
	if (entry->rule)
		text_printf(out, " [%s]", entry->rule);
	text_append_char(out, '\n');

	if (origin.source && origin.line)
		line = source_line(origin.source, origin.line);
	if (slice_ends(line, "\r"))
		line.length--;
	if (line.data && slice_trim(line).length && origin.column)
		append_excerpt(out, line, origin.column - 1);
	if (entry->hint) {
		text_append_str(out, INDENT "hint: ");
		append_visible_all(out, slice_of(entry->hint));
		text_append_char(out, '\n');
	}
}

static void append_json_value(struct text *out, const char *before, const char *value)
{
	text_append_str(out, before);
	if (value)
		text_append_json(out, slice_of(value));
	else
		text_append_str(out, "null");
}

static void append_json_entry(struct text *out, const struct report_entry *entry)
{
	const struct source *source = entry->place.source;

	append_json_value(out, "{\"severity\":", severity_names[entry->severity]);
	append_json_value(out, ",\"path\":", entry->has_path ? entry->path : NULL);
	append_json_value(out, ",\"file\":", source ? source_name(source) : NULL);
	if (entry->place.line)
		text_printf(out, ",\"line\":%" PRIu32 ",\"column\":%" PRIu32, entry->place.line,
			    entry->place.column);
	else
		text_append_str(out, ",\"line\":null,\"column\":null");
	append_json_value(out, ",\"message\":", entry->message);
	append_json_value(out, ",\"hint\":", entry->hint);
	append_json_value(out, ",\"rule\":", entry->rule);
	text_append_char(out, '}');
}

int report_render_json(const struct report *report, struct text *out)
{
	/* No ceiling here: what is in memory can be copied, and half an array is worth nothing. */
	AUTO(text_done) struct text json = TEXT_INIT(SIZE_MAX / 2);

	text_append_char(&json, '[');
	for (size_t i = 0; i < report->count; i++) {
		if (i)
			text_append_char(&json, ',');
		append_json_entry(&json, report->entries[i]);
	}
	text_append_char(&json, ']');
	return text_append_slice(out, text_slice(&json));
}
