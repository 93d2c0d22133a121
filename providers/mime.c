#include "providers/mime.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/base64.h"

#define HEADERS_MAX ((size_t)64 << 10)

/* The headers in front of @rest, one a line, folded ones joined; @rest is then what follows. */
static int take_headers(struct slice *rest, struct text *ret)
{
	int r = 0;

	while (rest->length && r == 0) {
		struct slice line = slice_take_line(rest);

		if (slice_trim(line).length == 0)
			break;
		if (ret->length && !isspace((unsigned char)line.data[0]))
			r = text_append_char(ret, '\n');
		if (r == 0)
			r = text_append_slice(ret, slice_trim(line));
	}
	return r;
}

/* Value of the header @name; absent without one. */
static struct slice find_header(struct slice headers, const char *name)
{
	const size_t length = strlen(name);

	while (headers.length) {
		struct slice line = slice_take_line(&headers);

		if (line.length > length && strncasecmp(line.data, name, length) == 0 &&
		    line.data[length] == ':')
			return slice_trim(slice_from(line, length + 1));
	}
	return (struct slice){ NULL, 0 };
}

/* "multipart/mixed; boundary="===1=="": the delimiter in front of each part; NULL without one. */
static char *delimiter_of(struct slice content_type)
{
	AUTO_FREE char *text = slice_dup(content_type);
	const char *at = strcasestr(text, "boundary=");

	if (strncasecmp(text, "multipart/", strlen("multipart/")) != 0 || !at)
		return NULL;
	at += strlen("boundary=");

	size_t length = *at == '"' ? strcspn(at + 1, "\"") : strcspn(at, "; \t");

	return length ? xasprintf("--%.*s", (int)length, at + (*at == '"')) : NULL;
}

/* What stands in front of the next delimiter. */
static struct slice take_part(struct slice *rest, const char *delimiter)
{
	const char *start = rest->data;
	const char *end = start;

	while (rest->length) {
		struct slice line = slice_take_line(rest);

		if (slice_starts(line, delimiter))
			break;
		end = line.data + line.length + (rest->length > 0);
	}
	return (struct slice){ start, start ? (size_t)(end - start) : 0 };
}

static int append_base64(struct slice body, struct text *ret, struct error *err)
{
	AUTO(text_done) struct text packed = TEXT_INIT(ret->max * 2);
	AUTO_FREE unsigned char *decoded = xmalloc(BASE64_DECODED_MAX(body.length));
	size_t length = 0;
	size_t offset = 0;

	for (size_t i = 0; i < body.length; i++)
		if (!isspace((unsigned char)body.data[i]) &&
		    text_append_char(&packed, body.data[i]) < 0)
			return error_set(err, ERROR_INPUT, E2BIG, "a part is too large");
	if (base64_decode(text_slice(&packed), decoded, &length, &offset) < 0)
		return error_set(err, ERROR_INPUT, EINVAL, "a part is no base64 at byte %zu",
				 offset);
	return text_append(ret, decoded, length);
}

int mime_find_part(struct slice message, const char *type, struct text *ret, struct error *err)
{
	AUTO(text_done) struct text top = TEXT_INIT(HEADERS_MAX);
	int r = take_headers(&message, &top);
	AUTO_FREE char *delimiter = delimiter_of(find_header(text_slice(&top), "Content-Type"));

	if (r < 0 || !delimiter)
		return 0;
	(void)take_part(&message, delimiter); /* for those who know no MIME */
	while (message.length) {
		struct slice part = take_part(&message, delimiter);
		AUTO(text_done) struct text headers = TEXT_INIT(HEADERS_MAX);

		if (take_headers(&part, &headers) < 0 ||
		    !slice_starts(find_header(text_slice(&headers), "Content-Type"), type))
			continue;
		if (slice_is(find_header(text_slice(&headers), "Content-Transfer-Encoding"),
			     "base64"))
			return append_base64(part, ret, err);
		return text_append_slice(ret, part);
	}
	return 0;
}
