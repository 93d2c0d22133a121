/* s3_answers - what S3 and metadata services say: XML of refusals, JSON, times. */
#include <errno.h>

#include "base/alloc.h"
#include "fetch/credential.h"
#include "fetch/metadata_json.h"
#include "fetch/s3_error.h"
#include "tap.h"

#define CODE_63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"

static void test_errors(void)
{
	static const struct {
		const char *label, *body, *code, *region;
	} rows[] = {
		{ "a refusal", "<Error><Code>AccessDenied</Code><Message>x</Message></Error>",
		  "AccessDenied", "" },
		{ "with a declaration",
		  "<?xml version=\"1.0\" "
		  "encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code></Error>",
		  "NoSuchKey", "" },
		{ "a region",
		  "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></"
		  "Error>",
		  "AuthorizationHeaderMalformed", "eu-west-1" },
		{ "no region's name", "<Error><Code>A</Code><Region>a.b</Region></Error>", "A",
		  "" },
		{ "nothing that a terminal would obey", "<Error><Code>A&#27;B</Code></Error>", "",
		  "" },
		{ "no spaces", "<Error><Code>A B</Code></Error>", "", "" },
		{ "nothing", "", "", "" },
		{ "no XML", "not found", "", "" },
		{ "an unfinished text", "<Error><Code>AccessDenied</Code>", "", "" },
		{ "another root", "<Fault><Code>AccessDenied</Code></Fault>", "", "" },
		{ "a code further down", "<Error><A><Code>B</Code></A></Error>", "", "" },
		{ "an element within the code", "<Error><Code>A<x>B</x></Code></Error>", "A", "" },
		{ "the last of two", "<Error><Code>A</Code><Code>B</Code></Error>", "B", "" },
		{ "the longest code", "<Error><Code>" CODE_63 "</Code></Error>", CODE_63, "" },
		{ "a longer code", "<Error><Code>" CODE_63 "x</Code></Error>", "", "" },
		{ "a document type",
		  "<!DOCTYPE Error [<!ENTITY a \"b\">]><Error><Code>A</Code></Error>", "", "" },
		{ "eight elements deep",
		  "<Error><Code>A</Code><a><a><a><a><a><a><a/></a></a></a></a></a></a></Error>",
		  "A", "" },
		{ "nine elements deep",
		  "<Error><Code>A</Code><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></"
		  "Error>",
		  "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct s3_error got;

		s3_error_parse(slice_of(rows[i].body), &got);
		tap_str(got.code, rows[i].code, rows[i].label);
		tap_str(got.region, rows[i].region, rows[i].label);
	}
}

static void test_times(void)
{
	static const struct {
		const char *text;
		int want_result;
		int64_t want;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "2017-05-17T15:09:54Z", 0, 1495033794 },
		{ "2016-12-31T23:59:60Z", 0, 1483228800 },
		{ "2017-05-17T15:09:54", -EINVAL, 0 },
		{ "2017-05-17T15:09:54+01:00", -EINVAL, 0 },
		{ "2017-05-17 15:09:54Z", -EINVAL, 0 },
		{ "2017-13-17T15:09:54Z", -EINVAL, 0 },
		{ "2017-05-17T24:09:54Z", -EINVAL, 0 },
		{ "2017-05-17T15:0x:54Z", -EINVAL, 0 },
		{ "1969-05-17T15:00:54Z", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t got = 0;

		tap_int(credential_parse_time(slice_of(rows[i].text), &got), rows[i].want_result,
			rows[i].text);
		tap_int(got, rows[i].want, rows[i].text);
	}
}

static void test_json(void)
{
	static const struct {
		const char *label, *text;
		int want_result;
		const char *want; /* of "k"; NULL: absent */
	} rows[] = {
		{ "a string", "{\"k\": \"v\"}", 0, "v" },
		{ "an escaped one", "{\"k\": \"a\\/b\"}", 0, "a/b" },
		{ "a number", "{\"k\": 3600}", 0, "3600" },
		{ "nothing of this name", "{\"K2\": 1}", 0, NULL },
		{ "an object", "{\"k\": {}}", 0, NULL },
		{ "null", "{\"k\": null}", 0, NULL },
		{ "a newline, which would be another header", "{\"k\": \"a\\nb: c\"}", 0, NULL },
		{ "a NUL", "{\"k\": \"a\\u0000b\"}", 0, NULL },
		{ "no object", "[1]", -EINVAL, NULL },
		{ "no JSON", "secret", -EINVAL, NULL },
		{ "nothing", "", -EINVAL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(metadata_json_free) struct metadata_json *json = NULL;
		int r = metadata_json_parse(slice_of(rows[i].text), &json, &err);

		tap_int(r, rows[i].want_result, rows[i].label);
		if (r < 0) {
			tap_str(err.text, "the answer is no JSON object", rows[i].label);
			continue;
		}

		struct slice value = metadata_json_get(json, "k");
		AUTO_FREE char *got = value.data ? slice_dup(value) : NULL;

		tap_str(got, rows[i].want, rows[i].label);
	}
}

/* Each row sets the variables that it names; no other is set. */
static void test_environment(void)
{
	static const char *const names[] = { "AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY",
					     "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY",
					     "AWS_SESSION_TOKEN" };
	static const struct {
		const char *label;
		const char *values[ARRAY_SIZE(names)];
		const char *key_id, *secret, *token; /* NULL key id: none */
	} rows[] = {
		{ "nothing", { NULL }, NULL, NULL, NULL },
		{ "key and secret", { "k", NULL, "s" }, "k", "s", NULL },
		{ "and a token", { "k", NULL, "s", NULL, "t" }, "k", "s", "t" },
		{ "the older names", { NULL, "k", NULL, "s" }, "k", "s", NULL },
		{ "the newer names win", { "k", "k2", "s", "s2" }, "k", "s", NULL },
		{ "empty is not set", { "", "k2", "s", NULL, "" }, "k2", "s", NULL },
		{ "no secret", { "k" }, NULL, NULL, NULL },
		{ "no key", { NULL, NULL, "s" }, NULL, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(credentials_done) struct credentials got = { 0 };
		AUTO(error_done) struct error err = ERROR_INIT;

		for (size_t v = 0; v < ARRAY_SIZE(names); v++) {
			unsetenv(names[v]);
			if (rows[i].values[v])
				setenv(names[v], rows[i].values[v], /* overwrite= */ 1);
		}
		tap_int(credential_environment.load(/* inquirer= */ NULL, &got, &err),
			rows[i].key_id ? 0 : -ENODATA, rows[i].label);
		tap_str(got.key_id, rows[i].key_id, rows[i].label);
		tap_str(got.secret, rows[i].secret, rows[i].label);
		tap_str(got.token, rows[i].token, rows[i].label);
	}
}

int main(void)
{
	test_errors();
	test_times();
	test_json();
	test_environment();
	return tap_done();
}
