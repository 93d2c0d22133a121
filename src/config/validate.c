#include "config/validate.h"

#include "config/key_map.h"

/* One walk over a config: what it does at each object, before it goes to the members. */
struct walk {
	enum spec_version version;
	unsigned dialect;
	struct report *report;
	struct arena *arena; /* for computed keys; ends with the walk */
	void (*visit)(const struct walk *walk, const struct schema *schema, const void *object,
		      const struct report_path *path);
};

static void walk_object(const struct walk *walk, const struct schema *schema, const void *object,
			const struct report_path *path);

static void walk_list(const struct walk *walk, const struct schema *item,
		      const struct config_list *list, const struct report_path *path)
{
	const char *element = list->items;

	for (size_t i = 0; i < list->count; i++, element += item->size)
		walk_object(walk, item, element,
			    &(struct report_path){ .parent = path, .index = i });
}

/* A pointer to an object that nobody wrote is nil: nothing below it is looked at. */
static bool is_nil(const struct schema_field *field, const void *member)
{
	return (field->flags & FIELD_POINTER) && schema_origin(member)->line == 0;
}

static void walk_members(const struct walk *walk, const struct schema *schema, const void *object,
			 const struct report_path *path)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		const void *member = schema_member(field, object);

		if (!field->item || !schema_field_known(field, walk->version))
			continue;

		const struct report_path below = { .parent = path, .key = slice_of(field->name) };

		if (field->flags & FIELD_INLINE)
			walk_members(walk, field->item, member, path);
		else if (field->type == FIELD_LIST)
			walk_list(walk, field->item, member, &below);
		else if (!is_nil(field, member))
			walk_object(walk, field->item, member, &below);
	}
}

static void walk_object(const struct walk *walk, const struct schema *schema, const void *object,
			const struct report_path *path)
{
	walk->visit(walk, schema, object, path);
	walk_members(walk, schema, object, path);
}

/* An inline object's rules come first, as upstream's types call those of what they embed. */
static void run_checks(const struct walk *walk, const struct schema *schema, const void *object,
		       const struct report_path *path)
{
	const struct check_context context = { .report = walk->report,
					       .path = path,
					       .version = walk->version,
					       .dialect = walk->dialect };

	for (size_t i = 0; i < schema->field_count; i++)
		if (schema->fields[i].flags & FIELD_INLINE)
			run_checks(walk, schema->fields[i].item,
				   schema_member(&schema->fields[i], object), path);
	for (const struct schema_check *check = schema->checks; check && check->run; check++)
		if (check->since <= walk->version && walk->version <= check->until)
			check->run(&context, object);
}

void validate_rules(const struct config *config, enum spec_version version, unsigned dialect,
		    struct report *report)
{
	const struct walk walk = {
		.version = version, .dialect = dialect, .report = report, .visit = run_checks
	};

	walk_object(&walk, &config_schema, config, /* path= */ NULL);
}

static void find_duplicates(const struct walk *walk, const struct schema_field *field,
			    const struct config_list *list, struct key_map *keys,
			    const struct report_path *path)
{
	const struct report_path below = { .parent = path, .key = slice_of(field->name) };

	for (size_t i = 0; i < list->count; i++) {
		const struct report_path element = { .parent = &below, .index = i };

		if (!key_map_add(keys, schema_list_key(field, list, i, walk->arena), i))
			report_add(walk->report, REPORT_ERROR, &element, (struct origin){ 0 },
				   "duplicate entry defined");
	}
}

/* An object has at most one key space: a map for it, and one for each list of its own. */
static void check_lists(const struct walk *walk, const struct schema *schema, const void *object,
			const struct report_path *path)
{
	AUTO(key_map_done) struct key_map shared = { 0 };

	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		AUTO(key_map_done) struct key_map own = { 0 };

		if (field->type != FIELD_LIST || !schema_list_is_keyed(field) ||
		    !schema_field_known(field, walk->version))
			continue;
		find_duplicates(walk, field, schema_member(field, object),
				field->key_space ? &shared : &own, path);
	}
}

void validate_duplicates(const struct config *config, enum spec_version version,
			 struct report *report)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct walk walk = {
		.version = version, .report = report, .arena = arena, .visit = check_lists
	};

	walk_object(&walk, &config_schema, config, /* path= */ NULL);
}
