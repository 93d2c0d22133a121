/* encode_origins - the file of origins beside the cache, written and read back. */
#include "config/encode.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/number.h"
#include "config/key_map.h"

/* The sink is given pieces of about this size. */
#define PIECE_BYTES ((size_t)64 << 10)

/* One walk over the objects of a config, elements of lists of strings among them. */
struct walk {
	struct text path;
	/* Whether to go on. */
	bool (*visit)(struct walk *walk, struct origin *origin);
	void *context;
};

static bool walk_members(struct walk *walk, const struct schema *schema, const void *object);

/* @schema: NULL for a string */
static bool walk_object(struct walk *walk, const struct schema *schema, const void *object)
{
	return walk->visit(walk, schema_origin(object)) &&
	       (!schema || walk_members(walk, schema, object));
}

static bool walk_list(struct walk *walk, const struct schema_field *field,
		      const struct config_list *list)
{
	const char *item = list->items;
	const size_t length = walk->path.length;
	bool go_on = true;

	for (size_t i = 0; go_on && i < list->count; i++, item += schema_item_size(field)) {
		text_printf(&walk->path, ".%zu", i);
		go_on = walk_object(walk, field->item, item);
		text_truncate(&walk->path, length);
	}
	return go_on;
}

static bool walk_field(struct walk *walk, const struct schema_field *field, const void *member)
{
	const size_t length = walk->path.length;

	if (field->flags & FIELD_INLINE)
		return walk_members(walk, field->item, member);
	text_printf(&walk->path, ".%s", field->name);

	bool go_on = field->type == FIELD_LIST ? walk_list(walk, field, member)
					       : walk_object(walk, field->item, member);

	text_truncate(&walk->path, length);
	return go_on;
}

static bool walk_members(struct walk *walk, const struct schema *schema, const void *object)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (field->type != FIELD_OBJECT && field->type != FIELD_LIST)
			continue;
		if (schema_field_known(field, SPEC_NEWEST) &&
		    !walk_field(walk, field, schema_member(field, object)))
			return false;
	}
	return true;
}

static void walk_config(struct walk *walk, const struct config *config)
{
	text_append_char(&walk->path, '$');
	walk_object(walk, &config_schema, config);
	text_done(&walk->path);
}

struct origin_writer {
	struct content_sink *sink;
	struct error *err;
	struct text buffer;
	int r;
};

static void write_pieces(struct origin_writer *writer, size_t at_least)
{
	if (writer->r < 0 || writer->buffer.length < at_least)
		return;
	writer->r = writer->sink->write(writer->sink, writer->buffer.data, writer->buffer.length,
					writer->err);
	text_clear(&writer->buffer);
}

/* Tabs and newlines end fields and lines. */
static void append_name(struct text *out, const char *name)
{
	for (; *name; name++) {
		const bool is_control = (unsigned char)*name < ' ';

		text_append(out, is_control ? "?" : name, 1);
	}
}

static bool write_origin(struct walk *walk, struct origin *origin)
{
	struct origin_writer *writer = walk->context;

	if (!origin->source)
		return true;
	text_printf(&writer->buffer, "%s\t%" PRIu32 "\t%" PRIu32 "\t", text_str(&walk->path),
		    origin->line, origin->column);
	append_name(&writer->buffer, source_name(origin->source));
	text_append_char(&writer->buffer, '\n');
	write_pieces(writer, PIECE_BYTES);
	return writer->r == 0;
}

int config_encode_origins(const struct config *config, struct content_sink *sink, struct error *err)
{
	struct origin_writer writer = { .sink = sink,
					.err = err,
					.buffer = TEXT_INIT(PIECE_BYTES + TEXT_MESSAGE_MAX) };
	struct walk walk = { .path = TEXT_INIT(TEXT_MESSAGE_MAX),
			     .visit = write_origin,
			     .context = &writer };

	walk_config(&walk, config);
	write_pieces(&writer, 1);
	text_done(&writer.buffer);
	return writer.r;
}

struct origin_reader {
	struct config_pool *pool;
	struct slice rest;
	struct key_map names;
	const struct source **sources; /* by the numbers that names has */
	size_t source_count;
};

/* What comes before the next @end, cut off @rest; absent when there is none. */
static struct slice take_until(struct slice *rest, char end)
{
	const char *at = rest->length ? memchr(rest->data, end, rest->length) : NULL;

	if (!at)
		return (struct slice){ 0 };

	struct slice taken = { rest->data, (size_t)(at - rest->data) };

	*rest = slice_from(*rest, taken.length + 1);
	return taken;
}

static const struct source *source_named(struct origin_reader *reader, struct slice name)
{
	size_t at = reader->source_count;

	if (key_map_find(&reader->names, name, &at))
		return reader->sources[at];

	char *copy = slice_dup(name);

	reader->sources = xreallocarray(reader->sources, at + 1, sizeof(const struct source *));
	reader->sources[at] = config_pool_add_source(reader->pool, copy, /* data= */ NULL, 0);
	reader->source_count++;
	free(copy);
	key_map_add(&reader->names, name, at);
	return reader->sources[at];
}

/* Objects that nobody wrote have no line: theirs is the next one of another path. */
static bool read_origin(struct walk *walk, struct origin *origin)
{
	struct origin_reader *reader = walk->context;
	struct slice rest = reader->rest;
	struct slice path = take_until(&rest, '\t');
	uint64_t line = 0;
	uint64_t column = 0;

	if (!slice_equal(path, text_slice(&walk->path)))
		return true;
	if (number_parse_u64(take_until(&rest, '\t'), 0, UINT32_MAX, &line) < 0 ||
	    number_parse_u64(take_until(&rest, '\t'), 0, UINT32_MAX, &column) < 0)
		return false;

	struct slice name = take_until(&rest, '\n');

	if (!name.data)
		return false;
	*origin = (struct origin){
		.source = source_named(reader, name),
		.line = (uint32_t)line,
		.column = (uint32_t)column,
	};
	reader->rest = rest;
	return true;
}

void config_load_origins(struct config_pool *pool, const struct config *config, struct slice text)
{
	struct origin_reader reader = { .pool = pool, .rest = text };
	struct walk walk = { .path = TEXT_INIT(TEXT_MESSAGE_MAX),
			     .visit = read_origin,
			     .context = &reader };

	walk_config(&walk, config);
	key_map_done(&reader.names);
	free(reader.sources);
}
