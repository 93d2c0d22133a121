#include "base/dataurl.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/utf8.h"

/* Encoded bytes that are decoded at a time: a multiple of 4, and of what a cache likes. */
#define DATAURL_PIECE 65536
_Static_assert(BASE64_DECODED_MAX(DATAURL_PIECE) <= DATAURL_PIECE, "a piece shrinks");

/* What is left of the URL, and what quoted values do to the ones after them. */
struct reader {
	struct slice rest;
	bool unquote_next; /* upstream's quirk: an empty "" leaves its mark on the next value */
};

static int refuse(struct error *err, const char *text)
{
	return error_set(err, ERROR_INPUT, EINVAL, "%s", text);
}

static bool is_printable_ascii(unsigned char c)
{
	return c > 0x20 && c < 0x7f;
}

/* A token's byte (RFC 2045, 5.1). */
static bool is_token(unsigned char c)
{
	return is_printable_ascii(c) && !strchr("()<>@,;:\\\"/[]?=", c);
}

static bool is_data(unsigned char c)
{
	return is_printable_ascii(c) && !strchr("<>#\"{}|\\^[]`", c);
}

static bool is_base64(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/' || c == '=';
}

static bool is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static unsigned char hex_value(unsigned char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Take the longest run of bytes for which @is holds. */
static struct slice take_while(struct slice *rest, bool (*is)(unsigned char))
{
	size_t length = 0;

	while (length < rest->length && is((unsigned char)rest->data[length]))
		length++;

	struct slice taken = { rest->data, length };

	*rest = (struct slice){ rest->data + length, rest->length - length };
	return taken;
}

/* Next byte; -1 at the end. */
static int peek(const struct reader *reader)
{
	return reader->rest.length ? (unsigned char)reader->rest.data[0] : -1;
}

static void skip(struct reader *reader, size_t count)
{
	reader->rest = slice_from(reader->rest, count);
}

/* "%41" of text and of unquoted values. */
static int check_escapes(struct slice s, struct error *err)
{
	const char *end = s.data + s.length;
	const char *at = s.data;

	while (at != end && (at = memchr(at, '%', (size_t)(end - at)))) {
		for (int i = 1; i <= 2; i++) {
			if (end - at <= i)
				return refuse(err, "rfc2396: unexpected end of unescape sequence");
			if (!is_hex((unsigned char)at[i]))
				return refuse(err,
					      "rfc2396: invalid char 0x25 in unescape sequence");
		}
		at += 3;
	}
	return 0;
}

/* Escapes of a quoted value, which are those of a Go string, after the backslash. */
static const struct {
	const char *first; /* what it may begin with */
	unsigned char mark, digits, base;
	uint32_t max;
} quoted_escapes[] = {
	{ "abfnrtv\\\"", 1, 0, 0, 0 }, { "01234567", 0, 3, 8, 0xff }, { "x", 1, 2, 16, 0xff },
	{ "u", 1, 4, 16, 0x10ffff },   { "U", 1, 8, 16, 0x10ffff },
};

/* Whether @digits are digits of @base, for a character of at most @max that is no surrogate. */
static bool is_character(struct slice digits, unsigned base, uint32_t max)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits.length; i++) {
		unsigned char c = (unsigned char)digits.data[i];

		if (!is_hex(c) || hex_value(c) >= base)
			return false;
		value = value * base + hex_value(c);
	}
	return value <= max && (value < 0xd800 || value > 0xdfff);
}

/* Bytes of the escape at the front of @s; 0: there is no such. */
static size_t quoted_escape_length(struct slice s)
{
	for (size_t i = 0; i < ARRAY_SIZE(quoted_escapes) && s.length; i++) {
		struct slice digits = slice_from(s, quoted_escapes[i].mark);
		size_t length = quoted_escapes[i].mark + quoted_escapes[i].digits;

		if (!s.data[0] || !strchr(quoted_escapes[i].first, s.data[0]))
			continue;
		if (digits.length < quoted_escapes[i].digits)
			return 0;
		digits.length = quoted_escapes[i].digits;
		return is_character(digits, quoted_escapes[i].base, quoted_escapes[i].max) ? length
											   : 0;
	}
	return 0;
}

static int check_quoted(struct slice s, struct error *err)
{
	while (s.length) {
		size_t length = 1;

		if (s.data[0] == '\\') {
			s = slice_from(s, 1);
			length = quoted_escape_length(s);
		}
		if (length == 0 || s.data[0] == '\n')
			return refuse(err, "invalid syntax");
		s = slice_from(s, length);
	}
	return 0;
}

/* The value of a parameter, without the quotes it may have had. */
static int check_value(struct reader *reader, struct slice value, struct error *err)
{
	bool unquote = reader->unquote_next;

	if (value.length == 0)
		return 0;
	reader->unquote_next = false;
	return unquote ? check_quoted(value, err) : check_escapes(value, err);
}

/* After the opening quote, to the closing one. */
static int read_quoted_value(struct reader *reader, struct error *err)
{
	struct slice value = reader->rest;

	reader->unquote_next = true;
	while (peek(reader) != '"') {
		if (peek(reader) == '\\') {
			skip(reader, 1);
			if (peek(reader) >= 0x80)
				return refuse(err, "invalid escaped character");
		}
		if (peek(reader) < 0)
			return refuse(err, "unclosed quoted string");
		if (peek(reader) >= 0x80)
			return refuse(err, "invalid character for parameter value");
		skip(reader, 1);
	}
	value.length -= reader->rest.length;
	skip(reader, 1);

	int r = check_value(reader, value, err);

	if (r < 0)
		return r;
	if (peek(reader) < 0)
		return refuse(err, "missing comma before data");
	return peek(reader) == ';' || peek(reader) == ','
		       ? 0
		       : refuse(err, "expected semicolon or comma");
}

/* After the '=' of a parameter. */
static int read_value(struct reader *reader, struct error *err)
{
	if (peek(reader) == '"') {
		skip(reader, 1);
		return read_quoted_value(reader, err);
	}

	struct slice value = take_while(&reader->rest, is_token);
	bool ends = peek(reader) == ';' || peek(reader) == ',';

	if (peek(reader) < 0)
		return refuse(err, "missing comma before data");
	if (value.length == 0 || !ends)
		return refuse(err, "invalid character for parameter value");
	return check_value(reader, value, err);
}

/* After the ';': "attr=value", or "base64" as the last. */
static int read_parameter(struct reader *reader, struct dataurl *url, struct error *err)
{
	struct slice name = take_while(&reader->rest, is_token);
	int next = peek(reader);

	if (next < 0 || (name.length == 0 && (next == '=' || next == ',')))
		return refuse(err, "unterminated parameter sequence");
	if (name.length == 0 || (next != '=' && next != ','))
		return refuse(err, "invalid character for parameter attribute");
	if (next == '=') {
		skip(reader, 1);
		return read_value(reader, err);
	}
	if (!slice_is(name, "base64"))
		return error_set(err, ERROR_INPUT, EINVAL, "expected base64, got %.*s",
				 SLICE_ARGS(name));
	url->is_base64 = true;
	return 0;
}

/* RFC 2045, 5.1; what upstream compares is the beginning only. */
static bool is_known_type(struct slice type)
{
	static const char *const prefixes[] = { "text",	       "image",	  "audio",    "video",
						"application", "message", "multipart" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (slice_starts(type, prefixes[i]))
			return true;
	return false;
}

/* The type before the slash. */
static int read_type(struct reader *reader, struct error *err)
{
	struct slice type = reader->rest;
	bool is_x = peek(reader) == 'x' || peek(reader) == 'X';
	bool is_extension = false;

	if (!is_token((unsigned char)type.data[0]))
		return refuse(err, "invalid character after data prefix");
	if (is_x) {
		/* Whatever follows the x is taken unseen, as upstream does. */
		uint32_t rune = 0;

		is_extension = type.length > 1 && type.data[1] == '-';
		skip(reader, 1);
		skip(reader, utf8_decode(reader->rest, &rune) ?: 1);
	}
	take_while(&reader->rest, is_token);
	type.length -= reader->rest.length;
	if (peek(reader) < 0)
		return refuse(err, "missing media type slash");
	if (peek(reader) != '/')
		return refuse(err, "invalid character for media type");
	if (!is_extension && !is_known_type(type))
		return refuse(err, "invalid media type");
	return 0;
}

static int read_media_type(struct reader *reader, struct dataurl *url, struct error *err)
{
	struct slice whole = reader->rest;
	int r = read_type(reader, err);

	if (r < 0)
		return r;
	skip(reader, 1);
	take_while(&reader->rest, is_token);
	if (peek(reader) < 0)
		return refuse(err, "incomplete media type");
	if (peek(reader) != ';' && peek(reader) != ',')
		return refuse(err, "invalid character for media subtype");
	whole.length -= reader->rest.length;
	url->media_type = whole;
	return 0;
}

static int refuse_base64(struct error *err, size_t offset)
{
	return error_set(err, ERROR_INPUT, EINVAL, "illegal base64 data at input byte %zu", offset);
}

static int check_base64(struct slice data, struct error *err)
{
	size_t offset = 0;
	int r = base64_decode(data, NULL, NULL, &offset);
	/* A second look, for the order of upstream's checks, only where the first found something.
	 */
	bool suspect = r < 0 || (data.length && (memchr(data.data, '\n', data.length) ||
						 memchr(data.data, '\r', data.length)));
	struct slice rest = data;

	if (suspect && take_while(&rest, is_base64).length < data.length)
		return refuse(err, "invalid data character");
	return r < 0 ? refuse_base64(err, offset) : 0;
}

static int check_data(const struct dataurl *url, struct error *err)
{
	struct slice rest = url->data;

	if (url->is_base64)
		return check_base64(url->data, err);
	if (take_while(&rest, is_data).length < url->data.length)
		return refuse(err, "invalid data character");
	return check_escapes(url->data, err);
}

int dataurl_parse(struct slice url, struct dataurl *ret, struct error *err)
{
	struct reader reader = { .rest = slice_from(url, strlen("data:")) };
	struct dataurl parsed = { .media_type = SLICE("text/plain") };
	int r = 0;

	if (!slice_starts(url, "data:"))
		return refuse(err, "missing data prefix");
	if (peek(&reader) < 0)
		return refuse(err, "missing comma before data");
	if (peek(&reader) != ';' && peek(&reader) != ',')
		r = read_media_type(&reader, &parsed, err);
	while (r == 0 && peek(&reader) == ';') {
		skip(&reader, 1);
		r = read_parameter(&reader, &parsed, err);
	}
	if (r < 0)
		return r;
	parsed.data = slice_from(reader.rest, 1);
	r = check_data(&parsed, err);
	if (r == 0 && ret)
		*ret = parsed;
	return r;
}

/* Undo the escapes of @data.  Return: bytes written to @out, at most @data.length. */
static size_t unescape(struct slice data, unsigned char *out)
{
	size_t written = 0;

	for (struct slice rest = data; rest.length;) {
		const char *escape = memchr(rest.data, '%', rest.length);
		size_t run = escape ? (size_t)(escape - rest.data) : rest.length;

		memcpy(out + written, rest.data, run);
		written += run;
		if (escape)
			out[written++] = (unsigned char)(hex_value((unsigned char)escape[1]) << 4 |
							 hex_value((unsigned char)escape[2]));
		rest = slice_from(rest, run + 3);
	}
	return written;
}

static int decode(const struct dataurl *url, unsigned char *out, size_t *ret_length,
		  struct error *err)
{
	size_t offset = 0;
	int r = 0;

	if (url->is_base64) {
		r = base64_decode(url->data, out, ret_length, &offset);
		return r < 0 ? refuse_base64(err, offset) : 0;
	}
	r = check_escapes(url->data, err);
	if (r == 0)
		*ret_length = unescape(url->data, out);
	return r;
}

int dataurl_decode(const struct dataurl *url, unsigned char **ret, size_t *ret_length,
		   struct error *err)
{
	size_t capacity = url->is_base64 ? BASE64_DECODED_MAX(url->data.length) : url->data.length;
	AUTO_FREE unsigned char *bytes = xmalloc(capacity + 1);
	size_t length = 0;
	int r = decode(url, bytes, &length, err);

	if (r < 0)
		return r;
	bytes[length] = '\0';
	*ret_length = length;
	*ret = take_ptr(&bytes);
	return 0;
}

/* A front of @data that can be decoded alone: whole groups of base64, whole escapes. */
static struct slice next_piece(struct slice data)
{
	if (data.length <= DATAURL_PIECE)
		return data;
	data.length = DATAURL_PIECE;
	for (size_t i = 1; i <= 2; i++)
		if (data.data[DATAURL_PIECE - i] == '%')
			data.length = DATAURL_PIECE - i;
	return data;
}

int dataurl_deliver(const struct dataurl *url, struct content_sink *sink, struct error *err)
{
	AUTO_FREE unsigned char *bytes = xmalloc(DATAURL_PIECE);
	int r = 0;

	for (struct slice rest = url->data; rest.length && r == 0;) {
		struct dataurl piece = { .is_base64 = url->is_base64, .data = next_piece(rest) };
		size_t length = 0;

		r = decode(&piece, bytes, &length, err);
		if (r == 0)
			r = sink->write(sink, bytes, length, err);
		rest = slice_from(rest, piece.data.length);
	}
	return r;
}
