/*
 * rules_rows - run the checks of one object in every version and compare what they add.
 *
 * One row is one TAP line: in the versions [since, removed) the entries are @want, in all others
 * @otherwise.  An entry is "<severity> <path below the object>: <message>".
 */
#ifndef SLIPWAY_TESTS_RULES_ROWS_H
#define SLIPWAY_TESTS_RULES_ROWS_H

#include "config/rules.h"

#include "tap.h"

#define LIST(type, ...)                                                                            \
	{                                                                                          \
		.items = (type[]){ __VA_ARGS__ },                                                  \
		.count = sizeof((type[]){ __VA_ARGS__ }) / sizeof(type)                            \
	}
#define STR(text)                                                                                  \
	{                                                                                          \
		"" text, sizeof("" text) - 1                                                       \
	}
#define INT(number)                                                                                \
	{                                                                                          \
		.value = (number), .is_set = true                                                  \
	}
#define TRUE                                                                                       \
	{                                                                                          \
		.value = true, .is_set = true                                                      \
	}
#define FALSE                                                                                      \
	{                                                                                          \
		.value = false, .is_set = true                                                     \
	}

struct rules_row {
	const char *label;
	const void *object;
	const char *want; /* lines, each with its newline; NULL: none */
	enum spec_version since;
	enum spec_version removed; /* 0: never */
	const char *otherwise;	   /* NULL: none */
};

static const char rules_rows_root[] = "object";

static void rules_rows_render(const struct report *report, struct text *out)
{
	static const char *const severities[] = {
		[REPORT_INFO] = "info", [REPORT_WARNING] = "warning", [REPORT_ERROR] = "error"
	};

	for (size_t i = 0; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);

		text_printf(out, "%s %s: %s\n", severities[entry->severity],
			    entry->path + strlen("$.") + strlen(rules_rows_root), entry->message);
	}
}

/* What @checks say about @object in @version. */
static void rules_rows_run(const struct schema_check *checks, const void *object,
			   enum spec_version version, struct text *out)
{
	AUTO(report_free) struct report *report = report_new();
	const struct report_path path = { .key = { rules_rows_root, strlen(rules_rows_root) } };
	const struct check_context context = { report, &path, version };

	for (; checks->run; checks++)
		if (checks->since <= version && version <= checks->until)
			checks->run(&context, object);
	rules_rows_render(report, out);
}

__attribute__((unused)) static void rules_rows_check(const struct schema_check *checks,
						     const struct rules_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct rules_row *row = &rows[i];
		AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
		const char *want = "";
		enum spec_version version = SPEC_OLDEST;

		for (; version <= SPEC_NEWEST; version++) {
			bool applies =
				row->since <= version && (!row->removed || version < row->removed);

			want = applies ? row->want : row->otherwise;
			want = want ? want : "";
			text_clear(&got);
			rules_rows_run(checks, row->object, version, &got);
			if (strcmp(text_str(&got), want) != 0)
				break;
		}
		if (!tap_ok(version > SPEC_NEWEST, "%s", row->label))
			printf("# in %s\n# want %s\n# got  %s\n", spec_version_name(version), want,
			       text_str(&got));
	}
}

#define RULES_ROWS(checks, rows) rules_rows_check(checks, rows, ARRAY_SIZE(rows))

#endif
