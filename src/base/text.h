/*
 * text - a growable string with a ceiling, and slices of somebody else's string.
 *
 * Owns: the one growable buffer of the tree.  An append beyond the ceiling leaves the buffer as it
 * was and returns -E2BIG.  Slices are borrowed: they live as long as what they point into.
 */
#ifndef SLIPWAY_BASE_TEXT_H
#define SLIPWAY_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/scope.h"

/* Bytes that are not ours and need not end in NUL; data NULL is "absent", length 0 is "empty". */
struct slice {
	const char *data;
	size_t length;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })
/* The same in tables, where only constants may stand. */
#define SLICE_INIT(literal)                                                                        \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}
/* For printf: "%.*s", SLICE_ARGS(s) */
#define SLICE_ARGS(s) (int)(s).length, (s).data ? (s).data : ""

static inline struct slice slice_of(const char *string)
{
	return (struct slice){ string, string ? strlen(string) : 0 };
}

static inline bool slice_is(struct slice s, const char *string)
{
	size_t length = strlen(string);

	return s.length == length &&
	       (length == 0 || (s.data && memcmp(s.data, string, length) == 0));
}

/** char_lower - ASCII letters in lower case, all else as it is; whatever the locale. */
static inline char char_lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c | 0x20);
	return c;
}

/** char_upper - likewise. */
static inline char char_upper(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c & ~0x20);
	return c;
}

/** slice_equal - same length and bytes; absent equals empty. */
bool slice_equal(struct slice a, struct slice b);
/** slice_compare - bytewise order as memcmp, the shorter first; absent equals empty. */
int slice_compare(struct slice a, struct slice b);
/** slice_starts - whether @s begins with @prefix. */
bool slice_starts(struct slice s, const char *prefix);
/** slice_ends - whether @s ends with @suffix. */
bool slice_ends(struct slice s, const char *suffix);
/** slice_from - what follows the first @skip bytes of @s; empty when there are fewer. */
struct slice slice_from(struct slice s, size_t skip);
/** slice_trim - @s without spaces, tabs, CR and LF at both ends. */
struct slice slice_trim(struct slice s);
/** slice_take_line - takes a line off the front of @text; it comes without its newline. */
struct slice slice_take_line(struct slice *text);
/** slice_dup - NUL-terminated copy; freed with free(). */
char *slice_dup(struct slice s);

struct text {
	char *data;	 /* NUL-terminated once something was appended; owned */
	size_t length;	 /* bytes before the NUL */
	size_t capacity; /* allocated bytes */
	size_t max;	 /* ceiling of length */
};

#define TEXT_INIT(max_bytes) ((struct text){ .max = (max_bytes) })
/* Ceiling for messages, paths joined with names and the like: far above any real one. */
#define TEXT_MESSAGE_MAX ((size_t)1 << 20)

/** text_append - @length bytes of @data.  Return: 0 or -E2BIG, the text unchanged. */
int text_append(struct text *text, const void *data, size_t length);
/** text_append_str - a C string. Return: as text_append(). */
int text_append_str(struct text *text, const char *string);
/** text_append_slice - a slice. Return: as text_append(). */
int text_append_slice(struct text *text, struct slice s);
/** text_append_char - one byte. Return: as text_append(). */
int text_append_char(struct text *text, char c);
/** text_printf - formatted. Return: as text_append(). */
int text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** text_vprintf - formatted, from a va_list. Return: as text_append(). */
int text_vprintf(struct text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/** text_append_quoted - @s in double quotes as Go's %q writes it. Return: as text_append(). */
int text_append_quoted(struct text *text, struct slice s);
/**
 * text_append_json - @s as a JSON string with quotes, as Go's encoder writes it: < > & U+2028
 * U+2029 as \\u escapes, invalid UTF-8 as \\ufffd, other non-ASCII as it is.  Return: as
 * text_append().
 */
int text_append_json(struct text *text, struct slice s);
/** text_json_plain - how many bytes @s begins with that are ASCII, and in JSON as they are. */
size_t text_json_plain(struct slice s);
/** text_reserve - room for @length more bytes without another allocation. Return: as text_append().
 */
int text_reserve(struct text *text, size_t length);
/** text_truncate - drop what follows the first @length bytes. */
void text_truncate(struct text *text, size_t length);
/** text_clear - empty again, memory kept. */
void text_clear(struct text *text);
/** text_str - the contents as a C string; "" when nothing was appended; borrowed. */
const char *text_str(const struct text *text);
/** text_slice - the contents as a slice; borrowed. */
struct slice text_slice(const struct text *text);
/** text_take - the contents as a C string that the caller frees; the text is empty afterwards. */
char *text_take(struct text *text);
/** text_done - release the memory. */
void text_done(struct text *text);

DEFINE_DONE(struct text, text_done)

#endif
