/*
 * json - what is accepted can be written and read again to the same tree, its children lie inside
 * their parents, in order; what is refused has a message and a place in the text.
 */
#include "base/json.h"

#include <errno.h>

#include "fuzz.h"
#include "round_trip.h"
#include "tree.h"

static void check_refusal(const struct json_error *error, size_t size)
{
	FUZZ_REQUIRE(error->offset >= 1 && error->offset <= size + 1);
	FUZZ_REQUIRE(error->message[0]);
}

static void check_nesting(const struct document *document)
{
	for (uint32_t i = 0; i < document->count; i++) {
		const struct node *parent = &document->nodes[i];
		uint32_t begin = parent->start + 1;

		for (uint32_t at = node_first(document, i); at; at = node_next(document, at)) {
			const struct node *child = &document->nodes[at];

			FUZZ_REQUIRE(child->start >= begin && child->length > 0);
			begin = child->start + child->length;
		}
		FUZZ_REQUIRE(begin <= parent->start + parent->length);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(source_free)
	struct source *source = source_new("input", (struct slice){ (const char *)data, size });
	AUTO(document_free) struct document *document = NULL;
	struct json_error error = { 0 };

	if (json_parse(source, &document, &error, NULL) < 0) {
		check_refusal(&error, size);
		return 0;
	}
	tree_check(document);
	check_nesting(document);
	round_trip_check(document, ROUND_TRIP_EXACT);
	return 0;
}
