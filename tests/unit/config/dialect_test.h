/*
 * dialect_test - lower a text with a few supplies, and print what becomes of it so that people can
 * read it: a line for each report entry, file, link, unit, drop-in and user, contents decoded.
 */
#ifndef SLIPWAY_TESTS_DIALECT_TEST_H
#define SLIPWAY_TESTS_DIALECT_TEST_H

#include <stdlib.h>

#include "base/dataurl.h"
#include "config/config_test.h"
#include "config/express.h"
#include "config/front_end.h"
#include "tap.h"

/* A row: what the output has in it; what it has not, when that is given. */
struct dialect_row {
	const char *label;
	const char *text;
	const char *want;
	const char *unwanted;
	const char *platform;
};

static const struct {
	enum supply_kind kind;
	const char *name;
	struct supply supply;
} test_supplies[] = {
	{ SUPPLY_FILE, "file", { .data = { "from file", 9 } } },
	{ SUPPLY_FILE, "bad", { .problem = "cannot be read" } },
	{ SUPPLY_ATTRIBUTE, "private_ipv4", { .data = { "10.0.0.1", 8 } } },
	{ SUPPLY_ATTRIBUTE, "public_ipv4", { .data = { "", 0 } } },
	{ SUPPLY_ATTRIBUTE, "public_ipv6", { .problem = "nobody knows" } },
	{ SUPPLY_URL,
	  "https://api.github.com/users/gh/keys",
	  { .data = { "[{\"id\":1,\"key\":\"ssh-gh\"}]", 25 } } },
	{ SUPPLY_URL, "http://k/", { .data = { "{}", 2 } } },
};

__attribute__((unused)) static void test_print_resource(const struct config_resource *resource,
							struct text *out)
{
	struct dataurl url;
	AUTO_FREE unsigned char *bytes = NULL;
	size_t length = 0;

	if (dataurl_parse(resource->source, &url, NULL) == 0 &&
	    dataurl_decode(&url, &bytes, &length, NULL) == 0)
		text_append(out, bytes, length);
	else
		text_append_slice(out, resource->source);
	if (resource->verification.hash.data)
		text_printf(out, " %.*s", SLICE_ARGS(resource->verification.hash));
}

__attribute__((unused)) static void test_print_files(const struct config *config, struct text *out)
{
	CONFIG_EACH (const struct config_file, file, &config->storage.files) {
		text_printf(out, "file %.*s", SLICE_ARGS(file->node.path));
		if (file->mode.is_set)
			text_printf(out, " %#o", (unsigned)file->mode.value);
		if (file->node.overwrite.is_set)
			text_printf(out, " %s", file->node.overwrite.value ? "over" : "keep");
		if (file->node.user.name.data || file->node.group.name.data)
			text_printf(out, " %.*s:%.*s", SLICE_ARGS(file->node.user.name),
				    SLICE_ARGS(file->node.group.name));
		text_append_str(out, ": ");
		test_print_resource(&file->contents, out);
		CONFIG_EACH (const struct config_resource, piece, &file->append) {
			text_append_str(out, "+");
			test_print_resource(piece, out);
		}
		text_append_char(out, '\n');
	}
	CONFIG_EACH (const struct config_link, link, &config->storage.links)
		text_printf(out, "link %.*s -> %.*s\n", SLICE_ARGS(link->node.path),
			    SLICE_ARGS(link->target));
}

__attribute__((unused)) static void test_print_units(const struct config *config, struct text *out)
{
	CONFIG_EACH (const struct config_unit, unit, &config->systemd.units) {
		text_printf(out, "unit %.*s%s%s: %.*s\n", SLICE_ARGS(unit->name),
			    !unit->enabled.is_set ? ""
			    : unit->enabled.value ? " enabled"
						  : " disabled",
			    unit->mask.is_set && unit->mask.value ? " masked" : "",
			    SLICE_ARGS(unit->contents));
		CONFIG_EACH (const struct config_dropin, dropin, &unit->dropins)
			text_printf(out, "dropin %.*s/%.*s: %.*s\n", SLICE_ARGS(unit->name),
				    SLICE_ARGS(dropin->name), SLICE_ARGS(dropin->contents));
	}
	CONFIG_EACH (const struct config_user, user, &config->passwd.users) {
		text_printf(out, "user %.*s:", SLICE_ARGS(user->name));
		CONFIG_EACH (const struct config_text, key, &user->ssh_authorized_keys)
			text_printf(out, " %.*s", SLICE_ARGS(key->text));
		text_append_char(out, '\n');
	}
}

/* The rest, as Ignition writes it. */
__attribute__((unused)) static void test_print_json(const struct lowered *lowered, struct text *out)
{
	struct content_sink sink = { .write = test_append, .context = out };

	express_encode(lowered->config, lowered->version, ENCODE_OMIT_EMPTY, &sink, NULL);
}

__attribute__((unused)) static char *test_lower(const struct front_end *front_end, const char *text,
						const char *platform)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	struct text out = TEXT_INIT(TEST_TEXT_MAX);
	struct lowered lowered;
	const struct front_end_input input = {
		.pool = pool,
		.source = test_source(pool, text),
		.supplies = supplies,
		.report = report,
		.platform = platform,
	};

	for (size_t i = 0; i < ARRAY_SIZE(test_supplies); i++)
		supplies_add(supplies, test_supplies[i].kind, slice_of(test_supplies[i].name),
			     &test_supplies[i].supply);

	int r = front_end->lower(&input, &lowered, &err);

	test_render(report, &out);
	if (r < 0) {
		text_printf(&out, "refused: %s", err.text);
		return text_take(&out);
	}
	test_print_files(lowered.config, &out);
	test_print_units(lowered.config, &out);
	test_print_json(&lowered, &out);
	return text_take(&out);
}

__attribute__((unused)) static void test_rows(const struct front_end *front_end,
					      const struct dialect_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *got = test_lower(front_end, rows[i].text, rows[i].platform);
		const bool has = strstr(got, rows[i].want);
		const bool has_not = !rows[i].unwanted || !strstr(got, rows[i].unwanted);

		if (!tap_ok(has && has_not, "%s", rows[i].label))
			printf("#   want %s\n#   not  %s\n#   got  %s\n", rows[i].want,
			       rows[i].unwanted ? rows[i].unwanted : "(anything)", got);
	}
}

#endif
