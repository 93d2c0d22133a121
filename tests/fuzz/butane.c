/*
 * butane - any text is lowered or refused, and what it becomes is valid Ignition of its version
 * that is read back as it was written.
 */
#include <errno.h>

#include "config/butane/butane.h"
#include "config/encode.h"
#include "config/parse.h"
#include "config/validate.h"

#include "fuzz.h"

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	(void)err;
	return text_append(sink->context, data, length);
}

static const struct supply_entry tree[] = {
	{ .path = { "a", 1 }, .kind = SUPPLY_ENTRY_DIRECTORY, .mode = 0755 },
	{ .path = { "a/b", 3 }, .kind = SUPPLY_ENTRY_FILE, .data = { "b", 1 } },
	{ .path = { "l", 1 }, .kind = SUPPLY_ENTRY_LINK, .target = { "a", 1 } },
};

/* Whatever is asked for is there; every other file cannot be read. */
static bool answer(struct supplies *supplies)
{
	static const struct supply file = { .data = { "text\nkey\n", 9 } };
	static const struct supply problem = { .problem = "cannot be read" };
	static const struct supply directory = { .entries = tree, .entry_count = ARRAY_SIZE(tree) };
	const struct supply_question *question;
	size_t position = 0;
	bool any = false;

	while ((question = supplies_next_missing(supplies, &position))) {
		const bool is_bad = question->name.length % 2;
		const struct supply *supply = question->kind == SUPPLY_TREE ? &directory : &file;

		supplies_add(supplies, question->kind, question->name, is_bad ? &problem : supply);
		any = true;
	}
	return any;
}

static void check_ignition(struct config_pool *pool, const struct butane_result *result)
{
	AUTO(text_done) struct text first = TEXT_INIT(SIZE_MAX / 2);
	AUTO(report_free) struct report *report = report_new();
	struct content_sink sink = { .write = append, .context = &first };
	const struct config *config = NULL;
	enum spec_version version = SPEC_OLDEST;

	FUZZ_REQUIRE(butane_write(result, BUTANE_RAW, &sink, NULL) == 0);

	const struct source *source = config_pool_borrow_source(pool, "output", text_slice(&first));

	FUZZ_REQUIRE(config_parse(pool, source, 0, report, &config, &version, NULL) == 0);
	FUZZ_REQUIRE(version == result->dialect->spec);
}

/* OpenShift's form is written too. */
static void check_native(const struct butane_result *result)
{
	AUTO(text_done) struct text out = TEXT_INIT(SIZE_MAX / 2);
	struct content_sink sink = { .write = append, .context = &out };

	FUZZ_REQUIRE(butane_write(result, BUTANE_PRETTY, &sink, NULL) == 0);
	FUZZ_REQUIRE(out.length > 0 && out.data[out.length - 1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	const struct slice text = { (const char *)data, size };
	struct butane_result result;
	int r = 0;

	do {
		AUTO(report_free) struct report *report = report_new();
		AUTO(error_done) struct error err = ERROR_INIT;
		const struct front_end_input input = {
			.pool = pool,
			.source = config_pool_borrow_source(pool, "input", text),
			.supplies = supplies,
			.report = report,
		};

		r = butane_lower(&input, BUTANE_RAW, &result, &err);
		FUZZ_REQUIRE((r < 0) == (err.text != NULL));
		FUZZ_REQUIRE((r == -EINVAL) == report_has_errors(report));
	} while (answer(supplies));
	if (r < 0)
		return 0;
	check_ignition(pool, &result);
	check_native(&result);
	return 0;
}
