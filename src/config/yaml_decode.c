#include "config/yaml_decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#include "base/number.h"

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

/* Its members are not known to any table. */
const struct schema yaml_node_schema = { .go_name = "struct", .size = sizeof(struct yaml_node) };

/* A member that is being decoded. */
struct place {
	const struct yaml_decode *decode;
	const char *type; /* as messages name it: "string" */
	struct slice key;
	uint32_t node;
};

static const struct node *node_at(const struct yaml_decode *decode, uint32_t node)
{
	return &decode->document->nodes[node];
}

static bool is_coreos(const struct yaml_decode *decode)
{
	return decode->flags & YAML_DECODE_COREOS;
}

static bool is_null(const struct yaml_decode *decode, uint32_t node)
{
	return node_at(decode, node)->kind == NODE_NULL;
}

static bool is_scalar(const struct yaml_decode *decode, uint32_t node)
{
	return node_at(decode, node)->kind != NODE_ARRAY &&
	       node_at(decode, node)->kind != NODE_OBJECT;
}

/* Of a string what it stands for, of others what was written. */
static struct slice scalar_text(const struct yaml_decode *decode, uint32_t node)
{
	const struct node *at = node_at(decode, node);

	if (at->kind == NODE_STRING)
		return node_string(decode->document, node);
	return (struct slice){ source_text(decode->document->source).data + at->start, at->length };
}

static bool is_quoted(const struct yaml_decode *decode, uint32_t node)
{
	const struct slice text = source_text(decode->document->source);
	const size_t start = node_at(decode, node)->start;

	return start < text.length && (text.data[start] == '"' || text.data[start] == '\'');
}

/* Values are not shown: some are secret. */
static void type_error(const struct place *place)
{
	static const char *const kinds[] = {
		[NODE_NULL] = "!!null",	 [NODE_BOOL] = "!!bool", [NODE_NUMBER] = "!!int",
		[NODE_STRING] = "!!str", [NODE_ARRAY] = "!!seq", [NODE_OBJECT] = "!!map",
	};
	const struct yaml_decode *decode = place->decode;
	const struct report_path path = { .key = place->key };
	const struct origin origin = node_origin(decode->document, place->node);
	struct report_entry *entry;

	if (is_coreos(decode))
		entry = report_add(decode->report, REPORT_WARNING, &path, origin,
				   "incorrect type for \"%.*s\" (want %s)", SLICE_ARGS(place->key),
				   place->type);
	else
		entry = report_add(decode->report, REPORT_ERROR, &path, origin,
				   "cannot unmarshal %s into %s",
				   kinds[node_at(decode, place->node)->kind], place->type);
	entry->has_path = false;
	if (is_coreos(decode))
		entry->hint = "the value is ignored";
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
	if (!(value < INT_BEYOND && value >= -INT_BEYOND))
		return false;
	*ret = (int64_t)value;
	return true;
}

static bool take_int(const struct place *place, int64_t *ret)
{
	if (node_at(place->decode, place->node)->kind == NODE_NUMBER &&
	    parse_int(node_text(place->decode->document, place->node), ret))
		return true;
	type_error(place);
	return false;
}

/* Plain words of YAML 1.1 too: only what is quoted is a string. */
static bool take_bool(const struct place *place, bool *ret)
{
	const struct yaml_decode *decode = place->decode;
	const struct node *at = node_at(decode, place->node);

	if (at->kind == NODE_BOOL) {
		*ret = at->flags & NODE_TRUE;
		return true;
	}
	for (size_t i = 0;
	     at->kind == NODE_STRING && !is_quoted(decode, place->node) && i < ARRAY_SIZE(words);
	     i++) {
		if (slice_is(node_string(decode->document, place->node), words[i].text)) {
			*ret = words[i].value;
			return true;
		}
	}
	type_error(place);
	return false;
}

static bool take_string(const struct place *place, struct slice *ret)
{
	if (is_scalar(place->decode, place->node)) {
		*ret = scalar_text(place->decode, place->node);
		return true;
	}
	type_error(place);
	return false;
}

static void decode_string(const struct place *place, const struct schema_field *field, void *member)
{
	(void)field;
	take_string(place, member);
}

static void decode_int(const struct place *place, const struct schema_field *field, void *member)
{
	struct config_int out = { .is_set = true };

	if (!take_int(place, &out.value))
		return;
	if (field->flags & FIELD_PLAIN)
		*(int64_t *)member = out.value;
	else
		*(struct config_int *)member = out;
}

static void decode_bool(const struct place *place, const struct schema_field *field, void *member)
{
	struct config_bool out = { .is_set = true };

	(void)field;
	if (take_bool(place, &out.value))
		*(struct config_bool *)member = out;
}

static void decode_embedded(const struct place *place, const struct schema_field *field,
			    void *member)
{
	if (node_at(place->decode, place->node)->kind == NODE_OBJECT)
		yaml_decode_object(place->decode, field->item, member, place->node);
	else
		type_error(place);
}

/* Return: whether the element is kept. */
static bool decode_item(const struct place *list, const struct schema_field *field, void *item,
			uint32_t node)
{
	const struct place place = { .decode = list->decode,
				     .type = field->item ? "struct" : "string",
				     .key = list->key,
				     .node = node };
	struct config_text *text = item;

	if (is_null(list->decode, node))
		return false;
	*schema_origin(item) = node_origin(list->decode->document, node);
	if (!field->item)
		return take_string(&place, &text->text);
	decode_embedded(&place, field, item);
	return node_at(list->decode, node)->kind == NODE_OBJECT;
}

/* A list that is there already came under another spelling of its key. */
static void decode_list(const struct place *place, const struct schema_field *field, void *member)
{
	const struct yaml_decode *decode = place->decode;
	const size_t size = schema_item_size(field);
	struct config_list *out = member;
	const struct config_list before = *out;

	if (node_at(decode, place->node)->kind != NODE_ARRAY) {
		type_error(place);
		return;
	}
	out->items = arena_array(decode->arena, before.count + node_at(decode, place->node)->value,
				 size);
	if (before.count)
		memcpy(out->items, before.items, before.count * size);
	for (uint32_t at = node_first(decode->document, place->node); at;
	     at = node_next(decode->document, at)) {
		void *item = (char *)out->items + out->count * size;

		if (decode_item(place, field, item, at))
			out->count++;
		else
			memset(item, 0, size);
	}
}

static void (*const decoders[])(const struct place *place, const struct schema_field *field,
				void *member) = {
	[FIELD_STRING] = decode_string,	  [FIELD_INT] = decode_int,   [FIELD_BOOL] = decode_bool,
	[FIELD_OBJECT] = decode_embedded, [FIELD_LIST] = decode_list,
};

static const char *type_of(const struct schema_field *field)
{
	static const char *const types[] = {
		[FIELD_STRING] = "string",
		[FIELD_INT] = "int",
		[FIELD_BOOL] = "bool",
		[FIELD_OBJECT] = "struct",
	};

	if (field->type == FIELD_LIST)
		return field->item ? "[]struct" : "[]string";
	return types[field->type];
}

bool yaml_decode_same_key(const struct yaml_decode *decode, struct slice key, const char *name)
{
	if (!is_coreos(decode))
		return slice_is(key, name);
	if (key.length != strlen(name))
		return false;
	for (size_t i = 0; i < key.length; i++)
		if ((key.data[i] == '-' ? '_' : key.data[i]) != name[i])
			return false;
	return true;
}

uint32_t yaml_decode_get(const struct yaml_decode *decode, uint32_t node, const char *name)
{
	struct document *document = decode->document;
	uint32_t found = 0;

	if (node_at(decode, node)->kind != NODE_OBJECT)
		return 0;
	for (uint32_t key = node_first(document, node), value; key;
	     key = node_next(document, value)) {
		value = node_next(document, key);
		if (yaml_decode_same_key(decode, node_string(document, key), name))
			found = value;
	}
	return found;
}

/* Members of inline objects are found in the object that has them. */
static const struct schema_field *find_field(const struct yaml_decode *decode,
					     const struct schema *schema, struct slice key)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (field->flags & FIELD_INLINE) {
			const struct schema_field *inner = find_field(decode, field->item, key);

			if (inner)
				return inner;
		} else if (yaml_decode_same_key(decode, key, field->name)) {
			return field;
		}
	}
	return NULL;
}

static const char *find_folded(const struct schema *schema, struct slice key)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		const char *inner = NULL;

		if (field->flags & FIELD_INLINE)
			inner = find_folded(field->item, key);
		else if (strlen(field->name) == key.length &&
			 strncasecmp(field->name, key.data, key.length) == 0)
			inner = field->name;
		if (inner)
			return inner;
	}
	return NULL;
}

void yaml_decode_unknown(const struct yaml_decode *decode, uint32_t key, const char *folded)
{
	const struct slice name = node_string(decode->document, key);
	const struct origin origin = node_origin(decode->document, key);
	const struct report_path path = { .key = name };

	if (is_coreos(decode)) {
		report_add(decode->report, REPORT_WARNING, &path, origin,
			   "unrecognized key \"%.*s\"", SLICE_ARGS(name))
			->has_path = false;
		return;
	}
	report_add(decode->report, REPORT_WARNING, &path, origin,
		   "Config has unrecognized key: %.*s", SLICE_ARGS(name))
		->has_path = false;
	if (folded)
		report_add(decode->report, REPORT_INFO, &path, origin,
			   "Did you mean %s instead of %.*s", folded, SLICE_ARGS(name))
			->has_path = false;
}

void yaml_decode_object(const struct yaml_decode *decode, const struct schema *schema, void *object,
			uint32_t node)
{
	struct document *document = decode->document;

	*schema_origin(object) = node_origin(document, node);
	if (schema == &yaml_node_schema) {
		((struct yaml_node *)object)->node = node;
		return;
	}
	for (uint32_t key = node_first(document, node), value; key;
	     key = node_next(document, value)) {
		const struct slice name = node_string(document, key);
		const struct schema_field *field = find_field(decode, schema, name);

		value = node_next(document, key);
		if (!field)
			yaml_decode_unknown(decode, key, find_folded(schema, name));
		else if (!is_null(decode, value))
			decoders[field->type](&(struct place){ .decode = decode,
							       .type = type_of(field),
							       .key = name,
							       .node = value },
					      field, schema_member(field, object));
	}
}

static struct slice keep(struct arena *arena, const char *text)
{
	return slice_of(arena_strdup(arena, text));
}

/* As Go prints a float with %v: the shortest form that reads back. */
static struct slice take_float(const struct place *place)
{
	const struct yaml_decode *decode = place->decode;
	double value = 0;

	if (node_at(decode, place->node)->kind != NODE_NUMBER) {
		type_error(place);
		return (struct slice){ .data = NULL };
	}

	AUTO_FREE char *text = slice_dup(node_text(decode->document, place->node));

	value = strtod(text, NULL);
	/* 17 digits always read back. */
	for (int digits = 1; digits <= 17; digits++) {
		const char *shortest = arena_printf(decode->arena, "%.*g", digits, value);

		if (strtod(shortest, NULL) == value)
			return slice_of(shortest);
	}
	return (struct slice){ .data = NULL };
}

struct slice yaml_decode_scalar(const struct yaml_decode *decode, enum yaml_type type,
				struct slice key, uint32_t node)
{
	static const char *const types[] = {
		[YAML_TYPE_STRING] = "string",
		[YAML_TYPE_INT] = "int",
		[YAML_TYPE_BOOL] = "bool",
		[YAML_TYPE_FLOAT] = "float64",
	};
	const struct place place = {
		.decode = decode, .type = types[type], .key = key, .node = node
	};
	struct slice string = { .data = NULL };
	int64_t number = 0;
	bool truth = false;

	if (is_null(decode, node))
		return string;
	switch (type) {
	case YAML_TYPE_STRING:
		take_string(&place, &string);
		break;
	case YAML_TYPE_INT:
		if (take_int(&place, &number))
			string = slice_of(arena_printf(decode->arena, "%" PRId64, number));
		break;
	case YAML_TYPE_BOOL:
		if (take_bool(&place, &truth))
			string = keep(decode->arena, truth ? "true" : "false");
		break;
	case YAML_TYPE_FLOAT:
		string = take_float(&place);
		break;
	}
	return string;
}
