#include "config/butane/places.h"

#include "base/alloc.h"

/* Where a value stands. */
struct place {
	uint32_t parent;
	uint32_t key;	/* of an object's member; 0: an element */
	uint32_t index; /* of an element */
};

struct butane_places {
	const struct document *document;
	struct place *places; /* by node */
	uint32_t *sorted;     /* values by their first byte, objects and arrays before scalars */
	uint32_t sorted_count;
};

static const struct node *node_at(const struct butane_places *places, uint32_t node)
{
	return &places->document->nodes[node];
}

static void add_children(struct butane_places *places, uint32_t parent)
{
	const struct document *document = places->document;
	const bool is_object = node_at(places, parent)->kind == NODE_OBJECT;
	uint32_t index = 0;

	for (uint32_t at = node_first(document, parent); at; at = node_next(document, at)) {
		const uint32_t key = is_object ? at : 0;

		if (is_object)
			at = node_next(document, at);
		places->places[at] =
			(struct place){ .parent = parent, .key = key, .index = index++ };
		places->sorted[places->sorted_count++] = at;
	}
}

static int compare_nodes(const void *a, const void *b, void *context)
{
	const struct butane_places *places = context;
	const uint32_t first = *(const uint32_t *)a;
	const uint32_t second = *(const uint32_t *)b;
	const struct node *one = node_at(places, first);
	const struct node *other = node_at(places, second);

	if (one->start != other->start)
		return one->start < other->start ? -1 : 1;
	if (one->kind != other->kind)
		return one->kind > other->kind ? -1 : 1;
	return (first > second) - (first < second);
}

struct butane_places *butane_places_new(const struct document *document)
{
	struct butane_places *places = xcalloc(1, sizeof(*places));

	places->document = document;
	places->places = xcalloc(document->count, sizeof(*places->places));
	places->sorted = xcalloc(document->count, sizeof(*places->sorted));
	for (uint32_t i = 0; i < document->count; i++)
		if (document->nodes[i].kind == NODE_OBJECT || document->nodes[i].kind == NODE_ARRAY)
			add_children(places, i);
	qsort_r(places->sorted, places->sorted_count, sizeof(*places->sorted), compare_nodes,
		places);
	return places;
}

void butane_places_free(struct butane_places *places)
{
	if (!places)
		return;
	free(places->places);
	free(places->sorted);
	free(places);
}

static int compare_origins(struct origin a, struct origin b)
{
	if (a.line != b.line)
		return a.line < b.line ? -1 : 1;
	return (a.column > b.column) - (a.column < b.column);
}

uint32_t butane_places_find(const struct butane_places *places, struct origin origin)
{
	uint32_t low = 0, high = places->sorted_count;

	/* The first value that does not begin before it. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare_origins(node_origin(places->document, places->sorted[middle]), origin) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == places->sorted_count ||
	    compare_origins(node_origin(places->document, places->sorted[low]), origin) != 0)
		return 0;
	return places->sorted[low];
}

const struct report_path *butane_places_path(const struct butane_places *places, uint32_t node,
					     struct arena *arena)
{
	const struct report_path *top = NULL;
	struct report_path *last = NULL;

	/* Built from its end: each step is linked to the one above it. */
	for (uint32_t at = node; at; at = places->places[at].parent) {
		const struct place *place = &places->places[at];
		struct report_path *step = arena_alloc(arena, sizeof(*step));

		step->index = place->index;
		if (place->key)
			step->key = places->document->values[node_at(places, place->key)->value];
		if (last)
			last->parent = step;
		else
			top = step;
		last = step;
	}
	return top;
}
