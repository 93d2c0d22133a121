#include "config/positions.h"

#include "base/number.h"

/* Paths are as deep as the schema; deeper ones would only be looked up without memory. */
#define LEVELS_MAX 16

/* The last step taken at one depth. */
struct level {
	uint32_t parent; /* node that the step was taken from */
	uint32_t child;	 /* node it led to; 0 = no step was taken yet */
	struct slice key;
	uint64_t index;
};

struct finder {
	struct document *document;
	struct level levels[LEVELS_MAX];
};

/* Elements are asked for in ascending order, mostly: go on from the last one. */
static uint32_t find_element(const struct document *document, uint32_t array, struct slice step,
			     struct level *level)
{
	uint64_t wanted = 0;
	uint32_t at = node_first(document, array);
	uint64_t index = 0;

	if (number_parse_u64(step, 0, UINT32_MAX, &wanted) < 0)
		return 0;
	if (level->child && level->parent == array && level->index <= wanted) {
		at = level->child;
		index = level->index;
	}
	for (; at && index < wanted; index++)
		at = node_next(document, at);
	if (at)
		*level = (struct level){ .parent = array, .child = at, .index = wanted };
	return at;
}

static uint32_t find_value(struct document *document, uint32_t object, struct slice step,
			   struct level *level)
{
	if (level->child && level->parent == object && slice_equal(level->key, step))
		return level->child;

	uint32_t found = 0;

	for (uint32_t key = node_first(document, object), value; key;
	     key = node_next(document, value)) {
		value = node_next(document, key);
		if (slice_equal(node_string(document, key), step))
			found = value;
	}
	if (found)
		*level = (struct level){ .parent = object, .child = found, .key = step };
	return found;
}

static uint32_t find_child(struct finder *finder, uint32_t parent, struct slice step, size_t depth)
{
	struct level *level = &finder->levels[depth < LEVELS_MAX ? depth : LEVELS_MAX - 1];

	switch (finder->document->nodes[parent].kind) {
	case NODE_ARRAY:
		return find_element(finder->document, parent, step, level);
	case NODE_OBJECT:
		return find_value(finder->document, parent, step, level);
	default:
		return 0;
	}
}

/* The deepest node on @path ("$.storage.files.0"), whose keys have no dots: tables name them. */
static uint32_t find_deepest(struct finder *finder, const char *path)
{
	struct slice rest = slice_from(slice_of(path), strlen("$"));
	uint32_t node = 0;

	for (size_t depth = 0; rest.length; depth++) {
		rest = slice_from(rest, strlen("."));

		const char *dot = memchr(rest.data, '.', rest.length);
		struct slice step = { rest.data, dot ? (size_t)(dot - rest.data) : rest.length };
		uint32_t child = find_child(finder, node, step, depth);

		if (!child)
			break;
		node = child;
		rest = slice_from(rest, step.length);
	}
	return node;
}

void positions_find(struct report *report, size_t first, struct document *document)
{
	struct finder finder = { .document = document };

	for (size_t i = first; i < report_count(report); i++) {
		uint32_t node = find_deepest(&finder, report_entry_at(report, i)->path);

		report_set_origin(report, i, node_marker(document, node));
	}
}
