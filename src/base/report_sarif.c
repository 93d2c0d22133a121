#include "base/report_sarif.h"

#include <inttypes.h>

/* Different checks; what came behind so many would be named by ruleId only. */
#define RULES_MAX 64

#define LOG_BEGIN                                                                                  \
	"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","    \
	"\"runs\":[{\"tool\":{\"driver\":{\"name\":\"slipway\",\"version\":\"" PACKAGE_VERSION     \
	"\",\"rules\":["

struct rules {
	const char *ids[RULES_MAX];
	size_t count;
};

static const struct {
	const char *level;
	const char *rule; /* of entries that have none */
} severities[] = {
	[REPORT_INFO] = { "note", "config-info" },
	[REPORT_WARNING] = { "warning", "config-warning" },
	[REPORT_ERROR] = { "error", "config-error" },
};

static const char *rule_of(const struct report_entry *entry)
{
	return entry->rule ? entry->rule : severities[entry->severity].rule;
}

static void note_rule(struct rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->ids[i], id) == 0)
			return;
	if (rules->count < RULES_MAX)
		rules->ids[rules->count++] = id;
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~/", c));
}

/* A name of a file as a relative reference; a colon before a slash would be a scheme. */
static void append_uri(struct text *out, const char *name)
{
	for (; *name; name++) {
		if (is_unreserved(*name))
			text_append_char(out, *name);
		else
			text_printf(out, "%%%02X", (unsigned char)*name);
	}
}

/* The column in code points: one for each byte before it that does not go on with a character. */
static uint32_t column_of(struct origin place)
{
	const struct slice line = source_line(place.source, place.line);
	uint32_t column = 1;

	for (size_t i = 0; i < line.length && i + 1 < place.column; i++)
		column += ((unsigned char)line.data[i] & 0xc0) != 0x80;
	return column;
}

static void append_location(struct text *out, const struct report_entry *entry)
{
	const char *separator = "";

	text_append_str(out, ",\"locations\":[{");
	if (entry->place.source) {
		text_append_str(out, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
		append_uri(out, source_name(entry->place.source));
		text_append_str(out, "\"}");
		if (entry->place.line)
			text_printf(out,
				    ",\"region\":{\"startLine\":%" PRIu32
				    ",\"startColumn\":%" PRIu32 "}",
				    entry->place.line, column_of(entry->place));
		text_append_char(out, '}');
		separator = ",";
	}
	if (entry->has_path) {
		text_printf(out, "%s\"logicalLocations\":[{\"fullyQualifiedName\":", separator);
		text_append_json(out, slice_of(entry->path_human));
		text_append_str(out, "}]");
	}
	text_append_str(out, "}]");
}

static void append_result(struct text *out, const struct report_entry *entry)
{
	AUTO(text_done) struct text message = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_str(&message, entry->message);
	if (entry->hint)
		text_printf(&message, " (%s)", entry->hint);
	text_printf(out,
		    "{\"ruleId\":\"%s\",\"level\":\"%s\",\"message\":{\"text\":", rule_of(entry),
		    severities[entry->severity].level);
	text_append_json(out, text_slice(&message));
	text_append_char(out, '}');
	append_location(out, entry);
	text_append_char(out, '}');
}

static void append_rules(struct text *out, const struct report *const *reports, size_t count)
{
	struct rules rules = { .count = 0 };

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < report_count(reports[i]); j++)
			note_rule(&rules, rule_of(report_entry_at(reports[i], j)));
	for (size_t i = 0; i < rules.count; i++)
		text_printf(out, "%s{\"id\":\"%s\"}", i ? "," : "", rules.ids[i]);
}

int report_render_sarif(const struct report *const *reports, size_t count, struct text *out)
{
	/* No ceiling here, as for JSON. */
	AUTO(text_done) struct text log = TEXT_INIT(SIZE_MAX / 2);
	const char *separator = "";

	text_append_str(&log, LOG_BEGIN);
	append_rules(&log, reports, count);
	text_append_str(&log, "]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < report_count(reports[i]); j++) {
			text_append_str(&log, separator);
			append_result(&log, report_entry_at(reports[i], j));
			separator = ",";
		}
	}
	text_append_str(&log, "]}]}");
	return text_append_slice(out, text_slice(&log));
}
