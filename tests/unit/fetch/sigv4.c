/*
 * sigv4 - signatures, held against AWS's published examples ("Authenticating Requests: Using the
 * Authorization Header" of the S3 API reference, and the test suite of Signature Version 4).
 */
#include "fetch/sigv4.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

#define S3_KEY_ID  "AKIAIOSFODNN7EXAMPLE"
#define S3_SECRET  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define SUITE_ID   "AKIDEXAMPLE"
#define SUITE_WORD "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define HEADERS	   4
#define MANY	   33

static const struct {
	const char *label, *key_id, *secret, *path, *query, *time, *service;
	struct sigv4_header headers[HEADERS];
	const char *want; /* the signature */
} examples[] = {
	{ .label = "S3: part of an object",
	  .key_id = S3_KEY_ID,
	  .secret = S3_SECRET,
	  .path = "/test.txt",
	  .query = "",
	  .time = "20130524T000000Z",
	  .service = "s3",
	  .headers = { { "host", SLICE("examplebucket.s3.amazonaws.com") },
		       { "range", SLICE("bytes=0-9") },
		       { "x-amz-content-sha256", SLICE(SIGV4_EMPTY_PAYLOAD) },
		       { "x-amz-date", SLICE("20130524T000000Z") } },
	  .want = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
	{ .label = "S3: a parameter without value",
	  .key_id = S3_KEY_ID,
	  .secret = S3_SECRET,
	  .path = "/",
	  .query = "lifecycle",
	  .time = "20130524T000000Z",
	  .service = "s3",
	  .headers = { { "host", SLICE("examplebucket.s3.amazonaws.com") },
		       { "x-amz-content-sha256", SLICE(SIGV4_EMPTY_PAYLOAD) },
		       { "x-amz-date", SLICE("20130524T000000Z") } },
	  .want = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
	{ .label = "S3: two parameters",
	  .key_id = S3_KEY_ID,
	  .secret = S3_SECRET,
	  .path = "/",
	  .query = "max-keys=2&prefix=J",
	  .time = "20130524T000000Z",
	  .service = "s3",
	  .headers = { { "host", SLICE("examplebucket.s3.amazonaws.com") },
		       { "x-amz-content-sha256", SLICE(SIGV4_EMPTY_PAYLOAD) },
		       { "x-amz-date", SLICE("20130524T000000Z") } },
	  .want = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
	{ .label = "suite: parameters are sorted",
	  .key_id = SUITE_ID,
	  .secret = SUITE_WORD,
	  .path = "/",
	  .query = "Param2=value2&Param1=value1",
	  .time = "20150830T123600Z",
	  .service = "service",
	  .headers = { { "host", SLICE("example.amazonaws.com") },
		       { "x-amz-date", SLICE("20150830T123600Z") } },
	  .want = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
};

static size_t count_headers(const struct sigv4_header headers[HEADERS])
{
	size_t count = 0;

	while (count < HEADERS && headers[count].name)
		count++;
	return count;
}

static void test_examples(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
		struct sigv4_scope scope = { .region = "us-east-1",
					     .service = examples[i].service };
		const struct sigv4_request request = {
			.method = "GET",
			.path = slice_of(examples[i].path),
			.query = slice_of(examples[i].query),
			.headers = examples[i].headers,
			.header_count = count_headers(examples[i].headers),
			.payload_hash = SIGV4_EMPTY_PAYLOAD,
		};
		const struct sigv4_key key = { examples[i].key_id, examples[i].secret };
		AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

		memcpy(scope.time, examples[i].time, sizeof(scope.time));
		tap_int(sigv4_authorization(&request, &scope, &key, &got, /* err= */ NULL), 0,
			examples[i].label);

		const char *signature = strstr(text_str(&got), "Signature=");

		tap_str(signature ? signature + strlen("Signature=") : NULL, examples[i].want,
			examples[i].label);
	}
}

static void test_whole_header(void)
{
	const struct sigv4_scope scope = { "20130524T000000Z", "us-east-1", "s3" };
	const struct sigv4_request request = {
		.method = "GET",
		.path = slice_of(examples[0].path),
		.headers = examples[0].headers,
		.header_count = HEADERS,
		.payload_hash = SIGV4_EMPTY_PAYLOAD,
	};
	const struct sigv4_key key = { S3_KEY_ID, S3_SECRET };
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

	sigv4_authorization(&request, &scope, &key, &got, /* err= */ NULL);
	tap_str(text_str(&got),
		"AWS4-HMAC-SHA256 Credential=" S3_KEY_ID "/20130524/us-east-1/s3/aws4_request, "
		"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
		"Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
		"the whole header");
}

static void test_canonical(void)
{
	static const struct {
		const char *label, *query, *value, *want;
	} rows[] = {
		{ "nothing", "", "v", "GET\n/p\n\na:v\n\na\nHASH" },
		{ "a parameter without value", "x", "v", "GET\n/p\nx=\na:v\n\na\nHASH" },
		{ "by name, then by value", "b=2&a=9&b=1", "v",
		  "GET\n/p\na=9&b=1&b=2\na:v\n\na\nHASH" },
		{ "the shorter name first", "ab=1&a=2", "v", "GET\n/p\na=2&ab=1\na:v\n\na\nHASH" },
		{ "a value with an equals sign", "a=b=c", "v", "GET\n/p\na=b=c\na:v\n\na\nHASH" },
		{ "nothing between ampersands", "&&a=1&", "v", "GET\n/p\na=1\na:v\n\na\nHASH" },
		{ "upper case before lower", "a=1&B=2", "v", "GET\n/p\nB=2&a=1\na:v\n\na\nHASH" },
		{ "spaces around a header's value", "", "  v ", "GET\n/p\n\na:v\n\na\nHASH" },
		{ "spaces within a header's value", "", "v  w   x",
		  "GET\n/p\n\na:v w x\n\na\nHASH" },
		{ "a header without value", "", "", "GET\n/p\n\na:\n\na\nHASH" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct sigv4_header header = { "a", slice_of(rows[i].value) };
		const struct sigv4_request request = { .method = "GET",
						       .path = SLICE("/p"),
						       .query = slice_of(rows[i].query),
						       .headers = &header,
						       .header_count = 1,
						       .payload_hash = "HASH" };
		AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

		sigv4_canonical(&request, &got, /* err= */ NULL);
		tap_str(text_str(&got), rows[i].want, rows[i].label);
	}
}

static void test_limits(void)
{
	static const char long_secret[512] = "";
	const struct sigv4_scope scope = { "20130524T000000Z", "us-east-1", "s3" };
	struct sigv4_request request = { .method = "GET", .payload_hash = "HASH" };
	AUTO(text_done) struct text query = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(error_done) struct error secret_err = ERROR_INIT;
	AUTO_FREE char *secret = xstrndup(long_secret, sizeof(long_secret));

	for (size_t i = 0; i < MANY - 1; i++)
		text_printf(&query, "%zu&", i);
	request.query = text_slice(&query);
	tap_int(sigv4_canonical(&request, &got, &err), 0, "32 parameters");
	text_append_str(&query, "x");
	request.query = text_slice(&query);
	tap_int(sigv4_canonical(&request, &got, &err), -E2BIG, "33 parameters");
	tap_str(err.text, "the request is too long to be signed", "33 parameters: why");
	tap_int(err.kind, ERROR_INPUT, "33 parameters: what kind");
	memset(secret, 's', sizeof(long_secret) - 1);
	request.query = SLICE("");
	tap_int(sigv4_authorization(&request, &scope, &(struct sigv4_key){ "K", secret }, &got,
				    &secret_err),
		-E2BIG, "a secret that is too long");
	tap_ok(secret_err.text && !strstr(secret_err.text, "sss"), "the error hides the secret");
}

static void test_times(void)
{
	static const struct {
		int64_t seconds;
		const char *want;
	} rows[] = {
		{ 0, "19700101T000000Z" },
		{ 1369353600, "20130524T000000Z" },
		{ 951827696, "20000229T123456Z" },
		{ 253402300799, "99991231T235959Z" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[SIGV4_TIME_BYTES];

		sigv4_format_time(rows[i].seconds, got);
		tap_str(got, rows[i].want, rows[i].want);
	}
}

int main(void)
{
	test_examples();
	test_whole_header();
	test_canonical();
	test_limits();
	test_times();
	return tap_done();
}
