#include "config/encode.h"

#include <inttypes.h>

#include "base/url.h"
#include "base/utf8.h"

/* The sink is given pieces of about this size. */
#define PIECE_BYTES ((size_t)64 << 10)
/* Strings that need no escapes and are at least this long go to the sink as they are. */
#define DIRECT_BYTES ((size_t)4 << 10)
/* Non-ASCII and escaped text is written in runs of at most this length. */
#define RUN_BYTES ((size_t)1 << 10)

#define REDACTED "***"

struct writer {
	struct content_sink *sink;
	struct error *err;
	struct text buffer;
	enum spec_version version;
	unsigned flags; /* enum encode_flag */
	unsigned depth;
	bool at_start; /* of an object or array: no comma yet */
	int r;	       /* the first failure; nothing is written after it */
};

static void writer_flush(struct writer *writer)
{
	if (writer->r == 0 && writer->buffer.length)
		writer->r = writer->sink->write(writer->sink, writer->buffer.data,
						writer->buffer.length, writer->err);
	text_clear(&writer->buffer);
}

static void writer_put(struct writer *writer, struct slice bytes)
{
	if (bytes.length >= DIRECT_BYTES) {
		writer_flush(writer);
		if (writer->r == 0)
			writer->r = writer->sink->write(writer->sink, bytes.data, bytes.length,
							writer->err);
		return;
	}
	text_append_slice(&writer->buffer, bytes);
	if (writer->buffer.length >= PIECE_BYTES)
		writer_flush(writer);
}

/* Bytes that need the encoder, cut between characters. */
static size_t special_run(struct slice s)
{
	size_t at = 0;
	uint32_t rune;

	while (at < s.length && at < RUN_BYTES &&
	       text_json_plain((struct slice){ s.data + at, 1 }) == 0) {
		size_t length = utf8_decode(slice_from(s, at), &rune);

		at += length ? length : 1;
	}
	return at;
}

/* @s in a JSON string's spelling, without the quotes. */
static void put_escaped(struct writer *writer, struct slice s)
{
	AUTO(text_done) struct text run = TEXT_INIT(TEXT_MESSAGE_MAX);

	while (s.length) {
		size_t plain = text_json_plain(s);

		writer_put(writer, (struct slice){ s.data, plain });
		s = slice_from(s, plain);

		size_t special = special_run(s);

		if (special == 0)
			continue;
		text_clear(&run);
		text_append_json(&run, (struct slice){ s.data, special });
		writer_put(writer, (struct slice){ run.data + 1, run.length - 2 });
		s = slice_from(s, special);
	}
}

static void put_string(struct writer *writer, struct slice s)
{
	writer_put(writer, SLICE("\""));
	put_escaped(writer, s);
	writer_put(writer, SLICE("\""));
}

/* What may be known of a URL: of data: where the payload begins, of others no user and no query. */
static void put_printable_url(struct writer *writer, struct slice s)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	const char *comma = s.length ? memchr(s.data, ',', s.length) : NULL;

	if (comma && slice_starts(s, "data:")) {
		text_append(&out, s.data, (size_t)(comma - s.data) + 1);
		text_append_str(&out, REDACTED);
	} else {
		url_append_printable(&out, s);
	}
	put_string(writer, text_slice(&out));
}

static void put_newline(struct writer *writer)
{
	if (!(writer->flags & ENCODE_INDENT))
		return;
	writer_put(writer, SLICE("\n"));
	for (unsigned i = 0; i < writer->depth; i++)
		writer_put(writer, SLICE("  "));
}

/* Before each member and element. */
static void put_separator(struct writer *writer)
{
	if (!writer->at_start)
		writer_put(writer, SLICE(","));
	writer->at_start = false;
	put_newline(writer);
}

static void put_open(struct writer *writer, const char *bracket)
{
	writer_put(writer, slice_of(bracket));
	writer->depth++;
	writer->at_start = true;
}

static void put_close(struct writer *writer, const char *bracket)
{
	writer->depth--;
	if (!writer->at_start)
		put_newline(writer);
	writer->at_start = false;
	writer_put(writer, slice_of(bracket));
}

static void put_key(struct writer *writer, const char *name)
{
	put_separator(writer);
	put_string(writer, slice_of(name));
	writer_put(writer, writer->flags & ENCODE_INDENT ? SLICE(": ") : SLICE(":"));
}

/* @flags: of the field and of the objects around it that pass their secrecy on. */
static void put_value(struct writer *writer, struct slice s, unsigned flags)
{
	if ((writer->flags & ENCODE_REDACT) && (flags & FIELD_SECRET))
		put_string(writer, SLICE(REDACTED));
	else if ((writer->flags & ENCODE_REDACT) && (flags & FIELD_URL))
		put_printable_url(writer, s);
	else
		put_string(writer, s);
}

static void put_int(struct writer *writer, int64_t value)
{
	char digits[sizeof("-9223372036854775808")];
	int length = snprintf(digits, sizeof(digits), "%" PRId64, value);

	writer_put(writer, (struct slice){ digits, (size_t)length });
}

static void encode_members(struct writer *writer, const struct schema *schema, const void *object,
			   unsigned flags);

static void encode_object(struct writer *writer, const struct schema *schema, const void *object,
			  unsigned flags)
{
	put_open(writer, "{");
	encode_members(writer, schema, object, flags);
	put_close(writer, "}");
}

static void encode_list(struct writer *writer, const struct schema_field *field,
			const struct config_list *list, unsigned flags)
{
	const char *item = list->items;

	put_open(writer, "[");
	for (size_t i = 0; i < list->count; i++, item += schema_item_size(field)) {
		put_separator(writer);
		if (field->item)
			encode_object(writer, field->item, item, flags);
		else
			put_value(writer, CONFIG_AT(struct config_text, list, i)->text, flags);
	}
	put_close(writer, "]");
}

/* Whether nothing of @object would be written in this version. */
static bool is_empty(const struct writer *writer, const struct schema *schema, const void *object)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		const void *member = schema_member(field, object);

		if (!schema_field_known(field, writer->version))
			continue;
		if (field->type == FIELD_OBJECT ? !is_empty(writer, field->item, member)
						: !schema_is_zero(field, member))
			return false;
	}
	return true;
}

/* Upstream's "omitempty", which its structs lack for objects and for what has to be there. */
static bool is_omitted(const struct writer *writer, const struct schema_field *field,
		       const void *member)
{
	if (field->type == FIELD_OBJECT)
		return (writer->flags & ENCODE_OMIT_EMPTY) && is_empty(writer, field->item, member);
	if ((field->flags & FIELD_PLAIN) && (field->flags & FIELD_REQUIRED))
		return false;
	return schema_is_zero(field, member);
}

static void encode_member(struct writer *writer, const struct schema_field *field,
			  const void *member, unsigned flags)
{
	put_key(writer, field->name);
	switch (field->type) {
	case FIELD_STRING:
		put_value(writer, *(const struct slice *)member, flags);
		break;
	case FIELD_INT:
		put_int(writer, field->flags & FIELD_PLAIN
					? *(const int64_t *)member
					: ((const struct config_int *)member)->value);
		break;
	case FIELD_BOOL:
		writer_put(writer, ((const struct config_bool *)member)->value ? SLICE("true")
									       : SLICE("false"));
		break;
	case FIELD_OBJECT:
		encode_object(writer, field->item, member, flags);
		break;
	case FIELD_LIST:
		encode_list(writer, field, member, flags);
		break;
	}
}

static void encode_members(struct writer *writer, const struct schema *schema, const void *object,
			   unsigned flags)
{
	for (size_t i = 0; i < schema->field_count && writer->r == 0; i++) {
		const struct schema_field *field = &schema->fields[i];
		const void *member = schema_member(field, object);
		const unsigned below = field->flags | (flags & FIELD_SECRET);

		if (!schema_field_known(field, writer->version))
			continue;
		if (field->flags & FIELD_INLINE)
			encode_members(writer, field->item, member, flags);
		else if (!is_omitted(writer, field, member))
			encode_member(writer, field, member, below);
	}
}

int config_encode_at(const struct config *config, enum spec_version version, unsigned flags,
		     struct content_sink *sink, struct error *err)
{
	struct writer writer = {
		.sink = sink,
		.err = err,
		.buffer = TEXT_INIT(PIECE_BYTES + DIRECT_BYTES),
		.version = version,
		.flags = flags,
	};

	encode_object(&writer, &config_schema, config, 0);
	writer_flush(&writer);
	text_done(&writer.buffer);
	return writer.r;
}

int config_encode(const struct config *config, unsigned flags, struct content_sink *sink,
		  struct error *err)
{
	return config_encode_at(config, SPEC_NEWEST, flags, sink, err);
}
