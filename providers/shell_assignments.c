#include "providers/shell_assignments.h"

#include <ctype.h>
#include <errno.h>

#define END (-1)

static int peek(const struct shell_reader *reader)
{
	return reader->rest.length ? (unsigned char)reader->rest.data[0] : END;
}

static int take(struct shell_reader *reader)
{
	int c = peek(reader);

	reader->line += c == '\n';
	reader->rest = slice_from(reader->rest, c == END ? 0 : 1);
	return c;
}

static int refuse(const struct shell_reader *reader, const char *what, struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL, "line %u: %s", reader->line, what);
}

static int append(struct text *value, int c, const struct shell_reader *reader, struct error *err)
{
	if (c == '\0')
		return refuse(reader, "a NUL byte", err);
	return text_append_char(value, (char)c) < 0
		       ? error_set(err, ERROR_INPUT, E2BIG, "line %u: the value is too long",
				   reader->line)
		       : 0;
}

static bool is_name(int c)
{
	return c == '_' || (c != END && isalnum(c));
}

/* What a dollar would make of the character behind it. */
static bool is_expanded(int c)
{
	return is_name(c) || (c > 0 && strchr("{(@*#?$!-", c));
}

/* Behind a dollar or backquote that is not quoted away. */
static int check_expansion(const struct shell_reader *reader, int c, struct error *err)
{
	if (c == '`' || (c == '$' && is_expanded(peek(reader))))
		return refuse(reader, "an expansion, which is not done", err);
	return 0;
}

static int read_single(struct shell_reader *reader, struct text *value, struct error *err)
{
	for (;;) {
		int c = take(reader);
		int r = 0;

		if (c == '\'')
			return 0;
		if (c == END)
			return refuse(reader, "a quote is not closed", err);
		r = append(value, c, reader, err);
		if (r < 0)
			return r;
	}
}

/* In double quotes a backslash quotes these alone; a line that it ends goes on. */
static int read_escape(struct shell_reader *reader, struct text *value, struct error *err)
{
	int c = peek(reader);

	if (c == END || !strchr("$`\"\\\n", c) || c == '\0')
		return append(value, '\\', reader, err);
	take(reader);
	return c == '\n' ? 0 : append(value, c, reader, err);
}

static int read_double(struct shell_reader *reader, struct text *value, struct error *err)
{
	for (;;) {
		int c = take(reader);
		int r = 0;

		if (c == '"')
			return 0;
		if (c == END)
			return refuse(reader, "a quote is not closed", err);
		r = check_expansion(reader, c, err);
		if (r == 0)
			r = c == '\\' ? read_escape(reader, value, err)
				      : append(value, c, reader, err);
		if (r < 0)
			return r;
	}
}

static int read_backslash(struct shell_reader *reader, struct text *value, struct error *err)
{
	int c = take(reader);

	if (c == END)
		return refuse(reader, "a backslash at the end", err);
	return c == '\n' ? 0 : append(value, c, reader, err);
}

static bool is_end(int c)
{
	return c == END || c == ' ' || c == '\t' || c == '\n' || c == ';';
}

/* A character outside quotes; @before: the one before it, '=' at the beginning. */
static int read_plain(struct shell_reader *reader, int before, struct text *value,
		      struct error *err)
{
	int c = take(reader);
	int r = check_expansion(reader, c, err);

	if (r < 0)
		return r;
	/* $'…' and $"…" are quotes of their own. */
	if (c == '$' && (peek(reader) == '\'' || peek(reader) == '"'))
		return refuse(reader, "an expansion, which is not done", err);
	if (c == '~' && (before == '=' || before == ':'))
		return refuse(reader, "an expansion, which is not done", err);
	if (c > 0 && strchr("&|()<>", c))
		return refuse(reader, "a command, which is not run", err);
	return append(value, c, reader, err);
}

static int read_value(struct shell_reader *reader, struct text *value, struct error *err)
{
	int before = '=';
	int r = 0;

	while (r == 0 && !is_end(peek(reader))) {
		int c = peek(reader);

		if (c != '\'' && c != '"' && c != '\\') {
			r = read_plain(reader, before, value, err);
		} else {
			take(reader);
			r = c == '\''  ? read_single(reader, value, err)
			    : c == '"' ? read_double(reader, value, err)
				       : read_backslash(reader, value, err);
		}
		before = c;
	}
	return r;
}

static void skip_space(struct shell_reader *reader)
{
	for (;;) {
		int c = peek(reader);

		if (c == '#')
			while (peek(reader) != END && peek(reader) != '\n')
				take(reader);
		else if (c != END && is_end(c))
			take(reader);
		else
			return;
	}
}

static struct slice take_name(struct shell_reader *reader)
{
	struct slice name = { reader->rest.data, 0 };

	while (is_name(peek(reader)) && (name.length || !isdigit(peek(reader)))) {
		take(reader);
		name.length++;
	}
	return name;
}

int shell_assignments_next(struct shell_reader *reader, struct slice *ret_name,
			   struct text *ret_value, struct error *err)
{
	skip_space(reader);
	if (peek(reader) == END)
		return 0;

	struct slice name = take_name(reader);

	if (slice_is(name, "export") && (peek(reader) == ' ' || peek(reader) == '\t')) {
		while (peek(reader) == ' ' || peek(reader) == '\t')
			take(reader);
		name = take_name(reader);
	}
	if (!name.length || peek(reader) != '=')
		return refuse(reader, "no assignment, and nothing else is done", err);
	take(reader);
	text_clear(ret_value);

	int r = read_value(reader, ret_value, err);

	if (r < 0)
		return r;
	*ret_name = name;
	return 1;
}
