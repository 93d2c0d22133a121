#include "config/translate.h"

/* setuid, setgid, sticky: effective from spec 3.6 on. */
#define MODE_SPECIAL_BITS 07000

static void fill_object(const struct schema *schema, void *object, enum spec_version from);

/* Whether @field, a form that @from knows, became a pointer in a later version. */
static bool became_pointer(const struct schema_field *field)
{
	return field->type == FIELD_STRING && (field->flags & FIELD_PLAIN) && field->removed;
}

static void fill_list(const struct schema_field *field, const struct config_list *list,
		      enum spec_version from)
{
	char *item = list->items;

	for (size_t i = 0; i < list->count; i++)
		fill_object(field->item, item + i * field->item->size, from);
}

static void fill_field(const struct schema_field *field, void *member, enum spec_version from)
{
	struct slice *string = member;

	if (field->type == FIELD_OBJECT)
		fill_object(field->item, member, from);
	else if (field->type == FIELD_LIST && field->item)
		fill_list(field, member, from);
	else if (became_pointer(field) && !string->data)
		*string = SLICE("");
}

/*
 * What was not a pointer was always there.  An object that nobody wrote has no such member to fill:
 * those with any (a link, an array) are elements of lists, or were pointers themselves.
 */
static void fill_object(const struct schema *schema, void *object, enum spec_version from)
{
	if (schema_origin(object)->line == 0 && schema != &config_schema)
		return;
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (schema_field_known(field, from) && !(field->flags & FIELD_INLINE))
			fill_field(field, schema_member(field, object), from);
	}
}

static void clear_special_bits(struct config_int *mode)
{
	mode->value &= ~(int64_t)MODE_SPECIAL_BITS;
}

void config_translate(struct config *config, enum spec_version from)
{
	const char *newest = spec_version_name(SPEC_NEWEST);

	fill_object(&config_schema, config, from);
	config->ignition.version = slice_of(newest);
	if (from >= SPEC_3_6)
		return;
	CONFIG_EACH (struct config_file, file, &config->storage.files)
		clear_special_bits(&file->mode);
	CONFIG_EACH (struct config_directory, directory, &config->storage.directories)
		clear_special_bits(&directory->mode);
}
