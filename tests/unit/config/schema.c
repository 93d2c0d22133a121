/* schema - every row of the tables: its place, its versions, and what decode, encode and merge do.
 */
#include "config/schema.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "config/decode.h"
#include "config/merge.h"
#include "config/translate.h"
#include "config/unused.h"
#include "config_test.h"
#include "tap.h"

/* The way from the top to a member. */
struct step {
	const struct step *parent;
	const struct schema_field *field;
};

static void append_label(struct text *out, const struct step *step)
{
	if (step->parent) {
		append_label(out, step->parent);
		text_append_char(out, '.');
	}
	text_append_str(out, step->field->name);
}

static const char *sample(const struct schema_field *field)
{
	switch (field->type) {
	case FIELD_STRING:
		return "\"x\"";
	case FIELD_INT:
		return "7";
	case FIELD_BOOL:
		return "true";
	case FIELD_OBJECT:
		return "{}";
	case FIELD_LIST:
		return field->item ? "[{}]" : "[\"x\"]";
	}
	return "";
}

/* A config that has nothing but the member at @step, with @value. */
static char *document_of(const struct step *step, const char *value)
{
	char *out = xstrdup(value);

	for (; step; step = step->parent) {
		const bool is_inner_list = step->field->type == FIELD_LIST && out[0] != '[';
		char *wrapped = xasprintf("{\"%s\":%s%s%s}", step->field->name,
					  is_inner_list ? "[" : "", out, is_inner_list ? "]" : "");

		free(out);
		out = wrapped;
	}
	return out;
}

static bool has_key_already(const struct schema *schema, const struct schema_field *field,
			    enum spec_version version)
{
	return schema_find_exact(schema, slice_of(field->name), version) != NULL;
}

/* Occurrences of the member as the sample has it. */
static size_t count_member(const struct config *config, const struct schema_field *field)
{
	AUTO_FREE char *text = test_encode(config, 0);
	AUTO_FREE char *needle = xasprintf("\"%s\":%s", field->name, sample(field));
	size_t count = 0;

	/* Objects have members that are always written. */
	needle[strcspn(needle, "}")] = '\0';
	for (const char *at = text; (at = strstr(at, needle)); at++)
		count++;
	return count;
}

struct decoded {
	struct config config;
	int r;
	size_t unused;
};

static void decode_at(struct config_pool *pool, const char *text, enum spec_version version,
		      struct decoded *ret)
{
	AUTO(report_free) struct report *report = report_new();
	struct document *document = test_document(pool, text);
	struct decode_error error;

	*ret = (struct decoded){ 0 };
	ret->r = config_decode(config_pool_arena(pool), document, &config_schema, version,
			       &ret->config, &error);
	unused_report(document, &ret->config, version, report);
	ret->unused = report_count(report);
	config_translate(&ret->config, version);
}

static void check_place(const struct schema *schema, const struct schema_field *field,
			const char *label)
{
	static const size_t sizes[] = {
		[FIELD_STRING] = sizeof(struct slice),
		[FIELD_INT] = sizeof(struct config_int),
		[FIELD_BOOL] = sizeof(struct config_bool),
		[FIELD_LIST] = sizeof(struct config_list),
	};
	const size_t size = field->type == FIELD_OBJECT ? field->item->size : sizes[field->type];
	const bool is_plain_int = field->type == FIELD_INT && (field->flags & FIELD_PLAIN);
	const size_t end = field->offset + (is_plain_int ? sizeof(int64_t) : size);

	tap_ok(end <= schema->size &&
		       (field->flags & FIELD_INLINE ? field->offset == 0
						    : field->offset >= sizeof(struct origin)),
	       "%s: lies inside its struct, behind the origin", label);
	tap_ok(field->since < SPEC_VERSION_COUNT && field->removed < SPEC_VERSION_COUNT &&
		       (!field->removed || field->since < field->removed),
	       "%s: since and removed are versions in order", label);
	tap_ok(field->description && field->description[0], "%s: has a description", label);
	if (field->type == FIELD_LIST)
		tap_ok(field->item || (field->go_type && strncmp(field->go_type, "[]", 2) == 0),
		       "%s: a list of strings has a Go type", label);
}

/* Whether @version has every member of the way in the form that it names. */
static bool is_known(const struct step *step, enum spec_version version)
{
	for (; step; step = step->parent)
		if (!schema_field_known(step->field, version))
			return false;
	return true;
}

static void check_versions(const struct step *step, const struct schema *schema, const char *label)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct schema_field *field = step->field;
	AUTO_FREE char *text = document_of(step, sample(field));
	struct decoded decoded;

	for (enum spec_version v = SPEC_OLDEST; v < SPEC_VERSION_COUNT; v++) {
		decode_at(pool, text, v, &decoded);
		if (is_known(step, v))
			tap_ok(decoded.r == 0 && decoded.unused == 0 &&
				       (count_member(&decoded.config, field) > 0 ||
					strcmp(field->name, "version") == 0),
			       "%s: read at %s and written back", label, spec_version_name(v));
		else if (is_known(step->parent, v) && !has_key_already(schema, field, v))
			tap_ok(decoded.r == 0 && decoded.unused == 1, "%s: an unused key at %s",
			       label, spec_version_name(v));
	}
}

static bool crosses_append(const struct step *step)
{
	for (; step; step = step->parent)
		if (step->field->flags & FIELD_APPEND)
			return true;
	return false;
}

/* Whether the sample is a list element that only removes: a header without value. */
static bool is_removal(const struct step *step, const struct schema *schema)
{
	const struct schema *item = step->field->type == FIELD_LIST ? step->field->item : schema;

	for (size_t i = 0; item && i < item->field_count; i++)
		if (item->fields[i].flags & FIELD_REMOVES)
			return &item->fields[i] != step->field;
	return false;
}

static void check_appended(const struct config *config, const struct schema_field *field,
			   const char *label)
{
	AUTO_FREE char *text = test_encode(config, 0);
	const char *list = strchr(strstr(text, field->name), '[');
	const char *twice =
		field->item ? "[{\"verification\":{}},{\"verification\":{}}]" : "[\"x\",\"x\"]";

	tap_ok(strncmp(list, twice, strlen(twice)) == 0, "%s: merged with itself it is appended",
	       label);
}

static void check_merge(const struct step *step, const struct schema *schema, const char *label)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO_FREE char *text = document_of(step, sample(step->field));
	const bool doubles = crosses_append(step);
	struct decoded decoded;

	decode_at(pool, text, SPEC_NEWEST, &decoded);

	const struct config *config = &decoded.config;
	const size_t once = count_member(config, step->field);
	const size_t want = doubles ? 2 : is_removal(step, schema) ? 0 : 1;
	const struct config *same = config_merge(pool, config, config);

	if (step->field->flags & FIELD_APPEND)
		check_appended(same, step->field, label);
	else if (step->field->type != FIELD_OBJECT && once == 1)
		tap_ok(count_member(same, step->field) == want, "%s: merged with itself it is %s",
		       label,
		       want == 2 ? "appended"
		       : want	 ? "the same"
				 : "removed");
	tap_ok(count_member(config_merge(pool, config, config_new(pool)), step->field) == once &&
		       count_member(config_merge(pool, config_new(pool), config), step->field) ==
			       once,
	       "%s: kept when one side is empty", label);
}

static void check_members(const struct step *parent, const struct schema *schema);

static void check_field(const struct step *step, const struct schema *schema)
{
	AUTO(text_done) struct text label = TEXT_INIT(TEXT_MESSAGE_MAX);

	append_label(&label, step);
	check_place(schema, step->field, text_str(&label));
	if (step->field->flags & FIELD_INLINE) {
		check_members(step->parent, step->field->item);
		return;
	}
	check_versions(step, schema, text_str(&label));
	if (is_known(step, SPEC_NEWEST))
		check_merge(step, schema, text_str(&label));
	if (step->field->item)
		check_members(step, step->field->item);
}

static void check_members(const struct step *parent, const struct schema *schema)
{
	const struct schema_field *before = NULL;
	size_t key_spaces = 0;
	const char *key_space = "";

	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		check_field(&(struct step){ .parent = parent, .field = field }, schema);
		if (field->key_space && strcmp(field->key_space, key_space) != 0) {
			key_space = field->key_space;
			key_spaces++;
		}
		if (before && !(before->flags & FIELD_INLINE)) {
			int order = strcmp(before->go_name, field->go_name);

			tap_ok(order < 0 || (order == 0 && before->removed == field->since),
			       "%s: %s comes after %s, or takes over from it", schema->go_name,
			       field->go_name, before->go_name);
		}
		before = field;
	}
	tap_ok(key_spaces <= 1, "%s: at most one key space", schema->go_name);
}

static const struct {
	const char *label, *key, *want; /* NULL: not found */
} find_rows[] = {
	{ "the same name", "storage", "storage" },
	{ "another case", "sToRAGE", "storage" },
	{ "the long s folds to s", "\xc5\xbftorage", "storage" },
	{ "the Kelvin sign folds to k",
	  "\xe2\x84\xaa"
	  "ernelArguments",
	  "kernelArguments" },
	{ "no other letter outside ASCII folds", "st\xc3\xb6rage", NULL },
	{ "a prefix is not the name", "stor", NULL },
	{ "a longer key is not the name", "storages", NULL },
	{ "the empty key is no name", "", NULL },
	{ "a stray byte is no letter", "\xff", NULL },
};

int main(void)
{
	check_members(/* parent= */ NULL, &config_schema);
	for (size_t i = 0; i < ARRAY_SIZE(find_rows); i++) {
		const struct schema_field *field =
			schema_find(&config_schema, slice_of(find_rows[i].key), SPEC_NEWEST);

		tap_str(field ? field->name : NULL, find_rows[i].want, find_rows[i].label);
	}
	for (enum spec_version v = SPEC_OLDEST; v < SPEC_VERSION_COUNT; v++)
		tap_ok(strncmp(spec_version_name(v), "3.", 2) == 0, "version %d has a name", v);
	return tap_done();
}
