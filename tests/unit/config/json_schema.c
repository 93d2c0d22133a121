/* Every dialect has a schema: it is JSON, its objects have names of their own, and are all there.
 */
#include "config/json_schema.h"

#include "config_test.h"
#include "tap.h"

static void check(const char *label, struct slice schema)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(source_free) struct source *source = source_new("schema", schema);
	AUTO(document_free) struct document *document = NULL;

	if (!tap_ok(json_parse(source, &document, /* ret_error= */ NULL, /* err= */ NULL) == 0,
		    "%s: is JSON", label))
		return;

	const uint32_t definitions = node_get(document, 0, "$defs");
	unsigned twice = 0, missing = 0;

	for (uint32_t at = node_first(document, definitions); at;
	     at = node_next(document, node_next(document, at))) {
		AUTO_FREE char *name = slice_dup(node_string(document, at));

		twice += node_get(document, definitions, name) != node_next(document, at);
	}
	for (uint32_t at = 0; at < document->count; at++) {
		static const char prefix[] = "#/$defs/";
		const struct slice text = document->nodes[at].kind == NODE_STRING
						  ? node_string(document, at)
						  : SLICE("");

		if (slice_starts(text, prefix)) {
			AUTO_FREE char *name = slice_dup(slice_from(text, strlen(prefix)));

			missing += !node_get(document, definitions, name);
		}
	}
	tap_int(twice, 0, "no object is defined twice");
	tap_int(missing, 0, "no object is missing");
}

int main(void)
{
	const struct butane_dialect *dialect;

	for (size_t i = 0; i < SPEC_VERSION_COUNT; i++) {
		AUTO(text_done) struct text schema = TEXT_INIT(TEST_TEXT_MAX);

		json_schema_ignition((enum spec_version)i, &schema);
		check(spec_version_name((enum spec_version)i), text_slice(&schema));
	}
	for (size_t i = 0; (dialect = butane_dialect_at(i)); i++) {
		AUTO(text_done) struct text schema = TEXT_INIT(TEST_TEXT_MAX);

		json_schema_butane(dialect, &schema);
		check(dialect->version, text_slice(&schema));
	}
	return tap_done();
}
