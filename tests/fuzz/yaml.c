/*
 * yaml - what is accepted can be written as JSON and read again to the same tree, keys are unique,
 * positions are those of what was written; what is refused has a place in the text.
 */
#include "base/yaml.h"

#include "base/json.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "round_trip.h"
#include "tree.h"

/* Comparing every key with every other takes its time. */
#define KEYS_COMPARED_MAX 64

static void check_unique_keys(struct document *document, uint32_t object)
{
	if (document->nodes[object].value > KEYS_COMPARED_MAX)
		return;
	for (uint32_t a = node_first(document, object); a;
	     a = node_next(document, node_next(document, a))) {
		uint32_t b = node_next(document, node_next(document, a));

		FUZZ_REQUIRE(document->nodes[a].kind == NODE_STRING);
		for (; b; b = node_next(document, node_next(document, b)))
			FUZZ_REQUIRE(
				!slice_equal(node_string(document, a), node_string(document, b)));
	}
}

/* A value of such a kind can only have been written in certain ways. */
static void check_written(const struct document *document, uint32_t index)
{
	static const char *const beginnings[] = {
		[NODE_NULL] = "~nN", [NODE_BOOL] = "tTfF", [NODE_NUMBER] = "0123456789+-.",
		[NODE_STRING] = "",  [NODE_ARRAY] = "[-",  [NODE_OBJECT] = "",
	};
	const struct node *node = &document->nodes[index];
	const char *text = source_text(document->source).data + node->start;

	/* A tag can make anything of a quoted or block scalar. */
	if (node->length == 0 || node->kind == NODE_OBJECT || node->kind == NODE_STRING ||
	    strchr("'\"|>", text[0]))
		return;
	FUZZ_REQUIRE(strchr(beginnings[node->kind], text[0]));
}

static bool is_utf8(struct slice s)
{
	uint32_t rune = 0;

	while (s.length) {
		size_t width = utf8_decode(s, &rune);

		if (width == 0)
			return false;
		s = slice_from(s, width);
	}
	return true;
}

/* !!binary may hold bytes that JSON cannot. */
static bool fits_json(struct document *document)
{
	for (uint32_t i = 0; i < document->count; i++) {
		if (document->nodes[i].kind == NODE_STRING && !is_utf8(node_string(document, i)))
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(source_free)
	struct source *source = source_new("input", (struct slice){ (const char *)data, size });
	AUTO(document_free) struct document *document = NULL;
	struct origin origin = { NULL };

	if (yaml_parse(source, &document, &origin, NULL) < 0) {
		FUZZ_REQUIRE(origin.source == source && origin.line && origin.column);
		return 0;
	}
	tree_check(document);
	for (uint32_t i = 0; i < document->count; i++) {
		check_written(document, i);
		if (document->nodes[i].kind == NODE_OBJECT)
			check_unique_keys(document, i);
	}
	round_trip_check(document, fits_json(document) ? ROUND_TRIP_EXACT : ROUND_TRIP_SHAPE);
	return 0;
}
