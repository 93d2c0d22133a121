/* decode - nodes into the two models, as Go's yaml.v3 would. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/number.h"
#include "config/butane/lowering.h"
#include "config/butane/schema.h"
#include "config/guess.h"
#include "config/key_map.h"

/* Go's limit on the text of a value in a message, and what is left of a longer one. */
#define VALUE_BYTES_MAX	 10
#define VALUE_BYTES_KEPT 7
/* 2^63: the first value that is too large for an integer. */
#define INT_BEYOND 9223372036854775808.0

static const struct {
	const char *text;
	bool value;
} words[] = {
	{ "y", true },	 { "Y", true },	   { "yes", true },  { "Yes", true },
	{ "YES", true }, { "on", true },   { "On", true },   { "ON", true },
	{ "n", false },	 { "N", false },   { "no", false },  { "No", false },
	{ "NO", false }, { "off", false }, { "Off", false }, { "OFF", false },
};

static void decode_object(struct butane_lowering *lowering, const struct schema *schema,
			  void *object, uint32_t node, const struct report_path *path);

static const struct node *node_at(const struct butane_lowering *lowering, uint32_t node)
{
	return &lowering->document->nodes[node];
}

/* The text of a scalar: of a string what it stands for, of others what was written. */
static struct slice scalar_text(struct butane_lowering *lowering, uint32_t node)
{
	const struct node *at = node_at(lowering, node);

	if (at->kind == NODE_STRING)
		return node_string(lowering->document, node);
	return (struct slice){ source_text(lowering->document->source).data + at->start,
			       at->length };
}

static const char *tag_of(struct butane_lowering *lowering, uint32_t node)
{
	static const char *const tags[] = {
		[NODE_NULL] = "!!null",	 [NODE_BOOL] = "!!bool", [NODE_NUMBER] = "!!int",
		[NODE_STRING] = "!!str", [NODE_ARRAY] = "!!seq", [NODE_OBJECT] = "!!map",
	};
	const struct slice number = node_text(lowering->document, node);

	if (node_at(lowering, node)->kind == NODE_NUMBER && memchr(number.data, '.', number.length))
		return "!!float";
	return tags[node_at(lowering, node)->kind];
}

static void type_error(struct butane_lowering *lowering, const struct schema_field *field,
		       uint32_t node, const struct report_path *path, const char *wanted)
{
	const unsigned kind = node_at(lowering, node)->kind;
	AUTO(text_done) struct text message = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&message, "cannot unmarshal %s ", tag_of(lowering, node));
	if (kind != NODE_ARRAY && kind != NODE_OBJECT && !(field->flags & FIELD_SECRET)) {
		struct slice value = scalar_text(lowering, node);
		const bool is_cut = value.length > VALUE_BYTES_MAX;

		text_printf(&message, "`%.*s%s` ", (int)(is_cut ? VALUE_BYTES_KEPT : value.length),
			    value.data ? value.data : "", is_cut ? "..." : "");
	}
	text_printf(&message, "into %s", wanted);
	report_add(lowering->report, REPORT_ERROR, path, node_origin(lowering->document, node),
		   "%s", text_str(&message));
}

static bool is_scalar(const struct butane_lowering *lowering, uint32_t node)
{
	return node_at(lowering, node)->kind != NODE_ARRAY &&
	       node_at(lowering, node)->kind != NODE_OBJECT;
}

static void decode_string(struct butane_lowering *lowering, const struct schema_field *field,
			  void *member, uint32_t node, const struct report_path *path)
{
	if (is_scalar(lowering, node))
		*(struct slice *)member = scalar_text(lowering, node);
	else
		type_error(lowering, field, node, path, "string");
}

/* Go takes a number with a fraction for the integer below it, towards zero. */
static bool parse_int(struct slice number, int64_t *ret)
{
	AUTO_FREE char *text = NULL;
	double value = 0;

	if (number_parse_i64(number, INT64_MIN, INT64_MAX, ret) == 0)
		return true;
	text = slice_dup(number);
	if (!strpbrk(text, ".eE"))
		return false;
	value = strtod(text, NULL);
	if (value >= INT_BEYOND || value < -INT_BEYOND)
		return false;
	*ret = (int64_t)value;
	return true;
}

static void decode_int(struct butane_lowering *lowering, const struct schema_field *field,
		       void *member, uint32_t node, const struct report_path *path)
{
	int64_t value = 0;

	if (node_at(lowering, node)->kind != NODE_NUMBER ||
	    !parse_int(node_text(lowering->document, node), &value))
		type_error(lowering, field, node, path, "int");
	else if (field->flags & FIELD_PLAIN)
		*(int64_t *)member = value;
	else
		*(struct config_int *)member = (struct config_int){ value, true };
}

static void decode_bool(struct butane_lowering *lowering, const struct schema_field *field,
			void *member, uint32_t node, const struct report_path *path)
{
	const struct node *at = node_at(lowering, node);
	struct config_bool *out = member;

	if (at->kind == NODE_BOOL) {
		*out = (struct config_bool){ at->flags & NODE_TRUE, true };
		return;
	}
	for (size_t i = 0; at->kind == NODE_STRING && i < ARRAY_SIZE(words); i++) {
		if (slice_is(node_string(lowering->document, node), words[i].text)) {
			*out = (struct config_bool){ words[i].value, true };
			return;
		}
	}
	type_error(lowering, field, node, path, "bool");
}

static void decode_embedded(struct butane_lowering *lowering, const struct schema_field *field,
			    void *member, uint32_t node, const struct report_path *path)
{
	if (node_at(lowering, node)->kind == NODE_OBJECT)
		decode_object(lowering, field->item, member, node, path);
	else
		type_error(lowering, field, node, path, field->item->go_name);
}

static void decode_item(struct butane_lowering *lowering, const struct schema_field *field,
			void *item, uint32_t node, const struct report_path *path)
{
	struct config_text *text = item;

	*schema_origin(item) = node_origin(lowering->document, node);
	if (field->item) {
		if (node_at(lowering, node)->kind != NODE_NULL)
			decode_embedded(lowering, field, item, node, path);
		return;
	}
	text->text = SLICE("");
	if (node_at(lowering, node)->kind != NODE_NULL)
		decode_string(lowering, field, &text->text, node, path);
}

static void decode_list(struct butane_lowering *lowering, const struct schema_field *field,
			void *member, uint32_t node, const struct report_path *path)
{
	const size_t size = schema_item_size(field);
	const size_t count = node_at(lowering, node)->value;
	struct report_path below = { .parent = path };
	struct config_list *out = member;

	if (node_at(lowering, node)->kind != NODE_ARRAY) {
		type_error(lowering, field, node, path,
			   field->item ? arena_printf(lowering->arena, "[]%s", field->item->go_name)
				       : "[]string");
		return;
	}
	*out = (struct config_list){ arena_array(lowering->arena, count, size), count };
	for (uint32_t at = node_first(lowering->document, node); at;
	     at = node_next(lowering->document, at), below.index++)
		decode_item(lowering, field, (char *)out->items + below.index * size, at, &below);
}

static void (*const decoders[])(struct butane_lowering *lowering, const struct schema_field *field,
				void *member, uint32_t node, const struct report_path *path) = {
	[FIELD_STRING] = decode_string,	  [FIELD_INT] = decode_int,   [FIELD_BOOL] = decode_bool,
	[FIELD_OBJECT] = decode_embedded, [FIELD_LIST] = decode_list,
};

/* Labels are the user's own keys; their values are strings. */
static void decode_labels(struct butane_lowering *lowering, struct butane_labels *labels,
			  uint32_t node, const struct report_path *path)
{
	static const struct schema_field value = { .name = "", .type = FIELD_STRING };
	struct document *document = lowering->document;
	const size_t count = node_at(lowering, node)->value;
	struct butane_label *label = arena_array(lowering->arena, count, sizeof(*label));

	labels->entries = (struct config_list){ label, count };
	for (uint32_t key = node_first(document, node), at; key;
	     key = node_next(document, at), label++) {
		const struct report_path below = { .parent = path,
						   .key = node_string(document, key) };

		at = node_next(document, key);
		label->origin = node_origin(document, at);
		label->name = below.key;
		label->value = SLICE("");
		if (node_at(lowering, at)->kind != NODE_NULL)
			decode_string(lowering, &value, &label->value, at, &below);
	}
}

/* A dialect that has the member; NULL: there is none. */
static const struct butane_dialect *find_dialect(const struct butane_object *object,
						 struct slice key)
{
	const struct butane_dialect *dialect;

	for (size_t i = 0; (dialect = butane_dialect_at(i)); i++) {
		if (butane_schema_find(object->schema, key, dialect) ||
		    (object->beside_schema &&
		     butane_schema_find(object->beside_schema, key, dialect)))
			return dialect;
	}
	return NULL;
}

static void offer_name(void *context, const struct schema_field *field, struct slice name)
{
	(void)field;
	guess_offer(context, name);
}

static const char *name_hint(struct butane_lowering *lowering, const struct butane_object *object,
			     struct slice key)
{
	struct guess guess = guess_begin(key);

	butane_schema_each(object->schema, lowering->dialect, offer_name, &guess);
	if (object->beside_schema)
		butane_schema_each(object->beside_schema, lowering->dialect, offer_name, &guess);
	return guess_hint(&guess, report_arena(lowering->report));
}

/*
 * Upstream warns of any key that it does not use.  A key that another variant or version has is an
 * error here: whoever wrote boot_device.luks must not get a system that is not encrypted.
 */
static void report_unused(struct butane_lowering *lowering, const struct butane_object *object,
			  uint32_t key, const struct report_path *path)
{
	const struct butane_dialect *dialect = find_dialect(object, path->key);
	struct report_entry *entry = report_add(
		lowering->report, dialect ? REPORT_ERROR : REPORT_WARNING, path,
		node_origin(lowering->document, key), "unused key %.*s", SLICE_ARGS(path->key));

	entry->length = (uint32_t)node_at(lowering, key)->length;
	entry->rule = "unused-key";
	entry->hint = dialect ? arena_printf(report_arena(lowering->report),
					     "variant %s has it in version %s", dialect->variant,
					     dialect->version)
			      : name_hint(lowering, object, path->key);
}

/* What Butane adds to @object, made when the first such member is met: its origin is that of
 * @value. */
static void *beside_of(struct butane_lowering *lowering, struct butane_object *object,
		       uint32_t value)
{
	if (!object->beside) {
		object->beside = arena_alloc(lowering->arena, object->beside_schema->size);
		*schema_origin(object->beside) = node_origin(lowering->document, value);
	}
	return object->beside;
}

static void decode_member(struct butane_lowering *lowering, size_t index, uint32_t key,
			  const struct report_path *path)
{
	const struct report_path below = { .parent = path,
					   .key = node_string(lowering->document, key) };
	struct butane_object *object = &lowering->objects[index];
	const uint32_t value = node_next(lowering->document, key);
	const struct schema_field *field =
		butane_schema_find(object->schema, below.key, lowering->dialect);
	void *holder = object->object;

	if (!field && object->beside_schema) {
		field = butane_schema_find(object->beside_schema, below.key, lowering->dialect);
		if (field)
			holder = beside_of(lowering, object, value);
	}
	if (!field)
		report_unused(lowering, object, key, &below);
	else if (node_at(lowering, value)->kind != NODE_NULL)
		decoders[field->type](lowering, field, schema_member(field, holder), value, &below);
}

/* Return: the index of the new object: what is below it may move the array. */
static size_t add_object(struct butane_lowering *lowering, const struct schema *schema,
			 void *object)
{
	if (lowering->object_count == lowering->object_capacity) {
		lowering->object_capacity =
			lowering->object_capacity ? 2 * lowering->object_capacity : 64;
		lowering->objects = xreallocarray(lowering->objects, lowering->object_capacity,
						  sizeof(*lowering->objects));
	}
	lowering->objects[lowering->object_count] = (struct butane_object){
		.schema = schema,
		.object = object,
		.beside_schema = butane_schema_beside(schema),
	};
	return lowering->object_count++;
}

static void decode_object(struct butane_lowering *lowering, const struct schema *schema,
			  void *object, uint32_t node, const struct report_path *path)
{
	struct document *document = lowering->document;

	*schema_origin(object) = node_origin(document, node);
	if (schema == &butane_labels_schema) {
		decode_labels(lowering, object, node, path);
		return;
	}

	const size_t index = add_object(lowering, schema, object);

	for (uint32_t key = node_first(document, node); key;
	     key = node_next(document, node_next(document, key)))
		decode_member(lowering, index, key, path);
}

void butane_decode(struct butane_lowering *lowering)
{
	decode_object(lowering, &config_schema, lowering->config, 0, /* path= */ NULL);
	/* The top is there: a variant was found in it. */
	lowering->top = lowering->objects[0].beside;
	lowering->config->ignition.version = slice_of(spec_version_name(lowering->dialect->spec));
}
