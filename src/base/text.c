#include "base/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"

/* Bytes that are looked at together. */
#define PLAIN_BLOCK_BYTES 16

bool slice_equal(struct slice a, struct slice b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

int slice_compare(struct slice a, struct slice b)
{
	size_t common = a.length < b.length ? a.length : b.length;
	int order = common ? memcmp(a.data, b.data, common) : 0;

	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

bool slice_starts(struct slice s, const char *prefix)
{
	size_t length = strlen(prefix);

	return s.length >= length && (length == 0 || memcmp(s.data, prefix, length) == 0);
}

bool slice_ends(struct slice s, const char *suffix)
{
	size_t length = strlen(suffix);

	return s.length >= length &&
	       (length == 0 || memcmp(s.data + s.length - length, suffix, length) == 0);
}

struct slice slice_from(struct slice s, size_t skip)
{
	if (skip >= s.length)
		return (struct slice){ "", 0 };
	return (struct slice){ s.data + skip, s.length - skip };
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
	while (s.length && is_space(s.data[0]))
		s = slice_from(s, 1);
	while (s.length && is_space(s.data[s.length - 1]))
		s.length--;
	return s;
}

struct slice slice_take_line(struct slice *text)
{
	const char *end = text->length ? memchr(text->data, '\n', text->length) : NULL;
	struct slice line = { text->data, end ? (size_t)(end - text->data) : text->length };

	*text = slice_from(*text, line.length + 1);
	return line;
}

char *slice_dup(struct slice s)
{
	return xstrndup(s.data ? s.data : "", s.length);
}

int text_reserve(struct text *text, size_t length)
{
	if (length > text->max || text->length > text->max - length)
		return -E2BIG;

	size_t needed = text->length + length + 1;

	if (needed <= text->capacity)
		return 0;

	size_t capacity = text->capacity ? text->capacity : 64;

	while (capacity < needed)
		capacity *= 2;
	text->data = xreallocarray(text->data, capacity, 1);
	text->capacity = capacity;
	return 0;
}

int text_append(struct text *text, const void *data, size_t length)
{
	int r = text_reserve(text, length);

	if (r < 0)
		return r;
	if (length)
		memcpy(text->data + text->length, data, length);
	text->length += length;
	text->data[text->length] = '\0';
	return 0;
}

int text_append_str(struct text *text, const char *string)
{
	return text_append(text, string, strlen(string));
}

int text_append_slice(struct text *text, struct slice s)
{
	return text_append(text, s.data, s.length);
}

int text_append_char(struct text *text, char c)
{
	return text_append(text, &c, 1);
}

int text_vprintf(struct text *text, const char *format, va_list args)
{
	AUTO_FREE char *string = xvasprintf(format, args);

	return text_append_str(text, string);
}

int text_printf(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int r = text_vprintf(text, format, args);
	va_end(args);
	return r;
}

/*
 * Characters beyond ASCII that %q escapes: controls, format characters, white space, private use,
 * what will never be a character, and planes without any.  Single code points that are merely
 * unassigned are left out: they come and go with the release of Unicode.
 */
static const struct {
	uint32_t first, last;
} unprintable[] = {
	{ 0x0080, 0x00a0 },   { 0x00ad, 0x00ad },   { 0x0600, 0x0605 },	  { 0x061c, 0x061c },
	{ 0x06dd, 0x06dd },   { 0x070f, 0x070f },   { 0x0890, 0x0891 },	  { 0x08e2, 0x08e2 },
	{ 0x1680, 0x1680 },   { 0x180e, 0x180e },   { 0x2000, 0x200f },	  { 0x2028, 0x202f },
	{ 0x205f, 0x206f },   { 0x3000, 0x3000 },   { 0xe000, 0xf8ff },	  { 0xfdd0, 0xfdef },
	{ 0xfeff, 0xfeff },   { 0xfff0, 0xfffb },   { 0xfffe, 0xffff },	  { 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0x1fffe, 0x1ffff }, { 0x2fffe, 0x2ffff }, { 0x323b0, 0xe00ff }, { 0xe01f0, 0x10ffff },
};

static bool is_printable(uint32_t rune)
{
	for (size_t i = 0; rune >= 0x80 && i < sizeof(unprintable) / sizeof(unprintable[0]); i++)
		if (rune >= unprintable[i].first && rune <= unprintable[i].last)
			return false;
	return true;
}

/* One byte that %q cannot print: \a … \v by letter, others as \x41. */
static int append_quoted_byte(struct text *text, unsigned char c)
{
	static const char letters[] = "abtnvfr"; /* 0x07 … 0x0d */

	if (c >= 0x07 && c <= 0x0d)
		return text_printf(text, "\\%c", letters[c - 0x07]);
	return text_printf(text, "\\x%02x", c);
}

/* The first character of @s, which takes @width bytes; 0: it is no character. */
static int append_quoted_rune(struct text *text, struct slice s, uint32_t rune, size_t width)
{
	unsigned char c = (unsigned char)s.data[0];

	if (c == '"' || c == '\\')
		return text_printf(text, "\\%c", c);
	if (c < 0x20 || c == 0x7f || width == 0)
		return append_quoted_byte(text, c);
	if (is_printable(rune))
		return text_append(text, s.data, width);
	return text_printf(text, rune <= 0xffff ? "\\u%04x" : "\\U%08x", rune);
}

int text_append_quoted(struct text *text, struct slice s)
{
	size_t start = text->length;
	int r = text_append_char(text, '"');

	for (size_t at = 0; at < s.length && r == 0;) {
		struct slice rest = slice_from(s, at);
		uint32_t rune = 0;
		size_t width = utf8_decode(rest, &rune);

		r = append_quoted_rune(text, rest, rune, width);
		at += width ? width : 1;
	}
	if (r == 0)
		r = text_append_char(text, '"');
	if (r < 0)
		text_truncate(text, start);
	return r;
}

/* What a character of a JSON string is written as; NULL: as it is. */
static const char *json_escape(uint32_t rune, size_t width, char scratch[static 8])
{
	switch (rune) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		break;
	}
	if (width == 0)
		return "\\ufffd";
	if (rune >= 0x20 && rune != '<' && rune != '>' && rune != '&' && rune != 0x2028 &&
	    rune != 0x2029)
		return NULL;
	snprintf(scratch, 8, "\\u%04x", (unsigned)rune);
	return scratch;
}

/* Whether the byte needs escaping or a look at UTF-8. */
static bool is_special(unsigned char c)
{
	return c < 0x20 || c >= 0x80 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&';
}

/* The same of any byte of the block; the compiler's vectors, which every machine has somehow. */
static bool has_special(const char *block)
{
	typedef signed char bytes __attribute__((vector_size(PLAIN_BLOCK_BYTES)));
	typedef uint64_t words __attribute__((vector_size(PLAIN_BLOCK_BYTES)));
	bytes c;
	uint64_t any = 0;

	memcpy(&c, block, sizeof(c));
	/* What is 0x80 and above is below 0 here. */
	words special = (words)((c < 0x20) | (c == '"') | (c == '\\') | (c == '<') | (c == '>') |
				(c == '&'));

	for (size_t i = 0; i < PLAIN_BLOCK_BYTES / sizeof(any); i++)
		any |= special[i];
	return any;
}

size_t text_json_plain(struct slice s)
{
	size_t at = 0;

	while (s.length - at >= PLAIN_BLOCK_BYTES && !has_special(s.data + at))
		at += PLAIN_BLOCK_BYTES;
	while (at < s.length && !is_special((unsigned char)s.data[at]))
		at++;
	return at;
}

int text_append_json(struct text *text, struct slice s)
{
	size_t start = text->length;
	int r = text_append_char(text, '"');

	for (size_t at = 0; at < s.length && r == 0;) {
		size_t run = text_json_plain(slice_from(s, at));

		r = text_append(text, s.data + at, run);
		at += run;
		if (r < 0 || at == s.length)
			break;

		char scratch[8];
		uint32_t rune = 0;
		size_t width = utf8_decode(slice_from(s, at), &rune);
		const char *escape = json_escape(rune, width, scratch);

		r = escape ? text_append_str(text, escape) : text_append(text, s.data + at, width);
		at += width ? width : 1;
	}
	if (r == 0)
		r = text_append_char(text, '"');
	if (r < 0)
		text_truncate(text, start);
	return r;
}

void text_truncate(struct text *text, size_t length)
{
	if (length >= text->length)
		return;
	text->length = length;
	text->data[length] = '\0';
}

void text_clear(struct text *text)
{
	text_truncate(text, 0);
}

const char *text_str(const struct text *text)
{
	return text->data ? text->data : "";
}

struct slice text_slice(const struct text *text)
{
	return (struct slice){ text_str(text), text->length };
}

char *text_take(struct text *text)
{
	char *data = text->data ? text->data : xstrdup("");

	text->data = NULL;
	text->length = text->capacity = 0;
	return data;
}

void text_done(struct text *text)
{
	free(text->data);
	text->data = NULL;
	text->length = text->capacity = 0;
}
