/*
 * s3 - the input is a URL of an object, a refusal of S3, and an answer of a metadata service.
 *
 * Whatever URL is accepted leads to a host of Amazon's in the region that was asked for, its path
 * and query hold nothing but what a signature may cover, and its key, escaped, means the same key.
 * What a refusal says, and what credentials hold, has no byte that another header could begin with.
 */
#include <ctype.h>

#include "base/alloc.h"
#include "base/url.h"
#include "fetch/credential.h"
#include "fetch/metadata_json.h"
#include "fetch/s3_error.h"
#include "fetch/s3_place.h"
#include "fuzz.h"

#define REGION	 "eu-west-1"
#define SUFFIX	 "dualstack." REGION ".amazonaws.com"
#define TEXT_MAX ((size_t)1 << 20)

static void require_only(const char *text, const char *others)
{
	for (; *text; text++)
		FUZZ_REQUIRE((unsigned char)*text < 0x80 &&
			     (isalnum((unsigned char)*text) || strchr(others, *text)));
}

static void check_key(const struct s3_place *place, const char *path)
{
	AUTO(text_done) struct text key = TEXT_INIT(TEXT_MAX);

	FUZZ_REQUIRE(url_append_unescaped(&key, slice_of(path)) == 0);
	FUZZ_REQUIRE(slice_ends(text_slice(&key), place->key));
	FUZZ_REQUIRE(place->key[0] && place->key[0] != '/');
}

static void check_url(struct slice text)
{
	AUTO(s3_place_done) struct s3_place place = { 0 };
	AUTO(s3_address_done) struct s3_address address = { 0 };
	AUTO(error_done) struct error err = ERROR_INIT;
	struct url url = { 0 };

	if (url_parse(text, &url, /* err= */ NULL) < 0)
		return;
	if (s3_place_parse(&url, &place, &err) < 0) {
		FUZZ_REQUIRE(err.text && !place.bucket);
		return;
	}
	if (s3_place_address(&place, REGION, &address, /* err= */ NULL) < 0)
		return;
	FUZZ_REQUIRE(slice_ends(slice_of(address.host), SUFFIX));
	require_only(address.host, "-.");
	require_only(address.path, "-._~%/");
	require_only(address.query, "-._~%=");
	check_key(&place, address.path);
}

static void check_refusal(struct slice body)
{
	struct s3_error error;

	s3_error_parse(body, &error);
	require_only(error.code, "");
	require_only(error.region, "-");
	FUZZ_REQUIRE(strlen(error.code) < S3_CODE_MAX && strlen(error.region) < S3_REGION_MAX);
}

static void check_metadata(struct slice body)
{
	AUTO(metadata_json_free) struct metadata_json *json = NULL;
	int64_t seconds = 0;

	if (metadata_json_parse(body, &json, /* err= */ NULL) < 0)
		return;

	struct slice token = metadata_json_get(json, "Token");

	for (size_t i = 0; i < token.length; i++)
		FUZZ_REQUIRE(!iscntrl((unsigned char)token.data[i]));
	if (credential_parse_time(metadata_json_get(json, "Expiration"), &seconds) == 0)
		FUZZ_REQUIRE(seconds >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };

	check_url(text);
	check_refusal(text);
	check_metadata(text);
	return 0;
}
