/*
 * node_builder - nodes in the order in which a parser meets them.
 *
 * Owns: the growing array, the links between siblings, the counts of children, and the stack of
 * open objects and arrays.  The stack is threaded through the nodes themselves, so that depth costs
 * no memory of its own: while a node is open, its next is the enclosing open node and its length
 * the last child so far; closing puts in what belongs there.
 * Leaves to others: syntax, and ceilings on depth and count (base/json, base/yaml).
 */
#ifndef SLIPWAY_BASE_NODE_BUILDER_H
#define SLIPWAY_BASE_NODE_BUILDER_H

#include "base/node.h"

/* No node is open: the next one is the top-level value. */
#define NODE_BUILDER_NONE UINT32_MAX

struct node_builder {
	struct node *nodes; /* owned; moved out with take_ptr() at the end */
	uint32_t count;
	uint32_t capacity;
	uint32_t open; /* innermost open object or array, or NODE_BUILDER_NONE */
	uint32_t depth;
};

#define NODE_BUILDER_INIT ((struct node_builder){ .open = NODE_BUILDER_NONE })

/** node_builder_done - release the nodes. */
void node_builder_done(struct node_builder *builder);

/**
 * node_builder_add - one more child of the innermost open node.
 * @start: byte offset of its first character
 *
 * Return: its index; the node is valid for writing until the next is added.
 */
uint32_t node_builder_add(struct node_builder *builder, enum node_kind kind, uint32_t start);

/** node_builder_open - what is added next belongs to object or array @index, the last one added. */
void node_builder_open(struct node_builder *builder, uint32_t index);

/**
 * node_builder_close - the innermost open node is complete.
 * @end: offset of the byte after it
 */
void node_builder_close(struct node_builder *builder, uint32_t end);

/** document_new - without nodes yet; free with document_free(). */
struct document *document_new(const struct source *source);

/** document_take_nodes - those of @builder, which is empty afterwards, instead of the present ones.
 */
void document_take_nodes(struct document *document, struct node_builder *builder);

DEFINE_DONE(struct node_builder, node_builder_done)

#endif
