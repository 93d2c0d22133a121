#include "config/merge.h"

#include "config/key_map.h"

struct merge {
	struct arena *arena;
};

static void merge_object(const struct merge *merge, const struct schema *schema, void *out,
			 const void *child);

/* An object is taken whole from the only side that has anything in it. */
static void merge_embedded(const struct merge *merge, const struct schema *schema, void *out,
			   const void *child)
{
	if (schema_is_zero_object(schema, child))
		return;
	if (schema_is_zero_object(schema, out))
		memcpy(out, child, schema->size);
	else
		merge_object(merge, schema, out, child);
}

/* Lists are shared between configs: elements are written to new ones only. */
struct list_builder {
	char *items;
	size_t count;
	size_t item_size;
};

static struct list_builder builder_new(const struct merge *merge, const struct schema_field *field,
				       size_t count_max)
{
	const size_t size = schema_item_size(field);

	return (struct list_builder){
		.items = arena_array(merge->arena, count_max, size),
		.item_size = size,
	};
}

static void *builder_add(struct list_builder *builder, const void *items, size_t index)
{
	void *added = builder->items + builder->count++ * builder->item_size;

	return memcpy(added, (const char *)items + index * builder->item_size, builder->item_size);
}

static void append_list(const struct merge *merge, const struct schema_field *field,
			struct config_list *out, const struct config_list *child)
{
	struct list_builder builder = builder_new(merge, field, out->count + child->count);

	for (size_t i = 0; i < out->count; i++)
		builder_add(&builder, out->items, i);
	for (size_t i = 0; i < child->count; i++)
		builder_add(&builder, child->items, i);
	*out = (struct config_list){ .items = builder.items, .count = builder.count };
}

static void map_list(const struct merge *merge, const struct schema_field *field,
		     const struct config_list *list, struct key_map *map)
{
	for (size_t i = 0; i < list->count; i++)
		key_map_add(map, schema_list_key(field, list, i, merge->arena), i);
}

/* Keys of the child's other lists in the key space of @field. */
static void map_siblings(const struct merge *merge, const struct schema *schema,
			 const struct schema_field *field, const void *child, struct key_map *map)
{
	if (!field->key_space)
		return;
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *sibling = &schema->fields[i];

		if (sibling != field && sibling->key_space &&
		    strcmp(sibling->key_space, field->key_space) == 0)
			map_list(merge, sibling, schema_member(sibling, child), map);
	}
}

/* Whether a child's element exists only to drop the parent's: a header without value. */
static bool is_removal(const struct schema_field *list_field, const void *item)
{
	const struct schema *schema = list_field->item;

	for (size_t i = 0; schema && i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (field->flags & FIELD_REMOVES)
			return schema_is_zero(field, schema_member(field, item));
	}
	return false;
}

/* An element that both sides have, the child's over the parent's that was just added. */
static void merge_item(const struct merge *merge, const struct schema_field *field,
		       struct list_builder *builder, void *added, const void *child)
{
	if (is_removal(field, child))
		builder->count--;
	else if (field->item)
		merge_object(merge, field->item, added, child);
	else
		*(struct config_text *)added = *(const struct config_text *)child;
}

/* Parent's elements in their places, then those that only the child has. */
static void merge_keyed(const struct merge *merge, const struct schema_field *field,
			struct config_list *out, const struct config_list *child,
			const struct key_map *siblings)
{
	AUTO(key_map_done) struct key_map child_keys = { 0 }, parent_keys = { 0 };
	struct list_builder builder = builder_new(merge, field, out->count + child->count);

	map_list(merge, field, child, &child_keys);
	for (size_t i = 0; i < out->count; i++) {
		struct slice key = schema_list_key(field, out, i, merge->arena);
		size_t at = 0;

		key_map_add(&parent_keys, key, i);
		if (key_map_find(&child_keys, key, &at))
			merge_item(merge, field, &builder, builder_add(&builder, out->items, i),
				   (const char *)child->items + at * builder.item_size);
		else if (!key_map_find(siblings, key, /* ret= */ NULL))
			builder_add(&builder, out->items, i);
	}
	for (size_t i = 0; i < child->count; i++)
		if (!key_map_find(&parent_keys, schema_list_key(field, child, i, merge->arena),
				  /* ret= */ NULL))
			builder_add(&builder, child->items, i);
	*out = (struct config_list){ .items = builder.items, .count = builder.count };
}

static void merge_list(const struct merge *merge, const struct schema *schema,
		       const struct schema_field *field, void *object, const void *child_object)
{
	struct config_list *out = schema_member(field, object);
	const struct config_list *child = schema_member(field, child_object);
	AUTO(key_map_done) struct key_map siblings = { 0 };

	map_siblings(merge, schema, field, child_object, &siblings);
	if (out->count == 0)
		*out = *child;
	else if (child->count == 0 && siblings.count == 0)
		return;
	else if (schema_list_is_keyed(field))
		merge_keyed(merge, field, out, child, &siblings);
	else
		append_list(merge, field, out, child);
}

static void merge_scalar(const struct schema_field *field, void *out, const void *child)
{
	static const size_t sizes[] = {
		[FIELD_STRING] = sizeof(struct slice),
		[FIELD_INT] = sizeof(struct config_int),
		[FIELD_BOOL] = sizeof(struct config_bool),
	};

	if (field->flags & FIELD_PLAIN)
		memcpy(out, child, field->type == FIELD_INT ? sizeof(int64_t) : sizes[field->type]);
	else if (!schema_is_zero(field, child))
		memcpy(out, child, sizes[field->type]);
}

/* @out is the parent's copy and becomes the result. */
static void merge_object(const struct merge *merge, const struct schema *schema, void *out,
			 const void *child)
{
	*schema_origin(out) = *schema_origin(child);
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];
		const void *member = schema_member(field, child);

		if (!schema_field_known(field, SPEC_NEWEST))
			continue;
		if (field->type == FIELD_LIST)
			merge_list(merge, schema, field, out, child);
		else if (field->type == FIELD_OBJECT)
			merge_embedded(merge, field->item, schema_member(field, out), member);
		else
			merge_scalar(field, schema_member(field, out), member);
	}
}

const struct config *config_merge(struct config_pool *pool, const struct config *parent,
				  const struct config *child)
{
	const struct merge merge = { .arena = config_pool_arena(pool) };
	struct config *out = arena_alloc(merge.arena, sizeof(*out));

	*out = *parent;
	merge_embedded(&merge, &config_schema, out, child);
	return out;
}
