/* What code hosts see of a report. */
#include "base/report_sarif.h"

#include <errno.h>

#include "tap.h"

#define HEAD                                                                                       \
	"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\","    \
	"\"runs\":[{\"tool\":{\"driver\":{\"name\":\"slipway\",\"version\":\"" PACKAGE_VERSION     \
	"\",\"rules\":["
#define MIDDLE "]}},\"columnKind\":\"unicodeCodePoints\",\"results\":["
#define TAIL   "]}]}"

int main(void)
{
	const struct report_path path = { .key = SLICE("k") };
	AUTO(source_free)
	struct source *source = source_new("a b:c", SLICE("x\n\xc3\xa4\xc3\xa4z"));
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text tight = TEXT_INIT(8);
	const struct report *reports[] = { report, report };

	report_render_sarif(reports, 0, &out);
	tap_str(text_str(&out), HEAD MIDDLE TAIL, "no reports: a log without results");
	text_clear(&out);

	struct report_entry *entry =
		report_add(report, REPORT_WARNING, &path, source_origin(source, 6), "m");

	entry->rule = "r";
	entry->hint = "h";
	report_render_sarif(reports, 1, &out);
	tap_str(text_str(&out),
		HEAD
		"{\"id\":\"r\"}" MIDDLE
		"{\"ruleId\":\"r\",\"level\":\"warning\",\"message\":{\"text\":\"m (h)\"},"
		"\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"a%20b%3Ac\"}"
		",\"region\":{\"startLine\":2,\"startColumn\":3}},\"logicalLocations\":[{"
		"\"fullyQualifiedName\":\"$.k\"}]}]}" TAIL,
		"a rule, a file's name as a URI, a column in characters");
	text_clear(&out);

	entry = report_add(report, REPORT_ERROR, NULL, (struct origin){ NULL }, "e");
	entry->has_path = false;
	report_render_sarif(reports + 1, 1, &out);
	tap_ok(strstr(text_str(&out),
		      "{\"ruleId\":\"config-error\",\"level\":\"error\",\"message\":"
		      "{\"text\":\"e\"},\"locations\":[{}]}"),
	       "an entry without rule, path and place");
	text_clear(&out);
	report_render_sarif(reports, 2, &out);
	tap_ok(strstr(text_str(&out), "\"rules\":[{\"id\":\"r\"},{\"id\":\"config-error\"}]"),
	       "each rule is listed once, of all reports");
	tap_int(report_render_sarif(reports, 1, &tight), -E2BIG, "a ceiling is kept");
	tap_str(text_str(&tight), "", "and nothing written");
	return tap_done();
}
