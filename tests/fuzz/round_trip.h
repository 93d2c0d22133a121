/*
 * round_trip - a parsed text, whatever its language, written as JSON and read again.
 */
#ifndef SLIPWAY_TESTS_FUZZ_ROUND_TRIP_H
#define SLIPWAY_TESTS_FUZZ_ROUND_TRIP_H

#include "base/json.h"
#include "fuzz.h"
#include "node_json.h"

enum round_trip {
	ROUND_TRIP_EXACT, /* comes back as it was */
	ROUND_TRIP_SHAPE, /* strings are no UTF-8, which JSON has no way to write */
};

static void round_trip_check(struct document *document, enum round_trip what)
{
	AUTO(text_done) struct text first = TEXT_INIT(SIZE_MAX / 2);
	AUTO(text_done) struct text second = TEXT_INIT(SIZE_MAX / 2);
	AUTO(document_free) struct document *again = NULL;

	node_json(document, &first);

	AUTO(source_free) struct source *source = source_new("again", text_slice(&first));

	FUZZ_REQUIRE(json_parse(source, &again, NULL, NULL) == 0);
	FUZZ_REQUIRE(again->count == document->count);
	node_json(again, &second);
	FUZZ_REQUIRE(what == ROUND_TRIP_SHAPE ||
		     slice_equal(text_slice(&first), text_slice(&second)));
}

#endif
