/*
 * tree - properties that every parsed text has, whatever its language.
 */
#ifndef SLIPWAY_TESTS_FUZZ_TREE_H
#define SLIPWAY_TESTS_FUZZ_TREE_H

#include "base/alloc.h"
#include "base/node.h"
#include "fuzz.h"

/* The links of @parent's children agree with its count; marks each child as reached. */
static void tree_check_children(const struct document *document, uint32_t parent, bool *reached)
{
	const struct node *node = &document->nodes[parent];
	uint32_t children = node->value * (node->kind == NODE_OBJECT ? 2 : 1);
	uint32_t previous = parent;

	for (uint32_t at = node_first(document, parent); at; at = node_next(document, at)) {
		FUZZ_REQUIRE(at > previous && at < document->count);
		FUZZ_REQUIRE(!reached[at]);
		FUZZ_REQUIRE(previous != parent || at == parent + 1);
		FUZZ_REQUIRE(children > 0);
		reached[at] = true;
		previous = at;
		children--;
	}
	FUZZ_REQUIRE(children == 0);
}

/* Every node is reached once from the top; every position lies inside the text. */
__attribute__((unused)) static void tree_check(const struct document *document)
{
	AUTO_FREE bool *reached = xcalloc(document->count, sizeof(*reached));
	size_t size = source_text(document->source).length;

	FUZZ_REQUIRE(document->count > 0);
	FUZZ_REQUIRE(document->nodes[0].next == 0);
	reached[0] = true;
	for (uint32_t i = 0; i < document->count; i++) {
		const struct node *node = &document->nodes[i];

		FUZZ_REQUIRE(reached[i]);
		FUZZ_REQUIRE(node->start <= size && node->length <= size - node->start);
		FUZZ_REQUIRE(node_origin(document, i).line > 0);
		FUZZ_REQUIRE(node_marker(document, i).line > 0);
		if (node->kind == NODE_ARRAY || node->kind == NODE_OBJECT)
			tree_check_children(document, i, reached);
		else
			FUZZ_REQUIRE(node_first(document, i) == 0);
		if (node->flags & NODE_EXTERNAL)
			FUZZ_REQUIRE(node->value < document->value_count);
	}
}

#endif
