#include "config/decode.h"

#include <errno.h>

#include "base/number.h"

struct decoder {
	struct arena *arena;
	struct document *document;
	enum spec_version version;
	struct decode_error *error;
};

/* The keys down to the value that is being decoded; Go leaves indices out. */
struct place {
	const struct place *parent;
	const struct schema *schema; /* that has the field */
	const struct schema_field *field;
};

static const char *const kind_words[] = {
	[NODE_NULL] = "null",	  [NODE_BOOL] = "bool",	  [NODE_NUMBER] = "number",
	[NODE_STRING] = "string", [NODE_ARRAY] = "array", [NODE_OBJECT] = "object",
};

static const struct node *node_at(const struct decoder *decoder, uint32_t node)
{
	return &decoder->document->nodes[node];
}

static void append_place(struct text *out, const struct place *place)
{
	if (place->parent)
		append_place(out, place->parent);
	text_printf(out, ".%s", place->field->name);
}

/* Go's decoder has read a scalar whole when it finds fault, but of a list only the bracket. */
static size_t error_offset(const struct node *node)
{
	if (node->kind == NODE_ARRAY || node->kind == NODE_OBJECT)
		return (size_t)node->start + 1;
	return (size_t)node->start + node->length;
}

/* @what: the value's kind, or "number 1.5". @go_type: of what it should have become. */
static int type_error(struct decoder *decoder, uint32_t node, const struct place *place,
		      const char *what, const char *go_type)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&out, "json: cannot unmarshal %s into Go ", what);
	if (place) {
		text_printf(&out, "struct field %s", place->schema->go_name);
		append_place(&out, place);
	} else {
		text_append_str(&out, "value");
	}
	text_printf(&out, " of type %s", go_type);
	*decoder->error = (struct decode_error){
		.offset = error_offset(node_at(decoder, node)),
		.start = node_at(decoder, node)->start,
		.message = arena_strdup(decoder->arena, text_str(&out)),
	};
	return -EINVAL;
}

static int kind_error(struct decoder *decoder, uint32_t node, const struct place *place,
		      const char *go_type)
{
	return type_error(decoder, node, place, kind_words[node_at(decoder, node)->kind], go_type);
}

static const char *schema_go_type(struct decoder *decoder, const struct schema *schema)
{
	if (schema->go_type)
		return schema->go_type;
	return arena_printf(decoder->arena, "types.%s", schema->go_name);
}

static const char *list_go_type(struct decoder *decoder, const struct schema_field *field)
{
	if (field->go_type)
		return field->go_type;
	return arena_printf(decoder->arena, "[]%s", schema_go_type(decoder, field->item));
}

static int decode_object(struct decoder *decoder, uint32_t node, const struct place *place,
			 const struct schema *schema, void *object);

static int decode_string(struct decoder *decoder, uint32_t node, const struct place *place,
			 void *member)
{
	struct slice *out = member;
	const unsigned flags = place->field->flags;

	switch (node_at(decoder, node)->kind) {
	case NODE_STRING:
		*out = node_string(decoder->document, node);
		return 0;
	case NODE_NULL:
		if (!(flags & FIELD_PLAIN))
			*out = (struct slice){ 0 };
		return 0;
	default:
		return kind_error(decoder, node, place, "string");
	}
}

static int decode_int(struct decoder *decoder, uint32_t node, const struct place *place,
		      void *member)
{
	const bool is_plain = place->field->flags & FIELD_PLAIN;
	int64_t value = 0;

	if (node_at(decoder, node)->kind == NODE_NULL) {
		if (!is_plain)
			*(struct config_int *)member = (struct config_int){ 0 };
		return 0;
	}
	if (node_at(decoder, node)->kind != NODE_NUMBER)
		return kind_error(decoder, node, place, "int");

	struct slice text = node_text(decoder->document, node);

	if (number_parse_i64(text, INT64_MIN, INT64_MAX, &value) < 0) {
		const char *what = arena_printf(decoder->arena, "number %.*s", SLICE_ARGS(text));

		return type_error(decoder, node, place, what, "int");
	}
	if (is_plain)
		*(int64_t *)member = value;
	else
		*(struct config_int *)member =
			(struct config_int){ .value = value, .is_set = true };
	return 0;
}

static int decode_bool(struct decoder *decoder, uint32_t node, const struct place *place,
		       void *member)
{
	const struct node *value = node_at(decoder, node);

	if (value->kind != NODE_NULL && value->kind != NODE_BOOL)
		return kind_error(decoder, node, place, "bool");
	*(struct config_bool *)member = (struct config_bool){
		.value = value->flags & NODE_TRUE,
		.is_set = value->kind == NODE_BOOL,
	};
	return 0;
}

static int decode_embedded(struct decoder *decoder, uint32_t node, const struct place *place,
			   void *member)
{
	const struct schema_field *field = place->field;

	if (node_at(decoder, node)->kind == NODE_NULL) {
		if (field->flags & FIELD_POINTER)
			memset(member, 0, field->item->size);
		return 0;
	}
	return decode_object(decoder, node, place, field->item, member);
}

/* An element of a list of strings: null is the empty string. */
static int decode_text(struct decoder *decoder, uint32_t node, const struct place *place,
		       struct config_text *out)
{
	out->origin = node_origin(decoder->document, node);
	switch (node_at(decoder, node)->kind) {
	case NODE_STRING:
		out->text = node_string(decoder->document, node);
		return 0;
	case NODE_NULL:
		out->text = SLICE("");
		return 0;
	default:
		return kind_error(decoder, node, place, place->field->go_type + strlen("[]"));
	}
}

static int decode_item(struct decoder *decoder, uint32_t node, const struct place *place,
		       void *item)
{
	if (!place->field->item)
		return decode_text(decoder, node, place, item);
	if (node_at(decoder, node)->kind != NODE_NULL)
		return decode_object(decoder, node, place, place->field->item, item);
	*schema_origin(item) = node_origin(decoder->document, node);
	return 0;
}

static int decode_list(struct decoder *decoder, uint32_t node, const struct place *place,
		       void *member)
{
	struct config_list *out = member;
	const struct node *value = node_at(decoder, node);
	const size_t size = schema_item_size(place->field);

	if (value->kind == NODE_NULL) {
		*out = (struct config_list){ 0 };
		return 0;
	}
	if (value->kind != NODE_ARRAY)
		return kind_error(decoder, node, place, list_go_type(decoder, place->field));

	*out = (struct config_list){ .items = arena_array(decoder->arena, value->value, size),
				     .count = value->value };
	char *item = out->items;

	for (uint32_t at = node_first(decoder->document, node); at;
	     at = node_next(decoder->document, at), item += size) {
		int r = decode_item(decoder, at, place, item);

		if (r < 0)
			return r;
	}
	return 0;
}

static int (*const decoders[])(struct decoder *decoder, uint32_t node, const struct place *place,
			       void *member) = {
	[FIELD_STRING] = decode_string,	  [FIELD_INT] = decode_int,   [FIELD_BOOL] = decode_bool,
	[FIELD_OBJECT] = decode_embedded, [FIELD_LIST] = decode_list,
};

static int decode_object(struct decoder *decoder, uint32_t node, const struct place *place,
			 const struct schema *schema, void *object)
{
	struct document *document = decoder->document;

	if (node_at(decoder, node)->kind != NODE_OBJECT)
		return kind_error(decoder, node, place, schema_go_type(decoder, schema));

	*schema_origin(object) = node_origin(document, node);
	for (uint32_t key = node_first(document, node), value; key;
	     key = node_next(document, value)) {
		value = node_next(document, key);

		const struct place below = {
			.parent = place,
			.schema = schema,
			.field = schema_find(schema, node_string(document, key), decoder->version),
		};

		if (!below.field)
			continue;

		int r = decoders[below.field->type](decoder, value, &below,
						    schema_member(below.field, object));
		if (r < 0)
			return r;
	}
	return 0;
}

int config_decode(struct arena *arena, struct document *document, const struct schema *schema,
		  enum spec_version version, void *object, struct decode_error *ret_error)
{
	struct decoder decoder = {
		.arena = arena, .document = document, .version = version, .error = ret_error
	};

	if (document->nodes[0].kind == NODE_NULL)
		return 0;
	return decode_object(&decoder, 0, /* place= */ NULL, schema, object);
}
