#include "base/node.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/utf8.h"

void document_free(struct document *document)
{
	if (!document)
		return;
	free(document->nodes);
	free(document->values);
	arena_free(document->strings);
	free(document);
}

uint32_t document_add_value(struct document *document, struct slice value)
{
	uint32_t count = document->value_count;

	/* Grown whenever the count is a power of two: no capacity to keep. */
	if ((count & (count - 1)) == 0)
		document->values = xreallocarray(document->values, count ? (size_t)count * 2 : 1,
						 sizeof(*document->values));
	document->values[count] = value;
	document->value_count++;
	return count;
}

uint32_t node_first(const struct document *document, uint32_t parent)
{
	const struct node *node = &document->nodes[parent];

	if (node->kind != NODE_ARRAY && node->kind != NODE_OBJECT)
		return 0;
	return node->value ? parent + 1 : 0;
}

/* What the source says between the quotes. */
static struct slice between_quotes(const struct document *document, const struct node *node)
{
	const char *text = source_text(document->source).data;

	return (struct slice){ text + node->start + 1, node->length - 2 };
}

static uint32_t hex_value(struct slice digits)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits.length; i++) {
		uint32_t c = (unsigned char)digits.data[i];

		value = value << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

#define UNICODE_ESCAPE_BYTES ((size_t)6) /* \u and four digits */

static bool is_surrogate(uint32_t rune)
{
	return rune >= 0xd800 && rune <= 0xdfff;
}

/* The \u escape that @in begins with, or two that make a pair; a lone surrogate is replaced. */
static size_t unescape_unicode(struct slice in, uint32_t *ret)
{
	uint32_t first = hex_value((struct slice){ in.data + 2, 4 });

	*ret = first;
	if (!is_surrogate(first))
		return UNICODE_ESCAPE_BYTES;

	*ret = UTF8_REPLACEMENT;
	if (first >= 0xdc00 || in.length < 2 * UNICODE_ESCAPE_BYTES ||
	    in.data[UNICODE_ESCAPE_BYTES] != '\\' || in.data[UNICODE_ESCAPE_BYTES + 1] != 'u')
		return UNICODE_ESCAPE_BYTES;

	uint32_t second = hex_value((struct slice){ in.data + UNICODE_ESCAPE_BYTES + 2, 4 });

	if (second < 0xdc00 || second > 0xdfff)
		return UNICODE_ESCAPE_BYTES;
	*ret = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
	return 2 * UNICODE_ESCAPE_BYTES;
}

/* The escape that @in begins with, which the scanner has checked; bytes it takes. */
static size_t unescape(struct slice in, uint32_t *ret)
{
	static const char letters[] = "bfnrt";
	static const char controls[] = "\b\f\n\r\t";

	if (in.data[1] == 'u')
		return unescape_unicode(in, ret);

	const char *letter = strchr(letters, in.data[1]);

	*ret = (unsigned char)(letter ? controls[letter - letters] : in.data[1]);
	return 2;
}

/* Bytes up to the next escape or non-ASCII byte. */
static size_t ascii_run(struct slice in)
{
	size_t at = 0;

	while (at < in.length && in.data[at] != '\\' && (unsigned char)in.data[at] < 0x80)
		at++;
	return at;
}

/* Escapes shrink; only a stray byte grows, to the three bytes of U+FFFD. */
static size_t unescaped_max(const struct node *node)
{
	return (size_t)node->length * (node->flags & NODE_INVALID_UTF8 ? 3 : 1);
}

static struct slice unescape_string(struct arena *arena, struct slice in, size_t max)
{
	char *out = arena_alloc(arena, max + UTF8_BYTES_MAX);
	size_t length = 0;

	while (in.length) {
		size_t run = ascii_run(in);

		memcpy(out + length, in.data, run);
		length += run;
		in = slice_from(in, run);
		if (in.length == 0)
			break;

		uint32_t rune = UTF8_REPLACEMENT;
		size_t taken = in.data[0] == '\\' ? unescape(in, &rune) : utf8_decode(in, &rune);

		length += utf8_encode(rune, out + length);
		in = slice_from(in, taken ? taken : 1);
	}
	return (struct slice){ out, length };
}

struct slice node_string(struct document *document, uint32_t index)
{
	struct node *node = &document->nodes[index];

	assert(node->kind == NODE_STRING);
	if (!(node->flags & (NODE_EXTERNAL | NODE_ESCAPED)))
		return between_quotes(document, node);
	if (!(node->flags & NODE_EXTERNAL)) {
		struct slice value = unescape_string(
			document->strings, between_quotes(document, node), unescaped_max(node));

		node->value = document_add_value(document, value);
		node->flags |= NODE_EXTERNAL;
	}
	return document->values[node->value];
}

struct slice node_text(const struct document *document, uint32_t index)
{
	const struct node *node = &document->nodes[index];

	if ((node->flags & NODE_EXTERNAL) && node->kind != NODE_STRING)
		return document->values[node->value];
	return (struct slice){ source_text(document->source).data + node->start, node->length };
}

uint32_t node_get(struct document *document, uint32_t object, const char *key)
{
	uint32_t found = 0;

	if (document->nodes[object].kind != NODE_OBJECT)
		return 0;
	for (uint32_t at = node_first(document, object); at;) {
		uint32_t value = node_next(document, at);

		if (slice_is(node_string(document, at), key))
			found = value;
		at = node_next(document, value);
	}
	return found;
}

struct origin node_origin(const struct document *document, uint32_t node)
{
	return source_origin(document->source, document->nodes[node].start);
}

/* A YAML block has no bracket, and an empty YAML text has no first byte. */
static bool has_bracket(const struct document *document, const struct node *node)
{
	if ((node->kind != NODE_ARRAY && node->kind != NODE_OBJECT) || node->length == 0)
		return false;

	char first = source_text(document->source).data[node->start];

	return first == '[' || first == '{';
}

struct origin node_marker(const struct document *document, uint32_t index)
{
	const struct node *node = &document->nodes[index];

	return source_origin(document->source, (size_t)node->start + has_bracket(document, node));
}
