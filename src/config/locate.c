#include "config/locate.h"

#include "base/number.h"

struct walk {
	enum spec_version version;
	const char *rest;   /* steps that are yet to be taken */
	struct origin best; /* of the deepest object so far */
	const char *best_rest;
};

/* Takes a step (".files") off the rest, without its dot. */
static struct slice take_step(struct walk *walk)
{
	const char *step = walk->rest + strlen(".");
	size_t length = strcspn(step, ".");

	walk->rest = step + length;
	return (struct slice){ step, length };
}

static void visit(struct walk *walk, const struct origin *origin)
{
	if (!origin->source)
		return;
	walk->best = *origin;
	walk->best_rest = walk->rest;
}

/* The element of @list that the next step names; NULL when there is none. */
static const void *take_element(struct walk *walk, const struct schema_field *field,
				const struct config_list *list)
{
	uint64_t index = 0;

	if (walk->rest[0] != '.' || list->count == 0 ||
	    number_parse_u64(take_step(walk), 0, list->count - 1, &index) < 0)
		return NULL;
	return (const char *)list->items + index * schema_item_size(field);
}

static void walk_object(struct walk *walk, const struct schema *schema, const void *object)
{
	while (object) {
		const struct schema_field *field;

		visit(walk, schema_origin(object));
		if (!schema || walk->rest[0] != '.')
			return;
		field = schema_find_exact(schema, take_step(walk), walk->version);
		if (!field || (field->type != FIELD_OBJECT && field->type != FIELD_LIST))
			return;
		object = schema_member(field, object);
		if (field->type == FIELD_LIST)
			object = take_element(walk, field, object);
		schema = field->item;
	}
}

struct origin locate_origin(const struct config *config, enum spec_version version,
			    const char *path, const char **ret_rest)
{
	struct walk walk = { .version = version, .rest = path + strlen("$") };

	walk.best_rest = walk.rest;
	walk_object(&walk, &config_schema, config);
	if (ret_rest)
		*ret_rest = walk.best_rest;
	return walk.best;
}

void locate_entries(const struct config *config, enum spec_version version, struct report *report,
		    size_t first)
{
	for (size_t i = first; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);

		if (!entry->origin.source)
			report_set_origin(report, i,
					  locate_origin(config, version, entry->path,
							/* ret_rest= */ NULL));
	}
}
