/*
 * Every member of Ignition, in every dialect: what Butane reads under its own name is what Ignition
 * reads under the other, where the dialect's Ignition version has it; elsewhere it is refused.
 */
#include "base/yaml.h"
#include "config/butane/lowering.h"
#include "config/butane/schema.h"
#include "config/decode.h"

#include "config/config_test.h"
#include "tap.h"

/* One path of the schema, as text in both languages: "{a: [{b: 1}]}". */
struct path {
	struct text json;
	struct text yaml;
	struct text closing;
};

static const struct butane_dialect *dialect;
static unsigned checked, wrong;

static char *decode_json(const struct path *path)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	struct config *config = arena_alloc(config_pool_arena(pool), sizeof(*config));
	struct decode_error error = { .message = NULL };
	struct document *document = test_document(pool, text_str(&path->json));

	if (!document || config_decode(config_pool_arena(pool), document, &config_schema,
				       dialect->spec, config, &error) < 0)
		return strdup(error.message ? error.message : "no JSON");
	config->ignition.version = SLICE("");
	return test_encode(config, 0);
}

static char *decode_yaml(const struct path *path)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text entries = TEXT_INIT(TEST_TEXT_MAX);
	AUTO(butane_lowering_done)
	struct butane_lowering lowering = {
		.pool = pool,
		.arena = config_pool_arena(pool),
		.dialect = dialect,
		.report = report,
		.config = arena_alloc(config_pool_arena(pool), sizeof(struct config)),
	};

	if (yaml_parse(test_source(pool, text_str(&path->yaml)), &lowering.document, NULL, NULL) <
	    0)
		return strdup("no YAML");
	config_pool_add_document(pool, lowering.document);
	butane_decode(&lowering);
	test_render(report, &entries);
	lowering.config->ignition.version = SLICE("");
	return report_count(report) ? text_take(&entries) : test_encode(lowering.config, 0);
}

static void compare(struct path *path, const char *json_value, const char *yaml_value)
{
	const size_t json = path->json.length, yaml = path->yaml.length;

	text_printf(&path->json, "%s", json_value);
	text_printf(&path->yaml, "%s", yaml_value);
	for (size_t i = path->closing.length; i; i--) {
		text_append_char(&path->json, path->closing.data[i - 1]);
		text_append_char(&path->yaml, path->closing.data[i - 1]);
	}

	AUTO_FREE char *want = decode_json(path);
	AUTO_FREE char *got = decode_yaml(path);

	checked++;
	if (strcmp(want, got) != 0) {
		wrong++;
		printf("# %s %s\n# json %s\n# want %s\n# got  %s\n", text_str(&path->yaml),
		       dialect->version, text_str(&path->json), want, got);
	}
	text_truncate(&path->json, json);
	text_truncate(&path->yaml, yaml);
}

static void walk(struct path *path, const struct schema *schema);

static void descend(struct path *path, const struct schema_field *field)
{
	const size_t closing = path->closing.length;

	if (field->type == FIELD_LIST) {
		text_append_str(&path->json, "[");
		text_append_str(&path->yaml, "[");
		text_append_char(&path->closing, ']');
	}
	walk(path, field->item);
	text_truncate(&path->closing, closing);
}

static void walk_field(struct path *path, const struct schema_field *field)
{
	const size_t json = path->json.length, yaml = path->yaml.length;
	const size_t closing = path->closing.length;

	text_printf(&path->json, "{\"%s\": ", field->name);
	text_append_str(&path->yaml, "{");
	butane_append_name(&path->yaml, slice_of(field->name));
	text_append_str(&path->yaml, ": ");
	text_append_char(&path->closing, '}');
	if (field->item)
		descend(path, field);
	else if (field->type == FIELD_LIST)
		compare(path, "[\"a\", \"7\"]", "[a, 7]");
	else if (field->type == FIELD_STRING)
		compare(path, "\"0644\"", "0644");
	else if (field->type == FIELD_INT)
		compare(path, "420", "0644");
	else
		compare(path, "true", "on");
	text_truncate(&path->json, json);
	text_truncate(&path->yaml, yaml);
	text_truncate(&path->closing, closing);
}

static void walk(struct path *path, const struct schema *schema)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct schema_field *field = &schema->fields[i];

		if (!schema_field_known(field, dialect->spec))
			continue;
		if (field->flags & FIELD_INLINE)
			walk(path, field->item);
		else if (strcmp(schema->go_name, "Ignition") != 0 ||
			 strcmp(field->name, "version") != 0)
			walk_field(path, field);
	}
}

static void check_names(void)
{
	static const char *const names[][2] = {
		{ "typeGuid", "type_guid" },
		{ "httpResponseHeaders", "http_response_headers" },
		{ "sizeMiB", "size_mib" },
		{ "startMiB", "start_mib" },
		{ "sshAuthorizedKeys", "ssh_authorized_keys" },
		{ "tpm2", "tpm2" },
		{ "shouldNotExist", "should_not_exist" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

		butane_append_name(&got, slice_of(names[i][0]));
		tap_str(text_str(&got), names[i][1], "a name is spelled by the rule");
	}
}

int main(void)
{
	check_names();
	for (size_t i = 0; (dialect = butane_dialect_at(i)); i++) {
		struct path path = { TEXT_INIT(TEST_TEXT_MAX), TEXT_INIT(TEST_TEXT_MAX),
				     TEXT_INIT(TEST_TEXT_MAX) };

		checked = 0;
		wrong = 0;
		text_append_str(&path.closing, "");
		walk(&path, &config_schema);
		tap_ok(wrong == 0 && checked > 70, "every key of %s %s: %u", dialect->variant,
		       dialect->version, checked);
		text_done(&path.json);
		text_done(&path.yaml);
		text_done(&path.closing);
	}
	return tap_done();
}
