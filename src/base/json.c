#include "base/json.h"

#include <errno.h>
#include <stdio.h>

#include "base/node_builder.h"
#include "base/utf8.h"

struct scanner {
	const unsigned char *text;
	size_t length;
	size_t at;
	struct node_builder *builder;
	struct json_error *error;
};

/* The space that Go's scanner feeds itself at the end stands for the missing byte. */
static unsigned char current(const struct scanner *scanner)
{
	return scanner->at < scanner->length ? scanner->text[scanner->at] : ' ';
}

static bool at_end(const struct scanner *scanner)
{
	return scanner->at >= scanner->length;
}

/* One character in single quotes, as Go prints it: a byte above 0x7f is taken as Latin-1. */
static void append_char(struct text *out, unsigned char c)
{
	char encoded[UTF8_BYTES_MAX];
	AUTO(text_done) struct text quoted = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (c == '\'' || c == '"') {
		text_printf(out, c == '"' ? "'%c'" : "'\\%c'", c);
		return;
	}
	/* Not printable to Go: the C1 controls, the no-break space and the soft hyphen. */
	if ((c >= 0x80 && c <= 0xa0) || c == 0xad) {
		text_printf(out, "'\\u%04x'", c);
		return;
	}
	text_append_quoted(&quoted, (struct slice){ encoded, utf8_encode(c, encoded) });
	quoted.data[0] = quoted.data[quoted.length - 1] = '\'';
	text_append_slice(out, text_slice(&quoted));
}

static int fail(struct scanner *scanner, const char *message)
{
	scanner->error->offset = scanner->at + 1;
	snprintf(scanner->error->message, sizeof(scanner->error->message), "%s", message);
	return -EINVAL;
}

static int fail_end(struct scanner *scanner)
{
	scanner->at = scanner->length;
	return fail(scanner, "unexpected end of JSON input");
}

/* The current byte is wrong, even if it is the space after the end. */
static int fail_char(struct scanner *scanner, const char *context)
{
	AUTO(text_done) struct text message = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_str(&message, "invalid character ");
	append_char(&message, current(scanner));
	text_printf(&message, " %s", context);
	return fail(scanner, text_str(&message));
}

/* Between tokens the end is just the end. */
static int fail_token(struct scanner *scanner, const char *context)
{
	return at_end(scanner) ? fail_end(scanner) : fail_char(scanner, context);
}

static void skip_space(struct scanner *scanner)
{
	while (!at_end(scanner)) {
		unsigned char c = scanner->text[scanner->at];

		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			return;
		scanner->at++;
	}
}

static uint32_t add_node(struct scanner *scanner, enum node_kind kind)
{
	return node_builder_add(scanner->builder, kind, (uint32_t)scanner->at);
}

/* The scalar @index ends before the current byte. */
static void end_node(struct scanner *scanner, uint32_t index, unsigned flags)
{
	struct node *node = &scanner->builder->nodes[index];

	node->length = (uint32_t)scanner->at - node->start;
	node->flags = (uint8_t)flags;
}

/* Sixteen bytes at a time: signed, what is not ASCII is below a space as controls are. */
typedef signed char block __attribute__((vector_size(16)));
typedef long long block_words __attribute__((vector_size(16)));

static bool block_is_plain(const unsigned char *bytes)
{
	block b;

	memcpy(&b, bytes, sizeof(b));

	block_words special = (block_words)((b < ' ') | (b == '"') | (b == '\\'));

	return (special[0] | special[1]) == 0;
}

/* Goes to the next quote, backslash, control or non-ASCII byte, or the end. */
static void skip_plain(struct scanner *scanner)
{
	const unsigned char *text = scanner->text;
	size_t at = scanner->at;

	while (scanner->length - at >= sizeof(block) && block_is_plain(text + at))
		at += sizeof(block);
	while (at < scanner->length && text[at] >= ' ' && text[at] < 0x80 && text[at] != '"' &&
	       text[at] != '\\')
		at++;
	scanner->at = at;
}

static unsigned skip_non_ascii(struct scanner *scanner)
{
	unsigned flags = 0;

	while (!at_end(scanner) && scanner->text[scanner->at] >= 0x80) {
		struct slice rest = { (const char *)scanner->text + scanner->at,
				      scanner->length - scanner->at };
		uint32_t rune = 0;
		size_t width = utf8_decode(rest, &rune);

		if (width == 0)
			flags |= NODE_ESCAPED | NODE_INVALID_UTF8;
		scanner->at += width ? width : 1;
	}
	return flags;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(unsigned char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The current byte is a backslash. */
static int skip_escape(struct scanner *scanner)
{
	scanner->at++;

	unsigned char c = current(scanner);

	if (!c || !strchr("bfnrt\\/\"u", c))
		return fail_char(scanner, "in string escape code");
	scanner->at++;
	if (c != 'u')
		return 0;
	for (int i = 0; i < 4; i++, scanner->at++) {
		if (!is_hex(current(scanner)))
			return fail_char(scanner, "in \\u hexadecimal character escape");
	}
	return 0;
}

/* The current byte is the opening quote. */
static int read_string(struct scanner *scanner)
{
	uint32_t index = add_node(scanner, NODE_STRING);
	unsigned flags = 0;

	scanner->at++;
	for (;;) {
		skip_plain(scanner);
		if (at_end(scanner))
			return fail_end(scanner);

		unsigned char c = scanner->text[scanner->at];

		if (c == '"')
			break;
		if (c < ' ')
			return fail_char(scanner, "in string literal");
		if (c == '\\') {
			int r = skip_escape(scanner);

			if (r < 0)
				return r;
			flags |= NODE_ESCAPED;
		} else {
			flags |= skip_non_ascii(scanner);
		}
	}
	scanner->at++;
	end_node(scanner, index, flags);
	return 0;
}

static void skip_digits(struct scanner *scanner)
{
	while (is_digit(current(scanner)))
		scanner->at++;
}

/* At least one digit. */
static int read_digits(struct scanner *scanner, const char *context)
{
	if (!is_digit(current(scanner)))
		return fail_char(scanner, context);
	skip_digits(scanner);
	return 0;
}

static int read_number(struct scanner *scanner)
{
	uint32_t index = add_node(scanner, NODE_NUMBER);
	int r = 0;

	if (current(scanner) == '-')
		scanner->at++;
	if (current(scanner) == '0')
		scanner->at++;
	else
		r = read_digits(scanner, "in numeric literal");
	if (r == 0 && current(scanner) == '.') {
		scanner->at++;
		r = read_digits(scanner, "after decimal point in numeric literal");
	}
	if (r == 0 && (current(scanner) | 0x20) == 'e') {
		scanner->at++;
		if (current(scanner) == '+' || current(scanner) == '-')
			scanner->at++;
		r = read_digits(scanner, "in exponent of numeric literal");
	}
	if (r == 0)
		end_node(scanner, index, 0);
	return r;
}

static const struct literal {
	const char *word;
	enum node_kind kind;
	unsigned flags;
} literals[] = {
	{ "null", NODE_NULL, 0 },
	{ "true", NODE_BOOL, NODE_TRUE },
	{ "false", NODE_BOOL, 0 },
};

static int read_literal(struct scanner *scanner, const struct literal *literal)
{
	uint32_t index = add_node(scanner, literal->kind);

	for (const char *c = literal->word; *c; c++, scanner->at++) {
		char context[48];

		if (current(scanner) == (unsigned char)*c)
			continue;
		snprintf(context, sizeof(context), "in literal %s (expecting '%c')", literal->word,
			 *c);
		return fail_char(scanner, context);
	}
	end_node(scanner, index, literal->flags);
	return 0;
}

static int open_container(struct scanner *scanner, enum node_kind kind)
{
	if (scanner->builder->depth == JSON_DEPTH_MAX)
		return fail_char(scanner, "exceeded max depth");
	node_builder_open(scanner->builder, add_node(scanner, kind));
	scanner->at++;
	return 0;
}

/* A scalar, or the opening bracket of an object or array. */
static int read_value(struct scanner *scanner)
{
	skip_space(scanner);

	unsigned char c = current(scanner);

	if (c == '"')
		return read_string(scanner);
	if (c == '{' || c == '[')
		return open_container(scanner, c == '{' ? NODE_OBJECT : NODE_ARRAY);
	if (c == '-' || is_digit(c))
		return read_number(scanner);
	for (size_t i = 0; i < ARRAY_SIZE(literals); i++) {
		if (c == (unsigned char)literals[i].word[0])
			return read_literal(scanner, &literals[i]);
	}
	return fail_token(scanner, "looking for beginning of value");
}

/* A key and its colon. */
static int read_key(struct scanner *scanner)
{
	skip_space(scanner);
	if (current(scanner) != '"')
		return fail_token(scanner, "looking for beginning of object key string");

	int r = read_string(scanner);

	if (r < 0)
		return r;
	skip_space(scanner);
	if (current(scanner) != ':')
		return fail_token(scanner, "after object key");
	scanner->at++;
	return 0;
}

/* What follows in the innermost object or array: its end, or one more member. */
static int read_member(struct scanner *scanner)
{
	const struct node *open = &scanner->builder->nodes[scanner->builder->open];
	bool object = open->kind == NODE_OBJECT;

	skip_space(scanner);
	if (current(scanner) == (object ? '}' : ']')) {
		scanner->at++;
		node_builder_close(scanner->builder, (uint32_t)scanner->at);
		return 0;
	}
	if (open->value) {
		if (current(scanner) != ',')
			return fail_token(scanner, object ? "after object key:value pair"
							  : "after array element");
		scanner->at++;
	}

	int r = object ? read_key(scanner) : 0;

	return r < 0 ? r : read_value(scanner);
}

static int read_text(struct scanner *scanner)
{
	int r = read_value(scanner);

	while (r == 0 && scanner->builder->open != NODE_BUILDER_NONE)
		r = read_member(scanner);
	if (r < 0)
		return r;
	skip_space(scanner);
	return at_end(scanner) ? 0 : fail_char(scanner, "after top-level value");
}

int json_parse(const struct source *source, struct document **ret, struct json_error *ret_error,
	       struct error *err)
{
	struct slice text = source_text(source);

	if (text.length > JSON_SIZE_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "%s: larger than %zu bytes",
				 source_name(source), JSON_SIZE_MAX);

	struct json_error error = { 0 };
	AUTO(node_builder_done) struct node_builder builder = NODE_BUILDER_INIT;
	struct scanner scanner = {
		.text = (const unsigned char *)text.data,
		.length = text.length,
		.builder = &builder,
		.error = &error,
	};

	if (read_text(&scanner) < 0) {
		struct origin origin = source_origin(source, error.offset - 1);

		if (ret_error)
			*ret_error = error;
		return error_set(err, ERROR_INPUT, EINVAL, "%s:%u:%u: %s", source_name(source),
				 origin.line, origin.column, error.message);
	}
	*ret = document_new(source);
	document_take_nodes(*ret, &builder);
	return 0;
}
