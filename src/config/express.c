#include "config/express.h"

#include "config/locate.h"
#include "config/validate.h"

/* setuid, setgid, sticky: specs before 3.6 never set them. */
#define MODE_SPECIAL_BITS 07000

struct express {
	enum spec_version version;
	struct report *report;
};

static void add_error(const struct express *express, const struct report_path *path,
		      struct origin origin, const char *what, enum spec_version since)
{
	struct report_entry *entry = report_add(express->report, REPORT_ERROR, path, origin,
						"%s not supported in spec version %s", what,
						spec_version_name(express->version));

	if (since > express->version)
		entry->hint =
			arena_printf(report_arena(express->report),
				     "spec %s is the first that has it", spec_version_name(since));
}

/* Where @member was written: a list as its first element; others are known by what holds them. */
static struct origin origin_of(const struct schema_field *field, const void *member)
{
	if (field->type == FIELD_LIST)
		return *schema_origin(((const struct config_list *)member)->items);
	if (field->type == FIELD_OBJECT)
		return *schema_origin(member);
	return (struct origin){ .source = NULL };
}

static void check_object(const struct express *express, const struct schema *newest,
			 const struct schema *older, const void *object,
			 const struct report_path *path);

static void check_list(const struct express *express, const struct schema_field *newest,
		       const struct schema_field *older, const struct config_list *list,
		       const struct report_path *path)
{
	const char *item = list->items;

	for (size_t i = 0; newest->item && i < list->count; i++, item += newest->item->size)
		check_object(express, newest->item, older->item, item,
			     &(struct report_path){ .parent = path, .index = i });
}

static void check_member(const struct express *express, const struct schema_field *field,
			 const struct schema *older, const void *member,
			 const struct report_path *path)
{
	const struct report_path below = { .parent = path, .key = slice_of(field->name) };
	const struct schema_field *form =
		schema_find_exact(older, slice_of(field->name), express->version);

	if (schema_is_zero(field, member))
		return;
	if (!form)
		add_error(express, &below, origin_of(field, member),
			  arena_printf(report_arena(express->report), "%s is", field->name),
			  field->since);
	else if (field->type == FIELD_LIST)
		check_list(express, field, form, member, &below);
	else if (field->type == FIELD_OBJECT)
		check_object(express, field->item, form->item, member, &below);
}

/* @older: the form that the object has in the version asked for. */
static void check_object(const struct express *express, const struct schema *newest,
			 const struct schema *older, const void *object,
			 const struct report_path *path)
{
	for (size_t i = 0; i < newest->field_count; i++) {
		const struct schema_field *field = &newest->fields[i];
		const void *member = schema_member(field, object);

		if (!schema_field_known(field, SPEC_NEWEST))
			continue;
		if (field->flags & FIELD_INLINE)
			check_object(express, field->item, field->item, member, path);
		else
			check_member(express, field, older, member, path);
	}
}

static void check_mode(const struct express *express, const char *list, size_t index,
		       struct config_int mode)
{
	const struct report_path storage = { .key = SLICE("storage") };
	const struct report_path nodes = { .parent = &storage, .key = slice_of(list) };
	const struct report_path node = { .parent = &nodes, .index = index };
	const struct report_path path = { .parent = &node, .key = SLICE("mode") };

	if (mode.value & MODE_SPECIAL_BITS)
		add_error(express, &path, (struct origin){ .source = NULL },
			  "setuid, setgid and sticky bits are", SPEC_3_6);
}

static void check_modes(const struct express *express, const struct config_storage *storage)
{
	size_t index = 0;

	if (express->version >= SPEC_3_6)
		return;
	CONFIG_EACH (struct config_directory, directory, &storage->directories)
		check_mode(express, "directories", index++, directory->mode);
	index = 0;
	CONFIG_EACH (struct config_file, file, &storage->files)
		check_mode(express, "files", index++, file->mode);
}

bool express_check(const struct config *config, enum spec_version version, struct report *report)
{
	const struct express express = { .version = version, .report = report };
	const size_t first = report_count(report);
	bool can = true;

	check_object(&express, &config_schema, &config_schema, config, /* path= */ NULL);
	check_modes(&express, &config->storage);
	locate_entries(config, SPEC_NEWEST, report, first);

	const size_t rules = report_count(report);
	struct config copy = *config;

	copy.ignition.version = slice_of(spec_version_name(version));
	validate_rules(&copy, version, /* dialect= */ 0, report);
	locate_entries(config, version, report, rules);
	for (size_t i = first; i < report_count(report); i++)
		can &= report_entry_at(report, i)->severity != REPORT_ERROR;
	return can;
}

int express_encode(const struct config *config, enum spec_version version, unsigned flags,
		   struct content_sink *sink, struct error *err)
{
	struct config copy = *config;

	copy.ignition.version = slice_of(spec_version_name(version));
	return config_encode_at(&copy, version, flags, sink, err);
}
