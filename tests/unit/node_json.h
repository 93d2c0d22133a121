/*
 * node_json - a parsed text written back as compact JSON, for comparison.
 */
#ifndef SLIPWAY_TESTS_NODE_JSON_H
#define SLIPWAY_TESTS_NODE_JSON_H

#include "base/alloc.h"
#include "base/node.h"

/* An object or array whose children are being written. */
struct node_json_frame {
	uint32_t node;
	uint32_t left; /* children still to come; an object's keys and values */
};

static void node_json_scalar(struct document *document, uint32_t index, struct text *out)
{
	const struct node *node = &document->nodes[index];

	switch ((enum node_kind)node->kind) {
	case NODE_NULL:
		text_append_str(out, "null");
		break;
	case NODE_BOOL:
		text_append_str(out, node->flags & NODE_TRUE ? "true" : "false");
		break;
	case NODE_NUMBER:
		text_append_slice(out, node_text(document, index));
		break;
	case NODE_STRING:
		text_append_json(out, node_string(document, index));
		break;
	case NODE_ARRAY:
		text_append_char(out, '[');
		break;
	case NODE_OBJECT:
		text_append_char(out, '{');
		break;
	}
}

/* What follows a complete value: the ends of all that it completes, or a separator. */
static void node_json_after(const struct document *document, struct node_json_frame *stack,
			    size_t *depth, struct text *out)
{
	while (*depth) {
		struct node_json_frame *top = &stack[*depth - 1];
		bool object = document->nodes[top->node].kind == NODE_OBJECT;

		if (top->left) {
			if (object && top->left % 2)
				text_append_char(out, ':');
			else if (top->left != document->nodes[top->node].value * (object ? 2 : 1))
				text_append_char(out, ',');
			top->left--;
			return;
		}
		text_append_char(out, object ? '}' : ']');
		--*depth;
	}
}

/*
 * Nodes are in the order of the text, so one loop writes them all.  The count of each object or
 * array is believed and the links are not: compare the two where that matters.
 */
__attribute__((unused)) static void node_json(struct document *document, struct text *out)
{
	AUTO_FREE struct node_json_frame *stack =
		xcalloc((size_t)document->count + 1, sizeof(*stack));
	size_t depth = 0;

	for (uint32_t index = 0; index < document->count; index++) {
		const struct node *node = &document->nodes[index];

		node_json_scalar(document, index, out);
		if (node->kind == NODE_ARRAY || node->kind == NODE_OBJECT)
			stack[depth++] = (struct node_json_frame){
				index, node->value * (node->kind == NODE_OBJECT ? 2 : 1)
			};
		node_json_after(document, stack, &depth, out);
	}
}

#endif
