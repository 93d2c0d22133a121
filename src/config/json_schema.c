#include "config/json_schema.h"

#include <assert.h>

#include "config/butane/schema.h"

#define JSON_SCHEMA_BYTES_MAX ((size_t)16 << 20)
/* Kinds of objects in one dialect; a test generates all of them. */
#define OBJECTS_MAX 128

/* A dialect: Ignition of a version, or Butane. */
struct writer {
	struct text text; /* compact */
	enum spec_version version;
	const struct butane_dialect *dialect;	   /* NULL: Ignition */
	const struct schema *objects[OBJECTS_MAX]; /* in $defs, in the order they were met */
	size_t object_count;
};

/* One object on its way into $defs. */
struct members {
	struct writer *writer;
	void (*append)(struct members *members, const struct schema_field *field,
		       struct slice name);
	size_t count;
};

static const char *const types[] = {
	[FIELD_STRING] = "\"string\"", [FIELD_INT] = "\"integer\"", [FIELD_BOOL] = "\"boolean\"",
	[FIELD_OBJECT] = "\"object\"", [FIELD_LIST] = "\"array\"",
};

static void append_string(struct text *out, const char *before, const char *value)
{
	text_append_str(out, before);
	text_append_json(out, slice_of(value));
}

/* The number of @schema in $defs; it is added when it is new. */
static size_t object_number(struct writer *writer, const struct schema *schema)
{
	for (size_t i = 0; i < writer->object_count; i++)
		if (writer->objects[i] == schema)
			return i;
	assert(writer->object_count < OBJECTS_MAX);
	writer->objects[writer->object_count] = schema;
	return writer->object_count++;
}

/* Several forms of one type of Go's are told apart by a number. */
static void append_object_name(struct writer *writer, size_t number)
{
	const char *name = writer->objects[number]->go_name;
	size_t twins = 0;

	for (size_t i = 0; i < number; i++)
		twins += strcmp(writer->objects[i]->go_name, name) == 0;
	text_append_str(&writer->text, name);
	if (twins)
		text_printf(&writer->text, "%zu", twins + 1);
}

static void append_reference(struct writer *writer, const struct schema *schema)
{
	const size_t number = object_number(writer, schema);

	text_append_str(&writer->text, "{\"$ref\":\"#/$defs/");
	append_object_name(writer, number);
	text_append_str(&writer->text, "\"}");
}

static bool is_required(const struct writer *writer, const struct schema_field *field)
{
	if (!(field->flags & FIELD_REQUIRED))
		return false;
	/* What Butane's sugar generates may be written in part: only what it is found by is needed.
	 */
	return !writer->dialect || field->type == FIELD_STRING;
}

/* What the text says of itself: the version, of Butane the variant too; NULL: anything. */
static const char *constant_of(const struct writer *writer, const struct schema_field *field)
{
	const bool is_version = strcmp(field->name, "version") == 0;

	if (!(field->flags & FIELD_REQUIRED))
		return NULL;
	if (!writer->dialect)
		return is_version ? spec_version_name(writer->version) : NULL;
	if (strcmp(field->name, "variant") == 0)
		return writer->dialect->variant;
	return is_version ? writer->dialect->version : NULL;
}

static void append_type(struct writer *writer, const struct schema_field *field)
{
	const char *constant = constant_of(writer, field);

	if (constant) {
		append_string(&writer->text, ",\"const\":", constant);
		return;
	}
	if (field->type == FIELD_OBJECT) {
		text_append_str(&writer->text, ",\"anyOf\":[");
		append_reference(writer, field->item);
		text_append_str(&writer->text, ",{\"type\":\"null\"}]");
		return;
	}
	text_printf(&writer->text,
		    is_required(writer, field) ? ",\"type\":%s" : ",\"type\":[%s,\"null\"]",
		    types[field->type]);
	if (field->type != FIELD_LIST)
		return;
	text_append_str(&writer->text, ",\"items\":");
	if (field->item)
		append_reference(writer, field->item);
	else
		text_append_str(&writer->text, "{\"type\":\"string\"}");
}

static void append_member(struct members *members, const struct schema_field *field,
			  struct slice name)
{
	struct text *out = &members->writer->text;

	text_append_str(out, members->count++ ? "," : "");
	text_append_json(out, name);
	append_string(out, ":{\"description\":", field->description);
	append_type(members->writer, field);
	text_append_char(out, '}');
}

static void append_required(struct members *members, const struct schema_field *field,
			    struct slice name)
{
	if (!is_required(members->writer, field) && !constant_of(members->writer, field))
		return;
	text_append_str(&members->writer->text, members->count++ ? "," : "");
	text_append_json(&members->writer->text, name);
}

static void visit(void *context, const struct schema_field *field, struct slice name)
{
	struct members *members = context;

	members->append(members, field, name);
}

static void each_of_ignition(struct members *members, const struct schema *schema)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (field->flags & FIELD_INLINE)
			each_of_ignition(members, field->item);
		else if (schema_field_known(field, members->writer->version))
			visit(members, field, slice_of(field->name));
	}
}

static void each_member(struct members *members, const struct schema *schema)
{
	const struct writer *writer = members->writer;

	if (!writer->dialect) {
		each_of_ignition(members, schema);
		return;
	}
	butane_schema_each(schema, writer->dialect, visit, members);
	if (butane_schema_beside(schema))
		butane_schema_each(butane_schema_beside(schema), writer->dialect, visit, members);
}

static void append_object(struct writer *writer, const struct schema *schema)
{
	struct members members = { .writer = writer, .append = append_member };

	text_append_str(&writer->text, "\"type\":\"object\",");
	if (schema == &butane_labels_schema) {
		text_append_str(&writer->text, "\"additionalProperties\":{\"type\":\"string\"}");
		return;
	}
	text_append_str(&writer->text, "\"properties\":{");
	each_member(&members, schema);
	text_append_str(&writer->text, "},\"required\":[");
	members = (struct members){ .writer = writer, .append = append_required };
	each_member(&members, schema);
	text_append_str(&writer->text, "],\"additionalProperties\":false");
}

/* Line breaks and indentation for compact JSON. */
static void append_indented(struct text *out, struct slice json)
{
	bool is_string = false;
	unsigned depth = 0;

	for (size_t i = 0; i < json.length; i++) {
		const char c = json.data[i];
		const bool opens = !is_string && (c == '{' || c == '[');
		const bool closes = !is_string && (c == '}' || c == ']');

		if (closes && !strchr("{[", json.data[i - 1]))
			text_printf(out, "\n%*s", (int)(2 * (depth - 1)), "");
		depth = depth + opens - closes;
		text_append_char(out, c);
		if (is_string && c == '\\')
			text_append_char(out, json.data[++i]);
		else if (c == '"')
			is_string = !is_string;
		else if ((opens && !strchr("}]", json.data[i + 1])) || (!is_string && c == ','))
			text_printf(out, "\n%*s", (int)(2 * depth), "");
		else if (!is_string && c == ':')
			text_append_char(out, ' ');
	}
	text_append_char(out, '\n');
}

static void write_schema(struct writer *writer, const char *title, struct text *out)
{
	struct text *text = &writer->text;

	append_string(
		text,
		"{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":", title);
	text_append_char(text, ',');
	object_number(writer, &config_schema);
	append_object(writer, &config_schema);
	text_append_str(text, ",\"$defs\":{");
	/* An object's members may add more objects behind it. */
	for (size_t i = 1; i < writer->object_count; i++) {
		text_append_str(text, i > 1 ? ",\"" : "\"");
		append_object_name(writer, i);
		text_append_str(text, "\":{");
		append_object(writer, writer->objects[i]);
		text_append_char(text, '}');
	}
	text_append_str(text, "}}");
	append_indented(out, text_slice(text));
	text_done(text);
}

void json_schema_ignition(enum spec_version version, struct text *out)
{
	struct writer writer = { .text = TEXT_INIT(JSON_SCHEMA_BYTES_MAX), .version = version };
	AUTO(text_done) struct text title = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&title, "Ignition config %s", spec_version_name(version));
	write_schema(&writer, text_str(&title), out);
}

void json_schema_butane(const struct butane_dialect *dialect, struct text *out)
{
	struct writer writer = { .text = TEXT_INIT(JSON_SCHEMA_BYTES_MAX),
				 .version = dialect->spec,
				 .dialect = dialect };
	AUTO(text_done) struct text title = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&title, "Butane config %s %s", dialect->variant, dialect->version);
	write_schema(&writer, text_str(&title), out);
}
