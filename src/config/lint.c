#include "config/lint.h"

#include "config/key_map.h"

struct lint {
	struct document *document;
	enum spec_version version;
	struct report *report;
};

static void lint_value(const struct lint *lint, const struct schema *schema, uint32_t node,
		       const struct report_path *path);

static void lint_utf8(const struct lint *lint, uint32_t node, const struct report_path *path)
{
	if (lint->document->nodes[node].flags & NODE_INVALID_UTF8)
		report_add(lint->report, REPORT_WARNING, path, node_origin(lint->document, node),
			   "invalid UTF-8 is replaced by U+FFFD")
			->rule = "invalid-utf8";
}

/* @name: what the decoder takes the key for. */
static void lint_key(const struct lint *lint, uint32_t node, struct slice name,
		     struct key_map *seen, const struct report_path *path)
{
	const struct origin origin = node_origin(lint->document, node);

	if (!slice_equal(path->key, name))
		report_add(lint->report, REPORT_WARNING, path, origin, "key %.*s is read as %.*s",
			   SLICE_ARGS(path->key), SLICE_ARGS(name))
			->rule = "key-case";
	if (!key_map_add(seen, name, node))
		report_add(lint->report, REPORT_WARNING, path, origin,
			   "key %.*s is given again: what is here wins", SLICE_ARGS(name))
			->rule = "repeated-key";
	lint_utf8(lint, node, path);
}

static void lint_object(const struct lint *lint, const struct schema *schema, uint32_t node,
			const struct report_path *path)
{
	struct document *document = lint->document;
	AUTO(key_map_done) struct key_map seen = { 0 };

	for (uint32_t at = node_first(document, node), value; at; at = node_next(document, value)) {
		const struct report_path below = { .parent = path,
						   .key = node_string(document, at) };
		const struct schema_field *field =
			schema ? schema_find(schema, below.key, lint->version) : NULL;

		value = node_next(document, at);
		lint_key(lint, at, field ? slice_of(field->name) : below.key, &seen, &below);
		lint_value(lint, field ? field->item : NULL, value, &below);
	}
}

static void lint_array(const struct lint *lint, const struct schema *schema, uint32_t node,
		       const struct report_path *path)
{
	struct report_path below = { .parent = path };

	for (uint32_t at = node_first(lint->document, node); at;
	     at = node_next(lint->document, at), below.index++)
		lint_value(lint, schema, at, &below);
}

static void lint_value(const struct lint *lint, const struct schema *schema, uint32_t node,
		       const struct report_path *path)
{
	switch (lint->document->nodes[node].kind) {
	case NODE_OBJECT:
		lint_object(lint, schema, node, path);
		break;
	case NODE_ARRAY:
		lint_array(lint, schema, node, path);
		break;
	case NODE_STRING:
		lint_utf8(lint, node, path);
		break;
	default:
		break;
	}
}

void lint_report(struct document *document, enum spec_version version, struct report *report)
{
	const struct lint lint = { .document = document, .version = version, .report = report };

	lint_value(&lint, &config_schema, 0, /* path= */ NULL);
}
