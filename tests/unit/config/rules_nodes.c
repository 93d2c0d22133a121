/* rules_nodes - paths, modes and owners of files, directories and links. */
#include "rules_rows.h"

#define NODE(...)    (&(struct config_node){ __VA_ARGS__ })
#define NOT_GIVEN    "error .path: path not specified\n"
#define NOT_ABSOLUTE "error .path: path not absolute\n"
#define NOT_CLEAN    "error .path: path is not fully simplified\n"

static const struct rules_row node_rows[] = {
	{ "a clean absolute path", NODE(.path = STR("/etc/hosts")) },
	{ "the root is a path", NODE(.path = STR("/")) },
	{ "dots inside names are names", NODE(.path = STR("/..a/b..c/.d")) },
	{ "no path", NODE(), NOT_GIVEN },
	{ "an empty path", NODE(.path = STR("")), NOT_GIVEN },
	{ "a relative path, clean or not", NODE(.path = STR("a/../b")), NOT_ABSOLUTE },
	{ "a slash at the end", NODE(.path = STR("/a/")), NOT_CLEAN },
	{ "two slashes in a row", NODE(.path = STR("/a//b")), NOT_CLEAN },
	{ "two slashes in front", NODE(.path = STR("//a")), NOT_CLEAN },
	{ "two slashes alone", NODE(.path = STR("//")), NOT_CLEAN },
	{ "a dot component", NODE(.path = STR("/a/./b")), NOT_CLEAN },
	{ "a dot component at the end", NODE(.path = STR("/a/.")), NOT_CLEAN },
	{ "the parent", NODE(.path = STR("/a/../b")), NOT_CLEAN },
	{ "the parent at the end", NODE(.path = STR("/a/..")), NOT_CLEAN },
	{ "the parent of the root", NODE(.path = STR("/..")), NOT_CLEAN },
};

#define OWNER(...) (&(struct config_owner){ __VA_ARGS__ })

static const struct rules_row owner_rows[] = {
	{ "an id alone", OWNER(.id = INT(1)) },
	{ "a name alone", OWNER(.name = STR("core")) },
	{ "an id and an empty name", OWNER(.id = INT(0), .name = STR("")) },
	{ "an id and a name", OWNER(.id = INT(0), .name = STR("core")),
	  "error : cannot set both id and name\n" },
};

#define DIRECTORY(...) (&(struct config_directory){ __VA_ARGS__ })
#define ILLEGAL	       "error .mode: illegal file mode\n"
#define SPECIAL                                                                                    \
	"warning .mode: setuid/setgid/sticky bits are not supported or functional in spec "        \
	"versions older than 3.6.0\n"

static const struct rules_row directory_rows[] = {
	{ "no mode", DIRECTORY() },
	{ "mode 0", DIRECTORY(.mode = INT(0)) },
	{ "mode 0777", DIRECTORY(.mode = INT(0777)) },
	{ "the sticky bit works from 3.6 on", DIRECTORY(.mode = INT(01000)), SPECIAL,
	  .removed = SPEC_3_6 },
	{ "mode 07777 is the last", DIRECTORY(.mode = INT(07777)), SPECIAL, .removed = SPEC_3_6 },
	{ "mode 010000 has no special bit", DIRECTORY(.mode = INT(010000)), ILLEGAL },
	{ "a negative mode has all of them", DIRECTORY(.mode = INT(-1)), ILLEGAL SPECIAL,
	  .removed = SPEC_3_6, .otherwise = ILLEGAL },
};

#define FILE_(...) (&(struct config_file){ __VA_ARGS__ })
#define OVERWRITE  "error .overwrite: overwrite must be false if source is unspecified\n"

static const struct rules_row file_rows[] = {
	{ "the mode of a file", FILE_(.mode = INT(01)) },
	{ "a bad mode comes before overwrite", FILE_(.mode = INT(010000), .node.overwrite = TRUE),
	  ILLEGAL OVERWRITE },
	{ "overwrite without contents", FILE_(.node.overwrite = TRUE), OVERWRITE },
	{ "overwrite with an empty source",
	  FILE_(.node.overwrite = TRUE, .contents.source = STR("")) },
	{ "overwrite false without contents", FILE_(.node.overwrite = FALSE) },
};

static void test_hint(const struct schema_check *check, const void *object, const char *want,
		      const char *label)
{
	AUTO(report_free) struct report *report = report_new();

	check->run(&(struct check_context){ report, NULL, SPEC_NEWEST }, object);
	tap_str(report_entry_at(report, 0)->hint, want, label);
}

int main(void)
{
	RULES_ROWS(rules_node, node_rows);
	RULES_ROWS(rules_owner, owner_rows);
	RULES_ROWS(rules_directory, directory_rows);
	RULES_ROWS(rules_file, file_rows);
	test_hint(rules_node, NODE(.path = STR("/a/../b//c/")), "write /b/c",
		  "the hint has the simplified path");
	test_hint(rules_file, FILE_(.mode = INT(644000)),
		  "modes are decimal here: 420 is 0644, 493 is 0755",
		  "the hint says that modes are decimal");
	return tap_done();
}
