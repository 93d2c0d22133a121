#include "config/unit_text.h"

#include <errno.h>
#include <stdint.h>

#include "base/utf8.h"

/*
 * Upstream's parser reads through a buffer of this size and, before each step, refuses when the
 * buffer holds this many bytes and the first of them contain no end of line.  A long line near the
 * end of a filled buffer therefore passes; the buffer is modelled so that the same texts do.
 */
#define READ_BUFFER_BYTES 4096
#define LINE_BYTES_MAX	  2048

struct scan {
	struct slice text;
	size_t at;     /* next byte */
	size_t filled; /* bytes that upstream's buffer has been given so far */
	bool in_install;
	bool has_install;
	struct error *err;
};

/* What to do next; STEP_FAILED leaves an error behind. */
enum step {
	STEP_BEFORE_SECTIONS,
	STEP_COMMENT_BEFORE_SECTIONS,
	STEP_SECTION_NAME,
	STEP_SECTION_END,
	STEP_SECTION_BODY,
	STEP_COMMENT_IN_SECTION,
	STEP_OPTION_NAME,
	STEP_OPTION_VALUE,
	STEP_DONE,
	STEP_FAILED,
};

static enum step fail(struct scan *scan, const char *why)
{
	error_set(scan->err, ERROR_INPUT, EINVAL, "%s", why);
	return STEP_FAILED;
}

static void fill(struct scan *scan)
{
	size_t left = scan->text.length - scan->at;

	scan->filled = scan->at + (left < READ_BUFFER_BYTES ? left : READ_BUFFER_BYTES);
}

static struct slice buffered(const struct scan *scan)
{
	return (struct slice){ scan->text.data + scan->at, scan->filled - scan->at };
}

/* The next character; false at the end.  What is not UTF-8 counts as one character per byte. */
static bool read_rune(struct scan *scan, uint32_t *ret)
{
	uint32_t rune = UTF8_REPLACEMENT;
	size_t width = utf8_decode(buffered(scan), &rune);

	if (width == 0 && scan->filled - scan->at < UTF8_BYTES_MAX) {
		fill(scan);
		width = utf8_decode(buffered(scan), &rune);
	}
	if (scan->at == scan->filled)
		return false;
	scan->at += width ? width : 1;
	*ret = rune;
	return true;
}

/* Bytes up to @delimiter, which is consumed and not returned, or up to the end. */
static struct slice read_until(struct scan *scan, char delimiter, bool *ret_found)
{
	size_t start = scan->at;

	for (;;) {
		struct slice window = buffered(scan);
		const char *hit =
			window.length ? memchr(window.data, delimiter, window.length) : NULL;

		if (hit) {
			scan->at = (size_t)(hit - scan->text.data) + 1;
			*ret_found = true;
			return (struct slice){ scan->text.data + start, scan->at - 1 - start };
		}
		if (scan->filled == scan->text.length)
			break;
		if (window.length == READ_BUFFER_BYTES)
			scan->at = scan->filled;
		fill(scan);
	}
	scan->at = scan->text.length;
	*ret_found = false;
	return (struct slice){ scan->text.data + start, scan->at - start };
}

/* The rest of the line.  A CR counts as part of the line end only at the end of the text. */
static struct slice read_line(struct scan *scan)
{
	bool found;
	struct slice line = read_until(scan, '\n', &found);

	if (!found && slice_ends(line, "\r"))
		line.length--;
	return line;
}

/* White space as Go's unicode.IsSpace has it. */
static bool is_space(uint32_t rune)
{
	static const struct {
		uint32_t first, last;
	} spaces[] = {
		{ '\t', '\r' },	    { ' ', ' ' },	{ 0x85, 0x85 },	    { 0xa0, 0xa0 },
		{ 0x1680, 0x1680 }, { 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f },
		{ 0x205f, 0x205f }, { 0x3000, 0x3000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++)
		if (rune >= spaces[i].first && rune <= spaces[i].last)
			return true;
	return false;
}

static struct slice skip_space(struct slice s)
{
	uint32_t rune = 0;
	size_t width;

	while ((width = utf8_decode(s, &rune)) > 0 && is_space(rune))
		s = slice_from(s, width);
	return s;
}

/* @s, which begins with something else than space, without the space at its end. */
static struct slice trim_end(struct slice s)
{
	size_t end = 0;

	for (size_t at = 0; at < s.length;) {
		uint32_t rune = 0;
		size_t width = utf8_decode(slice_from(s, at), &rune);

		at += width ? width : 1;
		if (width == 0 || !is_space(rune))
			end = at;
	}
	return (struct slice){ s.data, end };
}

/* A comment ends with its line, unless that ends in a backslash, one space behind it or not. */
static void skip_comment(struct scan *scan)
{
	struct slice line;

	do {
		line = read_line(scan);
		if (slice_ends(line, " "))
			line.length--;
	} while (slice_ends(line, "\\"));
}

static enum step before_sections(struct scan *scan)
{
	uint32_t rune;

	if (!read_rune(scan, &rune))
		return STEP_DONE;
	if (rune == '[')
		return STEP_SECTION_NAME;
	return rune == '#' || rune == ';' ? STEP_COMMENT_BEFORE_SECTIONS : STEP_BEFORE_SECTIONS;
}

static enum step comment_before_sections(struct scan *scan)
{
	skip_comment(scan);
	return STEP_BEFORE_SECTIONS;
}

static enum step section_name(struct scan *scan)
{
	bool found;
	struct slice name = read_until(scan, ']', &found);

	if (!found)
		return fail(scan, "unable to find end of section");
	scan->in_install = slice_is(name, "Install");
	return STEP_SECTION_END;
}

static enum step section_end(struct scan *scan)
{
	static const char garbage[] = "found garbage after section name : ";
	struct slice rest = trim_end(skip_space(read_line(scan)));
	/* Two quotes, and at most \x00 for each byte. */
	AUTO(text_done) struct text why = TEXT_INIT(sizeof(garbage) + 2 + 4 * rest.length);

	if (rest.length == 0)
		return STEP_SECTION_BODY;
	text_append_str(&why, garbage);
	text_append_quoted(&why, rest);
	return fail(scan, text_str(&why));
}

static enum step section_body(struct scan *scan)
{
	size_t start = scan->at;
	uint32_t rune;

	if (!read_rune(scan, &rune))
		return STEP_DONE;
	if (is_space(rune))
		return STEP_SECTION_BODY;
	if (rune == '[')
		return STEP_SECTION_NAME;
	if (rune == '#' || rune == ';')
		return STEP_COMMENT_IN_SECTION;
	scan->at = start;
	return STEP_OPTION_NAME;
}

static enum step comment_in_section(struct scan *scan)
{
	skip_comment(scan);
	return STEP_SECTION_BODY;
}

static enum step option_name(struct scan *scan)
{
	uint32_t rune;

	do {
		if (!read_rune(scan, &rune))
			return fail(scan, "EOF");
		if (rune == '\n' || rune == '\r')
			return fail(scan,
				    "unexpected newline encountered while parsing option name");
	} while (rune != '=');
	return STEP_OPTION_VALUE;
}

static enum step option_value(struct scan *scan)
{
	struct slice line = read_line(scan);

	if (slice_ends(line, "\\"))
		return STEP_OPTION_VALUE;
	if (scan->in_install)
		scan->has_install = true;
	return STEP_SECTION_BODY;
}

static bool line_is_too_long(const struct scan *scan)
{
	struct slice window = buffered(scan);

	return window.length >= LINE_BYTES_MAX && !memchr(window.data, '\n', LINE_BYTES_MAX) &&
	       !memchr(window.data, '\r', LINE_BYTES_MAX);
}

int unit_text_check(struct slice text, bool *ret_has_install, struct error *err)
{
	static enum step (*const steps[])(struct scan *) = {
		[STEP_BEFORE_SECTIONS] = before_sections,
		[STEP_COMMENT_BEFORE_SECTIONS] = comment_before_sections,
		[STEP_SECTION_NAME] = section_name,
		[STEP_SECTION_END] = section_end,
		[STEP_SECTION_BODY] = section_body,
		[STEP_COMMENT_IN_SECTION] = comment_in_section,
		[STEP_OPTION_NAME] = option_name,
		[STEP_OPTION_VALUE] = option_value,
	};
	struct scan scan = { .text = text, .err = err };
	enum step step = STEP_BEFORE_SECTIONS;

	if (!text.data)
		scan.text.data = "";
	while (step < STEP_DONE) {
		if (line_is_too_long(&scan))
			step = fail(&scan, "line too long (max 2048 bytes)");
		else
			step = steps[step](&scan);
	}
	if (step == STEP_FAILED)
		return -EINVAL;
	if (ret_has_install)
		*ret_has_install = scan.has_install;
	return 0;
}
