/*
 * config - what is accepted is written to a cache that is read back to the same text; merged with
 * itself it is as valid as it was; a dump without secrets is JSON; lint never changes the verdict.
 */
#include "config/parse.h"

#include "base/json.h"
#include "config/encode.h"
#include "config/merge.h"

#include "fuzz.h"

static int append(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	(void)err;
	return text_append(sink->context, data, length);
}

static void encode(const struct config *config, unsigned flags, struct text *out)
{
	struct content_sink sink = { .write = append, .context = out };

	FUZZ_REQUIRE(config_encode(config, flags, &sink, NULL) == 0);
}

static int parse(struct config_pool *pool, struct slice text, unsigned flags,
		 const struct config **ret)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct source *source = config_pool_borrow_source(pool, "input", text);

	int r = config_parse(pool, source, flags, report, ret, NULL, &err);

	FUZZ_REQUIRE((r < 0) == (err.text != NULL));
	FUZZ_REQUIRE(r < 0 || !report_has_errors(report));
	return r;
}

static void check_cache(struct config_pool *pool, const struct config *config)
{
	AUTO(text_done) struct text first = TEXT_INIT(SIZE_MAX / 2);
	AUTO(text_done) struct text second = TEXT_INIT(SIZE_MAX / 2);
	const struct config *loaded = NULL;

	encode(config, 0, &first);

	const struct source *cache = config_pool_borrow_source(pool, "cache", text_slice(&first));

	FUZZ_REQUIRE(config_load_cache(pool, cache, &loaded, NULL) == 0);
	encode(loaded, 0, &second);
	FUZZ_REQUIRE(slice_equal(text_slice(&first), text_slice(&second)));
}

static bool is_valid(const struct config_pool *pool, const struct config *config)
{
	AUTO(report_free) struct report *report = report_new();

	config_validate(pool, config, report);
	return !report_has_errors(report);
}

/* An older spec may allow what the newest does not: that is no matter of merging. */
static void check_merge(struct config_pool *pool, const struct config *config)
{
	AUTO(text_done) struct text alone = TEXT_INIT(SIZE_MAX / 2);
	AUTO(text_done) struct text merged = TEXT_INIT(SIZE_MAX / 2);

	if (is_valid(pool, config))
		FUZZ_REQUIRE(is_valid(pool, config_merge(pool, config, config)));
	encode(config, 0, &alone);
	encode(config_merge(pool, config_new(pool), config), 0, &merged);
	FUZZ_REQUIRE(slice_equal(text_slice(&alone), text_slice(&merged)));
}

static void check_dump(const struct config *config)
{
	AUTO(text_done) struct text dump = TEXT_INIT(SIZE_MAX / 2);
	AUTO(document_free) struct document *document = NULL;

	encode(config, ENCODE_INDENT | ENCODE_REDACT, &dump);

	AUTO(source_free) struct source *source = source_new("dump", text_slice(&dump));

	FUZZ_REQUIRE(json_parse(source, &document, NULL, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct slice text = { (const char *)data, size };
	const struct config *config = NULL;
	const struct config *linted = NULL;

	int r = parse(pool, text, 0, &config);

	FUZZ_REQUIRE(parse(pool, text, CONFIG_PARSE_LINT, &linted) == r);
	if (r < 0)
		return 0;
	check_cache(pool, config);
	check_merge(pool, config);
	check_dump(config);
	config_load_origins(pool, config, text);
	return 0;
}
