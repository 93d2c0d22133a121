/*
 * butane_test - lower a Butane text with a few local files, and print what becomes of it.
 */
#ifndef SLIPWAY_TESTS_BUTANE_TEST_H
#define SLIPWAY_TESTS_BUTANE_TEST_H

#include "config/butane/butane.h"

#include "config/config_test.h"
#include "tap.h"

#define V(variant, version) "variant: " variant "\nversion: " version "\n"

/* The tree "tree". */
static const struct supply_entry test_tree[] = {
	{ .path = { "etc", 3 }, .kind = SUPPLY_ENTRY_DIRECTORY, .mode = 0700 },
	{ .path = { "etc/link", 8 }, .kind = SUPPLY_ENTRY_LINK, .target = { "../x", 4 } },
	{ .path = { "etc/motd", 8 }, .mode = 0600, .data = { "hi", 2 } },
	{ .path = { "run", 3 }, .mode = 0700, .data = { "#!", 2 } },
};
static const struct supply_entry test_odd[] = {
	{ .path = { "fifo", 4 }, .kind = SUPPLY_ENTRY_OTHER },
};

static const struct {
	enum supply_kind kind;
	const char *name;
	struct supply supply;
} test_supplies[] = {
	{ SUPPLY_FILE, "file", { .data = { "from file", 9 } } },
	{ SUPPLY_FILE, "empty", { .data = { "", 0 } } },
	{ SUPPLY_FILE, "keys", { .data = { "k1\r\n\n# note\nk2", 14 } } },
	{ SUPPLY_FILE, "unit", { .data = { "[Service]\nType=oneshot\n", 23 } } },
	{ SUPPLY_FILE, "bad", { .problem = "cannot be read" } },
	{ SUPPLY_TREE, "tree", { .entries = test_tree, .entry_count = ARRAY_SIZE(test_tree) } },
	{ SUPPLY_TREE, "odd", { .entries = test_odd, .entry_count = ARRAY_SIZE(test_odd) } },
	{ SUPPLY_TREE, "bad", { .problem = "no such tree" } },
};

/* What is printed for @text: the report in lines, then the config or the error. */
__attribute__((unused)) static char *test_lower(const char *text, unsigned flags)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	struct text out = TEXT_INIT(TEST_TEXT_MAX);
	struct content_sink sink = { .write = test_append, .context = &out };
	struct butane_result result;
	const struct front_end_input input = {
		.pool = pool,
		.source = test_source(pool, text),
		.supplies = supplies,
		.report = report,
	};

	for (size_t i = 0; i < ARRAY_SIZE(test_supplies); i++)
		supplies_add(supplies, test_supplies[i].kind, slice_of(test_supplies[i].name),
			     &test_supplies[i].supply);

	int r = butane_lower(&input, flags, &result, &err);

	test_render(report, &out);
	if (r < 0)
		text_printf(&out, "%s", err.text);
	else if (butane_write(&result, flags, &sink, &err) < 0)
		text_printf(&out, "write: %s", err.text);
	else
		text_truncate(&out, out.length - 1);
	return text_take(&out);
}

#endif
