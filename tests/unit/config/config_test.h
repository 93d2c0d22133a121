/*
 * config_test - what several tests of src/config do with a config: read, print, compare.
 */
#ifndef SLIPWAY_TESTS_CONFIG_TEST_H
#define SLIPWAY_TESTS_CONFIG_TEST_H

#include "base/json.h"
#include "config/encode.h"
#include "config/parse.h"

#define TEST_TEXT_MAX ((size_t)64 << 20)

/* A sink that appends to the text in its context. */
__attribute__((unused)) static int test_append(struct content_sink *sink, const void *data,
					       size_t length, struct error *err)
{
	(void)err;
	return text_append(sink->context, data, length);
}

/* @config as config_encode() writes it; freed by the caller. */
__attribute__((unused)) static char *test_encode(const struct config *config, unsigned flags)
{
	struct text out = TEXT_INIT(TEST_TEXT_MAX);
	struct content_sink sink = { .write = test_append, .context = &out };

	text_append_str(&out, "");
	if (config_encode(config, flags, &sink, /* err= */ NULL) < 0)
		text_append_str(&out, "(failed)");
	return text_take(&out);
}

/* @text as a source called "test" in @pool; borrowed. */
__attribute__((unused)) static const struct source *test_source(struct config_pool *pool,
								const char *text)
{
	return config_pool_borrow_source(pool, "test", slice_of(text));
}

/* The nodes of @text, which must be JSON. */
__attribute__((unused)) static struct document *test_document(struct config_pool *pool,
							      const char *text)
{
	struct document *document = NULL;

	if (json_parse(test_source(pool, text), &document, /* ret_error= */ NULL,
		       /* err= */ NULL) < 0)
		return NULL;
	config_pool_add_document(pool, document);
	return document;
}

/* Entries of @report as upstream prints them, a line each. */
__attribute__((unused)) static void test_render(const struct report *report, struct text *out)
{
	for (size_t i = 0; i < report_count(report); i++) {
		report_render_upstream(report_entry_at(report, i), out);
		text_append_char(out, '\n');
	}
}

/* A config that must be read without errors; NULL, and a line of TAP comment, when it is not. */
__attribute__((unused)) static const struct config *test_parse(struct config_pool *pool,
							       const char *text)
{
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text entries = TEXT_INIT(TEST_TEXT_MAX);
	const struct config *config = NULL;

	if (config_parse(pool, test_source(pool, text), 0, report, &config, /* ret_version= */ NULL,
			 &err) < 0) {
		test_render(report, &entries);
		printf("# %s: %s%s\n", text, err.text, text_str(&entries));
	}
	return config;
}

#endif
