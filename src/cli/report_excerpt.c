#include "cli/report_excerpt.h"

#include <inttypes.h>

#define LINES_AROUND 2

static const char reset[] = "\033[0m";

static const struct {
	const char *name;
	const char *colour; /* bold blue, yellow, red */
} severities[] = {
	[REPORT_INFO] = { "info", "\033[1;34m" },
	[REPORT_WARNING] = { "warning", "\033[1;33m" },
	[REPORT_ERROR] = { "error", "\033[1;31m" },
};

/* One entry while it is printed. */
struct excerpt {
	const struct report_entry *entry;
	enum report_colour colour;
	struct text *out;
	int width; /* of the largest line number */
};

static void append_coloured(const struct excerpt *excerpt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append_coloured(const struct excerpt *excerpt, const char *format, ...)
{
	va_list args;

	if (excerpt->colour == REPORT_COLOURED)
		text_append_str(excerpt->out, severities[excerpt->entry->severity].colour);
	va_start(args, format);
	text_vprintf(excerpt->out, format, args);
	va_end(args);
	if (excerpt->colour == REPORT_COLOURED)
		text_append_str(excerpt->out, reset);
}

/* @line as a terminal may see it: no control characters, no password. */
static void append_shown(struct text *out, struct slice line)
{
	static const char secret[] = "password_hash:";
	const char *found =
		line.length ? memmem(line.data, line.length, secret, strlen(secret)) : NULL;
	const size_t shown = found ? (size_t)(found - line.data) + strlen(secret) : line.length;

	for (size_t i = 0; i < shown; i++) {
		const unsigned char c = (unsigned char)line.data[i];
		const bool is_control = (c < ' ' && c != '\t') || c == 0x7f;

		if (is_control)
			text_append_char(out, '.');
		else
			text_append_char(out, line.data[i]);
	}
	if (shown < line.length)
		text_append_str(out, " ***");
}

static struct slice line_at(const struct excerpt *excerpt, uint32_t number)
{
	struct slice line = source_line(excerpt->entry->place.source, number);

	if (line.length && line.data[line.length - 1] == '\r')
		line.length--;
	return line;
}

static void append_line(const struct excerpt *excerpt, uint32_t number)
{
	text_printf(excerpt->out, " %*" PRIu32 " | ", excerpt->width, number);
	append_shown(excerpt->out, line_at(excerpt, number));
	text_append_char(excerpt->out, '\n');
}

/* Below the place; tabs stay, so that carets stand where the terminal puts the letters. */
static void append_carets(const struct excerpt *excerpt)
{
	const struct report_entry *entry = excerpt->entry;
	const struct slice line = line_at(excerpt, entry->place.line);
	const size_t column = entry->place.column ? entry->place.column - 1 : 0;
	const size_t room = line.length > column ? line.length - column : 1;
	size_t count = entry->length ? entry->length : 1;
	AUTO(text_done) struct text carets = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(excerpt->out, " %*s | ", excerpt->width, "");
	for (size_t i = 0; i < column; i++) {
		const bool is_tab = i < line.length && line.data[i] == '\t';
		/* The bytes of a letter behind its first take no room. */
		const bool is_rest = i < line.length && (line.data[i] & 0xc0) == 0x80;

		if (!is_rest)
			text_append_char(excerpt->out, is_tab ? '\t' : ' ');
	}
	for (count = count < room ? count : room; count; count--)
		text_append_char(&carets, '^');
	append_coloured(excerpt, "%s %s", text_str(&carets), entry->message);
	text_append_char(excerpt->out, '\n');
}

static int digits_of(uint32_t number)
{
	int digits = 1;

	for (; number >= 10; number /= 10)
		digits++;
	return digits;
}

static void append_lines(struct excerpt *excerpt)
{
	const struct report_entry *entry = excerpt->entry;
	const uint32_t line = entry->place.line;
	const uint32_t first = line > LINES_AROUND ? line - LINES_AROUND : 1;
	uint32_t last = line;

	while (last < line + LINES_AROUND && source_line(entry->place.source, last + 1).data)
		last++;
	excerpt->width = digits_of(last);
	text_printf(excerpt->out, "%*s--> %s:%" PRIu32 ":%" PRIu32 "\n", excerpt->width + 1, "",
		    source_name(entry->place.source), line, entry->place.column);
	text_printf(excerpt->out, " %*s |\n", excerpt->width, "");
	for (uint32_t number = first; number <= last; number++) {
		append_line(excerpt, number);
		if (number == line)
			append_carets(excerpt);
	}
	text_printf(excerpt->out, " %*s |\n", excerpt->width, "");
}

void report_render_excerpt(const struct report_entry *entry, enum report_colour colour,
			   struct text *out)
{
	struct excerpt excerpt = { .entry = entry, .colour = colour, .out = out };
	const bool is_placed = entry->place.source && entry->place.line &&
			       source_line(entry->place.source, entry->place.line).data;

	append_coloured(&excerpt, "%s", severities[entry->severity].name);
	if (entry->has_path)
		text_printf(out, "[%s]", entry->path);
	text_printf(out, ":%s%s\n", is_placed ? "" : " ", is_placed ? "" : entry->message);
	if (is_placed)
		append_lines(&excerpt);
	if (entry->hint)
		text_printf(out, " %*s = hint: %s\n", excerpt.width, "", entry->hint);
}
