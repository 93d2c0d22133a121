/* What older versions cannot say, by path, and how the rest is written there. */
#include "config/express.h"

#include "config_test.h"
#include "tap.h"

#define NEWEST(body)	 "{\"ignition\":{\"version\":\"3.7.0-experimental\"" body
#define FILE_OF(members) NEWEST("},\"storage\":{\"files\":[{\"path\":\"/f\"" members "}]}}")

struct row {
	const char *label;
	const char *text;
	enum spec_version version;
	const char *report; /* lines; "" when all can be said */
	const char *want;   /* the text in that version; NULL: does not matter */
};

static const struct row rows[] = {
	{ "nothing but a version", NEWEST("}}"), SPEC_3_0, "",
	  "{\"ignition\":{\"version\":\"3.0.0\"}}" },
	{ "a plain file can be said in every version", FILE_OF(",\"mode\":420"), SPEC_3_0, "",
	  "{\"ignition\":{\"version\":\"3.0.0\"},\"storage\":{\"files\":[{\"path\":\"/f\","
	  "\"mode\":420}]}}" },
	{ "a list that a version does not have",
	  NEWEST("},\"storage\":{\"luks\":[{\"name\":\"a\",\"device\":\"/dev/a\"}]}}"), SPEC_3_1,
	  "error at $.storage.luks, line 1 col 65: luks is not supported in spec version 3.1.0\n",
	  "{\"ignition\":{\"version\":\"3.1.0\"}}" },
	{ "the first version that has it",
	  NEWEST("},\"storage\":{\"luks\":[{\"name\":\"a\",\"device\":\"/dev/a\"}]}}"), SPEC_3_2,
	  "",
	  "{\"ignition\":{\"version\":\"3.2.0\"},\"storage\":{\"luks\":[{\"device\":\"/dev/a\","
	  "\"name\":\"a\"}]}}" },
	{ "a member of an element",
	  NEWEST("},\"passwd\":{\"users\":[{\"name\":\"a\"},{\"name\":\"b\",\"shouldExist\":false}]"
		 "}}"),
	  SPEC_3_1,
	  "error at $.passwd.users.1.shouldExist, line 1 col 78: shouldExist is not supported in "
	  "spec version 3.1.0\n",
	  "{\"ignition\":{\"version\":\"3.1.0\"},\"passwd\":{\"users\":[{\"name\":\"a\"},"
	  "{\"name\":\"b\"}]}}" },
	{ "kernel arguments", NEWEST("},\"kernelArguments\":{\"shouldExist\":[\"quiet\"]}}"),
	  SPEC_3_2,
	  "error at $.kernelArguments, line 1 col 64: kernelArguments is not supported in spec "
	  "version 3.2.0\n",
	  NULL },
	{ "a member that only the narrower form of a reference lacks",
	  NEWEST(",\"config\":{\"merge\":[{\"source\":\"http://a\",\"compression\":\"gzip\"}]}}}"),
	  SPEC_3_0,
	  "error at $.ignition.config.merge.0.compression, line 1 col 64: compression is not "
	  "supported in spec version 3.0.0\n",
	  "{\"ignition\":{\"config\":{\"merge\":[{\"source\":\"http://"
	  "a\"}]},\"version\":\"3.0.0\"}}" },
	{ "bits that older versions never set", FILE_OF(",\"mode\":2541"), SPEC_3_5,
	  "error at $.storage.files.0.mode, line 1 col 66: setuid, setgid and sticky bits are not "
	  "supported in spec version 3.5.0\nwarning at $.storage.files.0.mode, line 1 col 66: "
	  "setuid/setgid/sticky bits are not supported or functional in spec versions older than "
	  "3.6.0\n",
	  NULL },
	{ "the same bits where they work", FILE_OF(",\"mode\":2541"), SPEC_3_6, "", NULL },
	{ "a value that older rules refuse",
	  FILE_OF(",\"contents\":{\"source\":\"arn:aws:s3:::bucket/key\"}"), SPEC_3_3,
	  "error at $.storage.files.0.contents.source, line 1 col 90: invalid url scheme\n", NULL },
};

static void check(const struct row *row)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text entries = TEXT_INIT(TEST_TEXT_MAX);
	AUTO(text_done) struct text got = TEXT_INIT(TEST_TEXT_MAX);
	struct content_sink sink = { .write = test_append, .context = &got };
	const struct config *config = test_parse(pool, row->text);

	if (!config)
		abort();
	bool can = express_check(config, row->version, report);

	test_render(report, &entries);
	tap_str(text_str(&entries), row->report, row->label);
	if (can == report_has_errors(report))
		tap_ok(false, "%s: the verdict is that of the report", row->label);
	express_encode(config, row->version, ENCODE_OMIT_EMPTY, &sink, /* err= */ NULL);
	if (row->want)
		tap_str(text_str(&got), row->want, row->label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
	return tap_done();
}
