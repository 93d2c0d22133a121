/* parse - verdicts, type errors, positions, unused keys, duplicates, lint. */
#include "config/parse.h"

#include <errno.h>
#include <stdlib.h>

#include "config_test.h"
#include "tap.h"

/* The beginning of most rows. */
#define V33 "{\"ignition\":{\"version\":\"3.3.0\"}"

static const struct {
	const char *label, *text;
	int want;
	enum error_kind kind;
	const char *want_error; /* text of the error; NULL: success */
	const char *want_report;
} rows[] = {
	{ "an empty text is no config", "", -ENODATA, ERROR_EMPTY, "not a config (empty)", "" },
	{ "the smallest config", V33 "}", 0, 0, NULL, "" },
	{ "a cloud-config is a syntax error", "#cloud-config", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at line 1 col 2: invalid character '#' looking for beginning of value\n" },
	{ "an early end is at line 0", "{", -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 0 col 0: unexpected end of JSON input\n" },
	{ "the end of the text is at line 0, too", V33 "}x", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at line 0 col 0: invalid character 'x' after top-level value\n" },

	{ "no version", "{}", -EINVAL, ERROR_INPUT, "invalid config version (couldn't parse)", "" },
	{ "null is no version", "null", -EINVAL, ERROR_INPUT,
	  "invalid config version (couldn't parse)", "" },
	{ "a null version", "{\"ignition\":{\"version\":null}}", -EINVAL, ERROR_INPUT,
	  "invalid config version (couldn't parse)", "" },
	{ "a version of two numbers", "{\"ignition\":{\"version\":\"3.3\"}}", -EINVAL, ERROR_INPUT,
	  "invalid config version (couldn't parse)", "" },
	{ "a version of four numbers", "{\"ignition\":{\"version\":\"3.3.0.0\"}}", -EINVAL,
	  ERROR_INPUT, "invalid config version (couldn't parse)", "" },
	{ "a version with a space", "{\"ignition\":{\"version\":\" 3.3.0\"}}", -EINVAL, ERROR_INPUT,
	  "invalid config version (couldn't parse)", "" },
	{ "a version with an empty part", "{\"ignition\":{\"version\":\"3.3.0-a..b\"}}", -EINVAL,
	  ERROR_INPUT, "invalid config version (couldn't parse)", "" },
	{ "a version with an underscore", "{\"ignition\":{\"version\":\"3.3.0+a_b\"}}", -EINVAL,
	  ERROR_INPUT, "invalid config version (couldn't parse)", "" },
	{ "a version beyond 64 bits", "{\"ignition\":{\"version\":\"9999999999999999999.0.0\"}}",
	  -EINVAL, ERROR_INPUT, "invalid config version (couldn't parse)", "" },
	{ "leading zeros are accepted", "{\"ignition\":{\"version\":\"03.3.00\"}}", 0, 0, NULL,
	  "" },
	{ "an empty prerelease is accepted", "{\"ignition\":{\"version\":\"3.3.0-\"}}", 0, 0, NULL,
	  "" },
	{ "a prerelease is another version", "{\"ignition\":{\"version\":\"3.3.0-experimental\"}}",
	  -EINVAL, ERROR_INPUT, "unsupported config version", "" },
	{ "metadata is another version", "{\"ignition\":{\"version\":\"3.3.0+x\"}}", -EINVAL,
	  ERROR_INPUT, "unsupported config version", "" },
	{ "a 2.x config", "{\"ignition\":{\"version\":\"2.3.0\"}}", -EINVAL, ERROR_INPUT,
	  "unsupported config version", "" },
	{ "the newest release without experimental", "{\"ignition\":{\"version\":\"3.7.0\"}}",
	  -EINVAL, ERROR_INPUT, "unsupported config version", "" },
	{ "the experimental version", "{\"ignition\":{\"version\":\"3.7.0-experimental\"}}", 0, 0,
	  NULL, "" },
	{ "the version may be in any case", "{\"IGNITION\":{\"Version\":\"3.3.0\"}}", 0, 0, NULL,
	  "warning at $.IGNITION, line 1 col 2: unused key IGNITION\n" },

	{ "a list is no config", "[]", -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 1 col 2: json: cannot unmarshal array into Go value of type "
	  "util.versionStub\n" },
	{ "a number is no config", "5", -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 0 col 0: json: cannot unmarshal number into Go value of type "
	  "util.versionStub\n" },
	{ "ignition is no number", "{\"ignition\":5}", -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 1 col 14: json: cannot unmarshal number into Go struct field "
	  "versionStub.Ignition of type struct { Version string }\n" },
	{ "version is no object", "{\"ignition\":{\"version\":{}}}", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at line 1 col 25: json: cannot unmarshal object into Go struct field "
	  ".Ignition.Version of type string\n" },
	{ "mode is no string", V33 ",\"storage\":{\"files\":[{\"path\":\"/a\",\"mode\":\"x\"}]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 1 col 76: json: cannot unmarshal string into Go struct field "
	  "File.storage.files.mode of type int\n" },
	{ "mode has no fraction", V33 ",\"storage\":{\"files\":[{\"path\":\"/a\",\"mode\":1.5}]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 1 col 76: json: cannot unmarshal number 1.5 into Go struct field "
	  "File.storage.files.mode of type int\n" },
	{ "mode has no exponent", V33 ",\"storage\":{\"files\":[{\"path\":\"/a\",\"mode\":1e3}]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 1 col 76: json: cannot unmarshal number 1e3 into Go struct field "
	  "File.storage.files.mode of type int\n" },
	{ "an integer has 64 bits",
	  V33 ",\"storage\":{\"raid\":[{\"spares\":9223372036854775808}]}}", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at line 1 col 81: json: cannot unmarshal number 9223372036854775808 into Go "
	  "struct field Raid.storage.raid.spares of type int\n" },
	{ "an object is named with its type", V33 ",\"storage\":{\"files\":[{\"user\":3}]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 1 col 62: json: cannot unmarshal number into Go struct field "
	  "File.storage.files.user of type types.NodeUser\n" },
	{ "a list of objects is named with its type", V33 ",\"storage\":{\"files\":{}}}", -EINVAL,
	  ERROR_INPUT, "config is not valid",
	  "error at line 1 col 53: json: cannot unmarshal object into Go struct field "
	  "Storage.storage.files of type []types.File\n" },
	{ "an element of a list of objects", V33 ",\"storage\":{\"files\":[5]}}", -EINVAL,
	  ERROR_INPUT, "config is not valid",
	  "error at line 1 col 54: json: cannot unmarshal number into Go struct field "
	  "Storage.storage.files of type types.File\n" },
	{ "an element of a list of strings", V33 ",\"kernelArguments\":{\"shouldExist\":[5]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at line 1 col 68: json: cannot unmarshal number into Go struct field "
	  "KernelArguments.kernelArguments.shouldExist of type types.KernelArgument\n" },
	{ "a list with a type of its own",
	  V33 ",\"storage\":{\"files\":[{\"contents\":{\"httpHeaders\":7}}]}}", -EINVAL,
	  ERROR_INPUT, "config is not valid",
	  "error at line 1 col 81: json: cannot unmarshal number into Go struct field "
	  "Resource.storage.files.contents.httpHeaders of type types.HTTPHeaders\n" },
	{ "spec 3.0 has narrower types",
	  "{\"ignition\":{\"version\":\"3.0.0\",\"config\":{\"merge\":5}}}", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at line 1 col 51: json: cannot unmarshal number into Go struct field "
	  "IgnitionConfig.ignition.config.merge of type []types.ConfigReference\n" },
	{ "only the first type error is reported",
	  V33 ",\"systemd\":{\"units\":[{\"mask\":1,\"enabled\":1}]}}", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at line 1 col 62: json: cannot unmarshal number into Go struct field "
	  "Unit.systemd.units.mask of type bool\n" },

	{ "an unused key is at its quote", V33 ",\n \"x\":1}", 0, 0, NULL,
	  "warning at $.x, line 2 col 2: unused key x\n" },
	{ "a repeated unused key is reported where it is last", V33 ",\"x\":1,\"x\":2}", 0, 0, NULL,
	  "warning at $.x, line 1 col 39: unused key x\n" },
	{ "below an unused key nothing is looked at", V33 ",\"x\":{\"y\":{}}}", 0, 0, NULL,
	  "warning at $.x, line 1 col 33: unused key x\n" },
	{ "a key of a later spec is unused", "{\"ignition\":{\"version\":\"3.0.0\",\"proxy\":5}}",
	  0, 0, NULL, "warning at $.ignition.proxy, line 1 col 32: unused key proxy\n" },
	{ "spec 3.0 has no headers of configs",
	  "{\"ignition\":{\"version\":\"3.0.0\",\"config\":{\"replace\":{\"source\":\"data:,\","
	  "\"httpHeaders\":[]}}}}",
	  0, 0, NULL,
	  "warning at $.ignition.config.replace.httpHeaders, line 1 col 71: unused key "
	  "httpHeaders\n" },
	{ "an object that is null", V33 ",\"storage\":null}", 0, 0, NULL,
	  "warning at $.storage, line 1 col 43: context tree does not match content tree at "
	  "$.storage. Line and column reporting may be inconsistent. Unused keys may not be "
	  "reported\n" },
	{ "a list that is null is no list", V33 ",\"storage\":{\"files\":null}}", 0, 0, NULL, "" },
	{ "a pointer of spec 3.2 may be null",
	  "{\"ignition\":{\"version\":\"3.2.0\"},\"storage\":{\"luks\":[{\"name\":\"x\",\"device\":"
	  "\"/x\",\"clevis\":null}]}}",
	  0, 0, NULL, "" },
	{ "the same of spec 3.3 may not",
	  V33 ",\"storage\":{\"luks\":[{\"name\":\"x\",\"device\":\"/x\",\"clevis\":null}]}}", 0, 0,
	  NULL,
	  "warning at $.storage.luks.0.clevis, line 1 col 87: context tree does not match content "
	  "tree at $.storage.luks.0.clevis. Line and column reporting may be inconsistent. Unused "
	  "keys may not be reported\n" },

	{ "two elements with one key",
	  V33 ",\"passwd\":{\"users\":[{\"name\":\"a\"},{\"name\":\"a\"}]}}", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at $.passwd.users.1, line 1 col 66: duplicate entry defined\n" },
	{ "the same string twice",
	  V33 ",\"kernelArguments\":{\"shouldExist\":[\"a\"],\"shouldNotExist\":[\"b\",\"a\"]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at $.kernelArguments.shouldNotExist.1, line 1 col 94: duplicate entry defined\n" },
	{ "files and directories share their paths",
	  V33 ",\"storage\":{\"files\":[{\"path\":\"/a\"}],\"directories\":[{\"path\":\"/a\"}]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at $.storage.files.0, line 1 col 54: duplicate entry defined\n" },
	{ "appended lists have no keys",
	  V33 ",\"storage\":{\"filesystems\":[{\"device\":\"/"
	      "a\",\"format\":\"ext4\",\"options\":[\"x\","
	      "\"x\"]}]}}",
	  0, 0, NULL, "" },
	{ "partitions are known by their number first",
	  V33 ",\"storage\":{\"disks\":[{\"device\":\"/a\",\"partitions\":[{\"number\":1,\"label\":"
	      "\"x\"},{\"number\":2},{\"label\":\"y\"}]}]}}",
	  0, 0, NULL, "" },
	{ "a repeated list has the later elements, and no others",
	  V33 ",\"passwd\":{\"users\":[{\"name\":\"a\"},{\"name\":\"a\"}],\"users\":[{\"name\":"
	      "\"a\"}]}}",
	  0, 0, NULL, "" },

	{ "a rule's entry is at its member",
	  V33 ",\n\"storage\":{\"files\":[{\"path\":\"/a\"},\n{\"path\": \"b\"}]}}", -EINVAL,
	  ERROR_INPUT, "config is not valid",
	  "error at $.storage.files.1.path, line 3 col 10: path not absolute\n" },
	{ "a member that is not there is where its object begins",
	  V33 ",\"storage\":{\"files\":[ {}]}}", -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at $.storage.files.0.path, line 1 col 55: path not specified\n" },
	{ "a folded key is not found again", V33 ",\"Storage\":{\"files\":[{\"path\":\"a\"}]}}",
	  -EINVAL, ERROR_INPUT, "config is not valid",
	  "error at $.storage.files.0.path, line 1 col 2: path not absolute\n"
	  "warning at $.Storage, line 1 col 33: unused key Storage\n" },
	{ "rules come before duplicates, and those before unused keys",
	  V33 ",\"z\":1,\"storage\":{\"files\":[{\"path\":\"a\"},{\"path\":\"a\"}]}}", -EINVAL,
	  ERROR_INPUT, "config is not valid",
	  "error at $.storage.files.0.path, line 1 col 67: path not absolute\n"
	  "error at $.storage.files.1.path, line 1 col 80: path not absolute\n"
	  "error at $.storage.files.1, line 1 col 73: duplicate entry defined\n"
	  "warning at $.z, line 1 col 33: unused key z\n" },
	{ "a node's own rules come before those of the file",
	  V33 ",\"storage\":{\"files\":[{\"path\":\"a\",\"mode\":-1}]}}", -EINVAL, ERROR_INPUT,
	  "config is not valid",
	  "error at $.storage.files.0.path, line 1 col 61: path not absolute\n"
	  "error at $.storage.files.0.mode, line 1 col 72: illegal file mode\n"
	  "warning at $.storage.files.0.mode, line 1 col 72: setuid/setgid/sticky bits are not "
	  "supported or functional in spec versions older than 3.6.0\n" },
};

static void check_row(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text entries = TEXT_INIT(TEST_TEXT_MAX);
	const struct config *config = NULL;

	int r = config_parse(pool, test_source(pool, rows[i].text), 0, report, &config,
			     /* ret_version= */ NULL, &err);

	test_render(report, &entries);
	tap_ok(r == rows[i].want && err.kind == rows[i].kind && (r < 0 || config), "%s",
	       rows[i].label);
	tap_str(err.text, rows[i].want_error, rows[i].label);
	tap_str(text_str(&entries), rows[i].want_report, rows[i].label);
}

/* What decoding makes of a text, as the encoder prints the part after "passwd". */
static const struct {
	const char *label, *text, *want;
} decode_rows[] = {
	{ "a later key wins", "{\"users\":[{\"name\":\"a\",\"uid\":1,\"uid\":2}]}",
	  "{\"users\":[{\"name\":\"a\",\"uid\":2}]}" },
	{ "a folded key wins when it is later",
	  "{\"users\":[{\"name\":\"a\",\"uid\":1,\"UID\":2}]}",
	  "{\"users\":[{\"name\":\"a\",\"uid\":2}]}" },
	{ "null unsets a pointer", "{\"users\":[{\"name\":\"a\",\"uid\":1,\"uid\":null}]}",
	  "{\"users\":[{\"name\":\"a\"}]}" },
	{ "null leaves what is no pointer", "{\"users\":[{\"name\":\"a\",\"name\":null}]}",
	  "{\"users\":[{\"name\":\"a\"}]}" },
	{ "null empties a list", "{\"users\":[{\"name\":\"a\"}],\"users\":null}", "{}" },
	{ "a null element is an empty object", "{\"users\":[null]}",
	  "{\"users\":[{\"name\":\"\"}]}" },
	{ "a null string in a list is empty", "{\"users\":[{\"name\":\"a\",\"groups\":[null]}]}",
	  "{\"users\":[{\"groups\":[\"\"],\"name\":\"a\"}]}" },
	{ "zero is not absent",
	  "{\"users\":[{\"name\":\"a\",\"uid\":0,\"system\":false,\"gecos\":\"\"}]}",
	  "{\"users\":[{\"gecos\":\"\",\"name\":\"a\",\"system\":false,\"uid\":0}]}" },
	{ "minus zero is an integer", "{\"users\":[{\"name\":\"a\",\"uid\":-0}]}",
	  "{\"users\":[{\"name\":\"a\",\"uid\":0}]}" },
	{ "the smallest integer", "{\"users\":[{\"name\":\"a\",\"uid\":-9223372036854775808}]}",
	  "{\"users\":[{\"name\":\"a\",\"uid\":-9223372036854775808}]}" },
	{ "escapes are resolved", "{\"users\":[{\"name\":\"\\u0061\\n\"}]}",
	  "{\"users\":[{\"name\":\"a\\n\"}]}" },
	{ "invalid UTF-8 is repaired", "{\"users\":[{\"name\":\"a\xff\"}]}",
	  "{\"users\":[{\"name\":\"a\xef\xbf\xbd\"}]}" },
	{ "an escaped key is a key", "{\"\\u0075sers\":[{\"name\":\"a\"}]}",
	  "{\"users\":[{\"name\":\"a\"}]}" },
	{ "nested objects accumulate",
	  "{\"users\":[{\"name\":\"a\"}]},\"passwd\":{\"groups\":[{\"name\":\"b\"}]}",
	  "{\"groups\":[{\"name\":\"b\"}],\"users\":[{\"name\":\"a\"}]}" },
	{ "a repeated list is replaced",
	  "{\"users\":[{\"name\":\"a\",\"uid\":1},{\"name\":\"b\"}],\"users\":[{\"name\":\"c\"}]}",
	  "{\"users\":[{\"name\":\"c\"}]}" },
};

static void check_decode(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(text_done) struct text text = TEXT_INIT(TEST_TEXT_MAX);
	AUTO(text_done) struct text want = TEXT_INIT(TEST_TEXT_MAX);

	text_printf(&text, V33 ",\"passwd\":%s}", decode_rows[i].text);
	text_printf(&want,
		    "{\"ignition\":{\"config\":{\"replace\":{\"verification\":{}}},\"proxy\":{},"
		    "\"security\":{\"tls\":{}},\"timeouts\":{},\"version\":\"3.7.0-experimental\"},"
		    "\"kernelArguments\":{},\"passwd\":%s,\"storage\":{},\"systemd\":{}}",
		    decode_rows[i].want);

	const struct config *config = test_parse(pool, text_str(&text));
	AUTO_FREE char *got = config ? test_encode(config, 0) : NULL;

	tap_str(got, text_str(&want), decode_rows[i].label);
}

static const struct {
	const char *label, *text, *want;
} lint_rows[] = {
	{ "nothing to say", V33 "}", "" },
	{ "a repeated key", V33 ",\"passwd\":{},\n\"passwd\":{}}",
	  "warning at $.passwd, line 2 col 1: key passwd is given again: what is here wins\n" },
	{ "a folded key repeats the other", V33 ",\"passwd\":{},\n\"Passwd\":{}}",
	  "warning at $.Passwd, line 2 col 1: unused key Passwd\n"
	  "warning at $.Passwd, line 2 col 1: key Passwd is read as passwd\n"
	  "warning at $.Passwd, line 2 col 1: key passwd is given again: what is here wins\n" },
	{ "invalid UTF-8", V33 ",\"passwd\":{\"users\":[{\"name\":\"\xff\"}]}}",
	  "warning at $.passwd.users.0.name, line 1 col 60: invalid UTF-8 is replaced by "
	  "U+FFFD\n" },
	{ "below unused keys, too", V33 ",\"x\":[{\"a\":1,\"a\":1}]}",
	  "warning at $.x, line 1 col 33: unused key x\n"
	  "warning at $.x.0.a, line 1 col 45: key a is given again: what is here wins\n" },
};

static void check_lint(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text entries = TEXT_INIT(TEST_TEXT_MAX);
	const struct config *config = NULL;

	int r = config_parse(pool, test_source(pool, lint_rows[i].text), CONFIG_PARSE_LINT, report,
			     &config, /* ret_version= */ NULL, /* err= */ NULL);

	test_render(report, &entries);
	tap_ok(r == 0, "lint: %s is no error", lint_rows[i].label);
	tap_str(text_str(&entries), lint_rows[i].want, lint_rows[i].label);
}

static const struct {
	const char *label, *text, *want; /* hint of the first entry; NULL: none */
} hint_rows[] = {
	{ "a slip of the finger", V33 ",\"sistemd\":{}}", "did you mean systemd?" },
	{ "a member of what is inline",
	  V33 ",\"storage\":{\"files\":[{\"path\":\"/a\",\"pat\":1}]}}", "did you mean path?" },
	{ "nothing like it", V33 ",\"wireguard\":{}}", NULL },
	{ "a short key is like nothing", V33 ",\"x\":{}}", NULL },
	{ "a key of a later spec", "{\"ignition\":{\"version\":\"3.0.0\",\"proxy\":{}}}",
	  "spec 3.1.0 is the first that has it" },
	{ "a key in another case", V33 ",\"PASSWD\":{}}", "it is read as passwd; write it so" },
};

static void check_hint(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	const struct config *config = NULL;

	config_parse(pool, test_source(pool, hint_rows[i].text), 0, report, &config,
		     /* ret_version= */ NULL, /* err= */ NULL);
	tap_str(report_count(report) ? report_entry_at(report, 0)->hint : "(no entry)",
		hint_rows[i].want, hint_rows[i].label);
}

static void check_ceilings(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct config *config = NULL;
	char *big = calloc(CONFIG_SIZE_MAX + 1, 1);
	const struct source *source = config_pool_add_source(pool, "big", big, CONFIG_SIZE_MAX + 1);

	tap_ok(big && config_parse(pool, source, 0, report, &config, NULL, &err) == -EFBIG &&
		       err.kind == ERROR_INPUT,
	       "a text above the ceiling is refused");
}

static void check_version_returned(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	const struct config *config = NULL;
	enum spec_version version = SPEC_NEWEST;

	config_parse(pool, test_source(pool, V33 "}"), 0, report, &config, &version, NULL);
	tap_int(version, SPEC_3_3, "the version of the text is returned");
	tap_ok(slice_is(config->ignition.version, "3.7.0-experimental"),
	       "the config itself is of the newest");
}

static void check_cache(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct config *config = NULL;

	tap_ok(config_load_cache(pool,
				 test_source(pool, "{\"storage\":{\"files\":[{\"path\":\"x\"}]}}"),
				 &config, NULL) == 0,
	       "a cache is not validated");
	tap_ok(config_load_cache(pool, test_source(pool, "{\"storage\":5}"), &config, &err) ==
			       -EINVAL &&
		       strstr(err.text, "types.Storage"),
	       "a cache of wrong types is an error that says which");
	error_done(&err);
	tap_ok(config_load_cache(pool, test_source(pool, "{"), &config, &err) == -EINVAL &&
		       strstr(err.text, "unexpected end of JSON input"),
	       "a torn cache is an error");
}

/* A report that has errors of another config already says nothing about this one. */
static void check_shared_report(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	const struct config *config = NULL;

	report_add(report, REPORT_ERROR, NULL, (struct origin){ 0 }, "of another");
	tap_int(config_parse(pool, test_source(pool, V33 "}"), 0, report, &config, NULL, NULL), 0,
		"entries that were in the report before do not count");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(i);
	for (size_t i = 0; i < ARRAY_SIZE(decode_rows); i++)
		check_decode(i);
	for (size_t i = 0; i < ARRAY_SIZE(lint_rows); i++)
		check_lint(i);
	for (size_t i = 0; i < ARRAY_SIZE(hint_rows); i++)
		check_hint(i);
	check_ceilings();
	check_version_returned();
	check_cache();
	check_shared_report();
	return tap_done();
}
