/* schema - the top of the tables, and how they are searched. */
#include "config/schema.h"

#include <string.h>

#include "base/utf8.h"
#include "config/schema_tables.h"

/* The two letters outside ASCII that Go's case folding takes for ASCII ones. */
#define LATIN_SMALL_LONG_S 0x17fU
#define KELVIN_SIGN	   0x212aU

static const char *const version_names[] = {
	[SPEC_3_0] = "3.0.0", [SPEC_3_1] = "3.1.0",
	[SPEC_3_2] = "3.2.0", [SPEC_3_3] = "3.3.0",
	[SPEC_3_4] = "3.4.0", [SPEC_3_5] = "3.5.0",
	[SPEC_3_6] = "3.6.0", [SPEC_3_7_EXPERIMENTAL] = "3.7.0-experimental",
};
_Static_assert(ARRAY_SIZE(version_names) == SPEC_VERSION_COUNT, "every version has a name");

static const struct schema_field config_fields[] = {
	{ MEMBER("ignition", "Ignition", FIELD_OBJECT, config, ignition), .item = &ignition_schema,
	  .flags = FIELD_REQUIRED, .description = "Metadata about the config itself." },
	{ MEMBER("kernelArguments", "KernelArguments", FIELD_OBJECT, config, kernel_arguments),
	  .item = &kernel_arguments_schema, .since = SPEC_3_3,
	  .description = "Kernel arguments of later boots." },
	{ MEMBER("passwd", "Passwd", FIELD_OBJECT, config, passwd), .item = &passwd_schema,
	  .description = "Users and groups." },
	{ MEMBER("storage", "Storage", FIELD_OBJECT, config, storage), .item = &storage_schema,
	  .description = "Disks, filesystems and what is on them." },
	{ MEMBER("systemd", "Systemd", FIELD_OBJECT, config, systemd), .item = &systemd_schema,
	  .description = "systemd units." },
};

const struct schema config_schema = { SCHEMA("Config", config, config_fields),
				      .checks = rules_config };

const char *spec_version_name(enum spec_version version)
{
	return version_names[version];
}

static uint32_t ascii_lower(uint32_t letter)
{
	return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
}

/* The next letter of @key as Go folds it, ASCII in lower case; 0 for a stray byte. */
static uint32_t fold_next(struct slice *key)
{
	uint32_t rune = 0;
	size_t length = utf8_decode(*key, &rune);

	*key = slice_from(*key, length ? length : 1);
	if (rune == LATIN_SMALL_LONG_S)
		return 's';
	return rune == KELVIN_SIGN ? 'k' : ascii_lower(rune);
}

static bool name_folds(const char *name, struct slice key)
{
	for (; *name && key.length; name++)
		if (fold_next(&key) != ascii_lower((unsigned char)*name))
			return false;
	return *name == '\0' && key.length == 0;
}

static bool name_matches(const char *name, struct slice key)
{
	return slice_is(key, name);
}

static const struct schema_field *find(const struct schema *schema, struct slice key,
				       enum spec_version version,
				       bool (*matches)(const char *name, struct slice key))
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (field->flags & FIELD_INLINE) {
			const struct schema_field *inner = find(field->item, key, version, matches);

			if (inner)
				return inner;
		} else if (schema_field_known(field, version) && matches(field->name, key)) {
			return field;
		}
	}
	return NULL;
}

const struct schema_field *schema_find_exact(const struct schema *schema, struct slice key,
					     enum spec_version version)
{
	return find(schema, key, version, name_matches);
}

const struct schema_field *schema_find(const struct schema *schema, struct slice key,
				       enum spec_version version)
{
	const struct schema_field *field = schema_find_exact(schema, key, version);

	return field ? field : find(schema, key, version, name_folds);
}

size_t schema_item_size(const struct schema_field *field)
{
	return field->item ? field->item->size : sizeof(struct config_text);
}

bool schema_list_is_keyed(const struct schema_field *field)
{
	const struct schema *item = field->item;

	return !(field->flags & FIELD_APPEND) && (!item || item->key || item->key_offset);
}

struct slice schema_list_key(const struct schema_field *field, const struct config_list *list,
			     size_t index, struct arena *arena)
{
	const struct schema *item = field->item;
	const char *element = (const char *)list->items + index * schema_item_size(field);

	if (!item)
		return ((const struct config_text *)(const void *)element)->text;
	if (item->key)
		return item->key(element, arena);
	return *(const struct slice *)(const void *)(element + item->key_offset);
}

bool schema_is_zero(const struct schema_field *field, const void *member)
{
	const bool is_plain = field->flags & FIELD_PLAIN;

	switch (field->type) {
	case FIELD_STRING:
		return is_plain ? ((const struct slice *)member)->length == 0
				: !((const struct slice *)member)->data;
	case FIELD_INT:
		return is_plain ? *(const int64_t *)member == 0
				: !((const struct config_int *)member)->is_set;
	case FIELD_BOOL:
		return !((const struct config_bool *)member)->is_set;
	case FIELD_LIST:
		return ((const struct config_list *)member)->count == 0;
	case FIELD_OBJECT:
		break;
	}
	return schema_is_zero_object(field->item, member);
}

bool schema_is_zero_object(const struct schema *schema, const void *object)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (schema_field_known(field, SPEC_NEWEST) &&
		    !schema_is_zero(field, schema_member(field, object)))
			return false;
	}
	return true;
}
