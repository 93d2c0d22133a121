#include "base/node_builder.h"

#include "base/alloc.h"

/* Most bytes of a config are in long strings: there are few nodes. */
#define CAPACITY_MIN 64

void node_builder_done(struct node_builder *builder)
{
	free(builder->nodes);
	*builder = NODE_BUILDER_INIT;
}

uint32_t node_builder_add(struct node_builder *builder, enum node_kind kind, uint32_t start)
{
	uint32_t index = builder->count;

	if (index == builder->capacity) {
		builder->capacity = index ? index * 2 : CAPACITY_MIN;
		builder->nodes =
			xreallocarray(builder->nodes, builder->capacity, sizeof(*builder->nodes));
	}
	builder->nodes[index] = (struct node){ .start = start, .kind = (uint8_t)kind };
	builder->count++;
	if (builder->open != NODE_BUILDER_NONE) {
		struct node *open = &builder->nodes[builder->open];

		if (open->value)
			builder->nodes[open->length].next = index;
		open->length = index;
		open->value++;
	}
	return index;
}

void node_builder_open(struct node_builder *builder, uint32_t index)
{
	builder->nodes[index].next = builder->open;
	builder->open = index;
	builder->depth++;
}

void node_builder_close(struct node_builder *builder, uint32_t end)
{
	struct node *node = &builder->nodes[builder->open];

	builder->open = node->next;
	builder->depth--;
	node->next = 0;
	node->length = end - node->start;
	if (node->kind == NODE_OBJECT)
		node->value /= 2;
}

struct document *document_new(const struct source *source)
{
	struct document *document = xcalloc(1, sizeof(*document));

	document->source = source;
	document->strings = arena_new();
	return document;
}

void document_take_nodes(struct document *document, struct node_builder *builder)
{
	free(document->nodes);
	document->nodes = take_ptr(&builder->nodes);
	document->count = builder->count;
	node_builder_done(builder);
}
