#include "config/butane/lowering.h"

#include "base/number.h"
#include "config/merge.h"

void butane_lowering_done(struct butane_lowering *lowering)
{
	free(lowering->objects);
	butane_places_free(lowering->places);
	deflate_free(lowering->deflate);
}

uint32_t butane_child(struct document *document, uint32_t node, struct slice step)
{
	uint64_t index = 0;
	uint32_t child = 0;

	if (document->nodes[node].kind == NODE_OBJECT)
		for (uint32_t key = node_first(document, node); key;
		     key = node_next(document, child)) {
			child = node_next(document, key);
			if (slice_equal(node_string(document, key), step))
				return child;
		}
	if (document->nodes[node].kind != NODE_ARRAY ||
	    number_parse_u64(step, 0, UINT32_MAX, &index) < 0)
		return 0;
	child = node_first(document, node);
	for (; child && index; index--)
		child = node_next(document, child);
	return child;
}

uint32_t butane_place(struct butane_lowering *lowering, struct origin origin,
		      const struct report_path **ret_path)
{
	if (!lowering->places)
		lowering->places = butane_places_new(lowering->document);

	const uint32_t node = butane_places_find(lowering->places, origin);

	if (ret_path)
		*ret_path = butane_places_path(lowering->places, node, lowering->arena);
	return node;
}

/* One walk down the steps below a node. */
struct descent {
	const struct report_path *path;
	uint32_t node; /* the deepest value on the path */
};

static struct descent descend(struct butane_lowering *lowering, struct origin origin,
			      const char *rest)
{
	struct document *document = lowering->document;
	struct descent descent;
	bool exists = true;

	descent.node = butane_place(lowering, origin, &descent.path);
	while (*rest == '.') {
		struct report_path *step = arena_alloc(lowering->arena, sizeof(*step));
		const size_t length = strcspn(++rest, ".");
		const struct slice name = { rest, length };
		const uint32_t child = exists ? butane_child(document, descent.node, name) : 0;

		step->parent = descent.path;
		if (number_parse_u64(name, 0, SIZE_MAX, &(uint64_t){ 0 }) < 0)
			step->key = (struct slice){ arena_strndup(lowering->arena, rest, length),
						    length };
		else
			number_parse_u64(name, 0, SIZE_MAX, &step->index);
		descent.path = step;
		if (child)
			descent.node = child;
		exists = child != 0;
		rest += length;
	}
	return descent;
}

/* Bytes of the first line of @node, without blanks at its end. */
static uint32_t first_line_length(const struct document *document, uint32_t node)
{
	const struct slice text = source_text(document->source);
	const char *start = text.data + document->nodes[node].start;
	const char *newline = memchr(start, '\n', document->nodes[node].length);
	size_t length = newline ? (size_t)(newline - start) : document->nodes[node].length;

	while (length && (start[length - 1] == ' ' || start[length - 1] == '\r'))
		length--;
	return (uint32_t)length;
}

struct report_entry *butane_report(struct butane_lowering *lowering, enum report_severity severity,
				   struct origin origin, const char *rest, const char *message)
{
	const struct descent descent = descend(lowering, origin, rest);
	struct report_entry *entry =
		report_add(lowering->report, severity, descent.path,
			   node_origin(lowering->document, descent.node), "%s", message);

	entry->length = first_line_length(lowering->document, descent.node);
	return entry;
}

void butane_error(struct butane_lowering *lowering, struct origin origin, const char *rest,
		  const char *message)
{
	butane_report(lowering, REPORT_ERROR, origin, rest, message);
}

void butane_warn(struct butane_lowering *lowering, struct origin origin, const char *rest,
		 const char *message)
{
	butane_report(lowering, REPORT_WARNING, origin, rest, message);
}

struct slice butane_supply(struct butane_lowering *lowering, struct slice name,
			   struct origin origin, const char *rest)
{
	const struct supply *supply = supplies_find(lowering->supplies, SUPPLY_FILE, name, origin);

	if (supply && supply->problem)
		butane_error(lowering, origin, rest, supply->problem);
	if (!supply || supply->problem)
		return SLICE("");
	return supply->data;
}

void butane_put_parent(struct butane_lowering *lowering, const struct config *parent)
{
	struct config *merged = arena_alloc(lowering->arena, sizeof(*merged));

	*merged = *config_merge(lowering->pool, parent, lowering->config);
	lowering->config = merged;
}
