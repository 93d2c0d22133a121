/* plan - operations as lines and as JSON. */
#include "base/plan.h"

#include "tap.h"

static const struct operation_class write_class = { .name = "file.write", .noun = "file" };

int main(void)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(source_free) struct source *source = source_new("web.ign", SLICE("{}"));
	AUTO(text_done) struct text line = TEXT_INIT(256);
	AUTO(text_done) struct text with = TEXT_INIT(256);
	AUTO(text_done) struct text without = TEXT_INIT(256);
	struct operation operation = {
		.class = &write_class,
		.phase = "files",
		.object = "/etc/\"quoted\"",
		.summary = "create, 12 bytes",
		.log_text = "writing",
		.origin = { .source = source, .line = 3, .column = 7 },
	};

	plan_append_line(&operation, &line);
	tap_str(text_str(&line), "file /etc/\"quoted\": create, 12 bytes",
		"one line, one operation");
	plan_append_json(&operation, 4, &with);
	tap_str(text_str(&with),
		"{\"index\":4,\"phase\":\"files\",\"operation\":\"file.write\","
		"\"object\":\"/etc/\\\"quoted\\\"\",\"summary\":\"create, 12 bytes\","
		"\"origin\":{\"file\":\"web.ign\",\"line\":3,\"column\":7}}",
		"JSON names who asked for it");
	operation.origin = (struct origin){ .source = NULL };
	plan_append_json(&operation, 0, &without);
	tap_ok(strstr(text_str(&without), "\"origin\":null}"), "or nobody");
	for (size_t i = 0; i < 100; i++)
		plan_add(plan, &operation);
	tap_ok(plan->count == 100 && plan->operations[99].class == &write_class,
	       "a plan grows as long as needed");
	return tap_done();
}
