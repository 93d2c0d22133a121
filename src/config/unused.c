#include "config/unused.h"

#include "config/guess.h"
#include "config/key_map.h"

struct search {
	struct document *document;
	enum spec_version version;
	struct report *report;
};

static void offer_names(struct guess *guess, const struct schema *schema, enum spec_version version)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (field->flags & FIELD_INLINE)
			offer_names(guess, field->item, version);
		else if (schema_field_known(field, version))
			guess_offer(guess, slice_of(field->name));
	}
}

/* The first version that knows @key here. */
static const struct schema_field *find_later(const struct schema *schema, struct slice key,
					     enum spec_version version)
{
	const struct schema_field *field = NULL;

	for (enum spec_version later = version; !field && later < SPEC_VERSION_COUNT; later++)
		field = schema_find_exact(schema, key, later);
	return field;
}

static const char *hint_for(const struct search *search, const struct schema *schema,
			    struct slice key)
{
	struct arena *arena = report_arena(search->report);
	const struct schema_field *field = schema_find(schema, key, search->version);

	if (field)
		return arena_printf(arena, "it is read as %s; write it so", field->name);
	field = find_later(schema, key, search->version);
	if (field)
		return arena_printf(arena, "spec %s is the first that has it",
				    spec_version_name(field->since));

	struct guess guess = guess_begin(key);

	offer_names(&guess, schema, search->version);
	return guess_hint(&guess, arena);
}

/* A repeated key is reported once, where it is last. */
static void report_keys(const struct search *search, const struct schema *schema, uint32_t node,
			const struct report_path *path)
{
	struct document *document = search->document;
	AUTO(key_map_done) struct key_map seen = { 0 };

	for (uint32_t at = node_first(document, node); at;
	     at = node_next(document, node_next(document, at))) {
		struct slice key = node_string(document, at);
		const struct origin origin = node_origin(document, at);
		size_t entry = report_count(search->report);

		if (schema_find_exact(schema, key, search->version))
			continue;
		if (key_map_find(&seen, key, &entry)) {
			report_set_origin(search->report, entry, origin);
			continue;
		}
		key_map_add(&seen, key, entry);

		struct report_entry *added =
			report_add(search->report, REPORT_WARNING,
				   &(struct report_path){ .parent = path, .key = key }, origin,
				   "unused key %.*s", SLICE_ARGS(key));

		added->hint = hint_for(search, schema, key);
		added->rule = "unused-key";
	}
}

static void report_mismatch(const struct search *search, uint32_t node,
			    const struct report_path *path)
{
	struct report_entry *entry = report_add(search->report, REPORT_WARNING, path,
						node_marker(search->document, node), "%s", "");

	entry->message =
		arena_printf(report_arena(search->report),
			     "context tree does not match content tree at %s. Line and "
			     "column reporting may be inconsistent. Unused keys may not be "
			     "reported",
			     entry->path);
}

static void search_object(const struct search *search, const struct schema *schema,
			  const void *object, uint32_t node, const struct report_path *path);

/* The text may have more elements than the config, when the key was given twice. */
static void search_list(const struct search *search, const struct schema *item,
			const struct config_list *list, uint32_t node,
			const struct report_path *path)
{
	const char *element = list->items;
	uint32_t at = search->document->nodes[node].kind == NODE_ARRAY
			      ? node_first(search->document, node)
			      : 0;

	for (size_t i = 0; at && i < list->count; i++, element += item->size) {
		search_object(search, item, element, at,
			      &(struct report_path){ .parent = path, .index = i });
		at = node_next(search->document, at);
	}
}

static void search_members(const struct search *search, const struct schema *schema,
			   const void *object, uint32_t node, const struct report_path *path)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		const void *member = schema_member(field, object);

		if (!field->item || !schema_field_known(field, search->version))
			continue;
		if (field->flags & FIELD_INLINE) {
			search_members(search, field->item, member, node, path);
			continue;
		}

		const struct report_path below = { .parent = path, .key = slice_of(field->name) };
		uint32_t value = node_get(search->document, node, field->name);

		if (!value)
			continue;
		if (field->type == FIELD_LIST)
			search_list(search, field->item, member, value, &below);
		else if (!(field->flags & FIELD_POINTER) || schema_origin(member)->line)
			search_object(search, field->item, member, value, &below);
	}
}

static void search_object(const struct search *search, const struct schema *schema,
			  const void *object, uint32_t node, const struct report_path *path)
{
	if (search->document->nodes[node].kind != NODE_OBJECT) {
		report_mismatch(search, node, path);
		return;
	}
	report_keys(search, schema, node, path);
	search_members(search, schema, object, node, path);
}

void unused_report(struct document *document, const struct config *config,
		   enum spec_version version, struct report *report)
{
	const struct search search = { .document = document, .version = version, .report = report };

	search_object(&search, &config_schema, config, 0, /* path= */ NULL);
}
