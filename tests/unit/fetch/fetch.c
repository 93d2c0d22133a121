/* fetch - schemes, compression and hashes of resources. */
#include "fetch/fetch.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

#define SHA256_X  "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
#define SHA256_X_ "2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881"
#define SHA256_Y  "a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa"
#define SHA512_X                                                                                   \
	"a4abd4448c49562d828115d13a1fccea927f52b4d5459297f8b43e42da89238b"                         \
	"c13626e43dcb38ddb082488927ec904fb42057443983e88585179d50551afe62"
#define SHA256_HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define GZIP_HELLO   "data:;base64,H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="

enum {
	OFFLINE = 1 << 0,
	EXACT = 1 << 1, /* as a config's hash is compared */
};

static const struct {
	const char *label, *url, *compression, *hash;
	unsigned flags;
	int want;
	enum error_kind want_kind;
	const char *want_text; /* bytes, or error */
} rows[] = {
	{ "no URL", "", NULL, NULL, OFFLINE, 0, ERROR_NONE, "" },
	{ "no URL, whatever else is asked", "", "gzip", "sha256-" SHA256_X, 0, 0, ERROR_NONE, "" },
	{ "a URL without scheme", "//host/x", NULL, NULL, OFFLINE, 0, ERROR_NONE, "" },
	{ "data", "data:,x%20y", NULL, NULL, OFFLINE, 0, ERROR_NONE, "x y" },
	{ "empty data", "data:,", NULL, NULL, 0, 0, ERROR_NONE, "" },
	{ "bad data", "data:;base64,x", NULL, NULL, 0, -EINVAL, ERROR_INPUT,
	  "illegal base64 data at input byte 0" },
	{ "no URL at all", "http://a b/", NULL, NULL, OFFLINE, -EINVAL, ERROR_INPUT,
	  "unable to parse url: invalid character \" \" in host name" },
	{ "http, offline", "http://h/", NULL, NULL, OFFLINE, -ENETDOWN, ERROR_NEED_NETWORK,
	  "resource requires networking" },
	{ "HTTPS, offline", "HTTPS://h/", NULL, NULL, OFFLINE, -ENETDOWN, ERROR_NEED_NETWORK,
	  "resource requires networking" },
	{ "tftp, offline", "tftp://h/", NULL, NULL, OFFLINE, -ENETDOWN, ERROR_NEED_NETWORK,
	  "resource requires networking" },
	{ "s3, offline", "s3://b/k", NULL, NULL, OFFLINE, -ENETDOWN, ERROR_NEED_NETWORK,
	  "resource requires networking" },
	{ "gs, offline", "gs://b/k", NULL, NULL, OFFLINE, -ENETDOWN, ERROR_NEED_NETWORK,
	  "resource requires networking" },
	{ "arn, offline", "arn:aws:s3:::b/k", NULL, NULL, OFFLINE, -ENETDOWN, ERROR_NEED_NETWORK,
	  "resource requires networking" },
	{ "compressed s3", "s3://b/k", "gzip", NULL, 0, -EINVAL, ERROR_INPUT,
	  "compression is not supported with that scheme" },
	{ "compressed arn", "arn:aws:s3:::b/k", "gzip", NULL, 0, -EINVAL, ERROR_INPUT,
	  "compression is not supported with that scheme" },
	{ "compressed s3, offline", "s3://b/k", "gzip", NULL, OFFLINE, -ENETDOWN,
	  ERROR_NEED_NETWORK, "resource requires networking" },
	{ "s3 without a key", "s3://b/", NULL, NULL, 0, -EINVAL, ERROR_INPUT,
	  "the URL names an S3 bucket, but no object in it" },
	{ "a bad ARN", "arn:aws:s3:::b", NULL, NULL, 0, -EINVAL, ERROR_INPUT,
	  "invalid S3 ARN format" },
	{ "another scheme, offline", "ftp://h/", NULL, NULL, OFFLINE, -EOPNOTSUPP,
	  ERROR_UNSUPPORTED, "unsupported source scheme" },
	{ "a scheme that is a known one's beginning", "dat:,x", NULL, NULL, 0, -EOPNOTSUPP,
	  ERROR_UNSUPPORTED, "unsupported source scheme" },

	{ "no compression, said", "data:,x", "", NULL, 0, 0, ERROR_NONE, "x" },
	{ "gzip", GZIP_HELLO, "gzip", NULL, 0, 0, ERROR_NONE, "hello" },
	{ "gzip of nothing", "data:,", "gzip", NULL, 0, -EINVAL, ERROR_INPUT,
	  "gzip: unexpected EOF" },
	{ "no gzip", "data:,hello,world", "gzip", NULL, 0, -EINVAL, ERROR_INPUT,
	  "gzip: invalid header" },
	{ "another compression", "data:,x", "xz", NULL, 0, -EINVAL, ERROR_INPUT,
	  "invalid compression method" },

	{ "sha256", "data:,x", NULL, "sha256-" SHA256_X, 0, 0, ERROR_NONE, "x" },
	{ "sha512", "data:,x", NULL, "sha512-" SHA512_X, EXACT, 0, ERROR_NONE, "x" },
	{ "the hash is of the decompressed bytes", GZIP_HELLO, "gzip", "sha256-" SHA256_HELLO, 0, 0,
	  ERROR_NONE, "hello" },
	{ "upper case matches for a file", "data:,x", NULL, "sha256-" SHA256_X_, 0, 0, ERROR_NONE,
	  "x" },
	{ "upper case never matches for a config", "data:,x", NULL, "sha256-" SHA256_X_, EXACT,
	  -EBADMSG, ERROR_VERIFY,
	  "hash verification failed (calculated " SHA256_X " but expected " SHA256_X_ ")" },
	{ "other bytes", "data:,y", NULL, "sha256-" SHA256_X_, 0, -EBADMSG, ERROR_VERIFY,
	  "hash verification failed (calculated " SHA256_Y " but expected " SHA256_X ")" },
	{ "no bytes", "data:,", NULL, "sha256-" SHA256_X, 0, -EBADMSG, ERROR_VERIFY,
	  "hash verification failed (calculated "
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 but expected " SHA256_X
	  ")" },
	{ "a hash that is none", "data:,x", NULL, "sha256", 0, -EINVAL, ERROR_INPUT,
	  "malformed hash specifier" },
	{ "an empty hash", "data:,x", NULL, "", 0, -EINVAL, ERROR_INPUT,
	  "malformed hash specifier" },
	{ "an unknown function", "data:,x", NULL, "SHA256-" SHA256_X, 0, -EINVAL, ERROR_INPUT,
	  "unrecognized hash function" },
	{ "a hash of another length", "data:,x", NULL, "sha512-" SHA256_X, 0, -EINVAL, ERROR_INPUT,
	  "incorrect size for hash sum" },
	{ "a hash that is no hex", "data:,x", NULL,
	  "sha256-gd711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", 0, -EINVAL,
	  ERROR_INPUT, "invalid byte 0x67 in hash sum" },
};

static struct fetch_request request_of(size_t i)
{
	return (struct fetch_request){
		.url = slice_of(rows[i].url),
		.compression = slice_of(rows[i].compression),
		.hash = slice_of(rows[i].hash),
		.case_exact_hash = rows[i].flags & EXACT,
	};
}

static void test_row(size_t i)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fetcher_free)
	struct fetcher *fetcher = fetcher_new(
		rows[i].flags & OFFLINE ? FETCHER_OFFLINE : FETCHER_ONLINE, /* observer= */ NULL);
	const struct fetch_request request = request_of(i);
	AUTO_FREE char *bytes = NULL;
	size_t length = 0;
	int r = fetch_memory(fetcher, &request, &bytes, &length, &err);

	tap_ok(r == rows[i].want && err.kind == rows[i].want_kind, "%s (got %d, %s)", rows[i].label,
	       r, error_kind_name(err.kind));
	tap_str(r == 0 ? bytes : err.text, rows[i].want_text, rows[i].label);
	tap_ok(r < 0 || length == strlen(rows[i].want_text), "its length");
}

static void test_local(void)
{
	static const struct {
		const char *url;
		bool want;
	} local_rows[] = {
		{ "", true },	       { "data:,x", true },    { "DATA:,x", true },
		{ "//h/x", true },     { "http://h/", false }, { "arn:x", false },
		{ "ftp://h/", false }, { ":", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(local_rows); i++)
		tap_ok(fetch_is_local(slice_of(local_rows[i].url)) == local_rows[i].want,
		       "\"%s\" is %slocal", local_rows[i].url, local_rows[i].want ? "" : "not ");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(i);
	test_local();
	fetcher_free(NULL);
	return tap_done();
}
