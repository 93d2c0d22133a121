/* rules_resource - what may be fetched: URLs, headers, hashes, compression. */
#include "rules_rows.h"

#define RESOURCE(...) (&(struct config_resource){ __VA_ARGS__ })
#define URL(text)     RESOURCE(.source = STR(text))
#define HEADERS	      .http_headers = { .count = 1 }
#define UNPARSEABLE   "error .source: unable to parse url\n"
#define BAD_SCHEME    "error .source: invalid url scheme\n"
#define BAD_VERSION   "error .source: invalid S3 object VersionId\n"
#define BAD_ARN	      "error .source: invalid S3 ARN format\n"
#define BAD_METHOD    "error .compression: invalid compression method\n"
#define NO_SOURCE                                                                                  \
	"error .verification.hash: source must be specified if verification is specified\n"
#define HEADERS_URL    "error .httpHeaders: unable to parse url\n"
#define HEADERS_SCHEME "error .httpHeaders: cannot use HTTP headers with this source scheme\n"

static const struct rules_row rows[] = {
	{ "nothing", RESOURCE() },
	{ "an empty source", URL("") },
	{ "http", URL("http://host/path?query#fragment") },
	{ "https, in upper case", URL("HTTPS://host") },
	{ "tftp", URL("tftp://host/path") },
	{ "gs, from 3.2 on", URL("gs://bucket/key"), .since = SPEC_3_2, .otherwise = BAD_SCHEME },
	{ "no scheme", URL("x"), BAD_SCHEME },
	{ "a path", URL("/etc/hosts"), BAD_SCHEME },
	{ "an unknown scheme", URL("ftp://host"), BAD_SCHEME },
	{ "a scheme that begins like another", URL("httpx://host"), BAD_SCHEME },
	{ "file", URL("file:///etc/hosts"), BAD_SCHEME },
	{ "a space in the host", URL("http://a b"), UNPARSEABLE },
	{ "a control character", URL("http://a/\x01"), UNPARSEABLE },
	{ "nothing before a colon", URL(":a"), UNPARSEABLE },
	{ "data", URL("data:,x") },
	{ "base64 data", URL("data:;base64,eA==") },
	{ "data without a comma", URL("data:text"), "error .source: missing media type slash\n" },
	{ "a bad character in data", URL("data:,{}"), "error .source: invalid data character\n" },
	{ "the data prefix has one case", URL("DATA:,x"), "error .source: missing data prefix\n" },
	{ "s3", URL("s3://bucket/key") },
	{ "s3 with a version", URL("s3://bucket/key?versionId=v") },
	{ "s3 with other parameters", URL("s3://bucket/key?a=&versionid=") },
	{ "s3 with an empty version", URL("s3://bucket/key?versionId="), BAD_VERSION },
	{ "s3 with a version without a value", URL("s3://bucket/key?a=b&versionId"), BAD_VERSION },
	{ "arn, from 3.4 on", URL("arn:aws:s3:::bucket/key"), .since = SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn in upper case", URL("ARN:aws:s3:::bucket/key?versionId=v"), .since = SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn with colons in the key", URL("arn:aws:s3:::bucket/key:a:b"), .since = SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn with an empty version", URL("arn:aws:s3:::bucket/key?versionId="), BAD_VERSION,
	  SPEC_3_4, .otherwise = BAD_SCHEME },
	{ "arn without a key", URL("arn:aws:s3:::bucket"), BAD_ARN, SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn of another service", URL("arn:aws:ec2:::bucket/key"), BAD_ARN, SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn with four colons", URL("arn:aws:s3::bucket/key"), BAD_ARN, SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn without anything", URL("arn:"), BAD_ARN, SPEC_3_4, .otherwise = BAD_SCHEME },
	{ "arn with slashes first", URL("arn:/aws:s3:::bucket/key"), BAD_ARN, SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn of an access point", URL("arn:aws:s3:r:1:accesspoint/a/object/k"), .since = SPEC_3_4,
	  .otherwise = BAD_SCHEME },
	{ "arn of an access point without a key", URL("arn:aws:s3:r:1:accesspoint/a"), BAD_ARN,
	  SPEC_3_4, .otherwise = BAD_SCHEME },

	{ "compression gzip", RESOURCE(.compression = STR("gzip")) },
	{ "compression of no name", RESOURCE(.compression = STR("")) },
	{ "another compression", RESOURCE(.compression = STR("xz")), BAD_METHOD },
	{ "compression has one case", RESOURCE(.compression = STR("GZIP")), BAD_METHOD },
	{ "a hash without a source", RESOURCE(.verification.hash = STR("")), NO_SOURCE },
	{ "a hash with an empty source",
	  RESOURCE(.source = STR(""), .verification.hash = STR("")) },
	{ "headers over http", RESOURCE(.source = STR("Http://a"), HEADERS) },
	{ "headers over https", RESOURCE(.source = STR("https://a"), HEADERS) },
	{ "headers without a source", RESOURCE(HEADERS), HEADERS_URL },
	{ "headers with an empty source", RESOURCE(.source = STR(""), HEADERS), HEADERS_URL },
	{ "headers over tftp", RESOURCE(.source = STR("tftp://a"), HEADERS), HEADERS_SCHEME },
	{ "headers with a bad URL", RESOURCE(.source = STR("http://a b"), HEADERS),
	  UNPARSEABLE HEADERS_URL },
	{ "compression, hash, source, headers in this order",
	  RESOURCE(.compression = STR("x"), .source = STR("x"), HEADERS,
		   .verification.hash = STR("x")),
	  BAD_METHOD BAD_SCHEME HEADERS_SCHEME },
	{ "compression, then the hash, then headers",
	  RESOURCE(.compression = STR("x"), HEADERS, .verification.hash = STR("x")),
	  BAD_METHOD NO_SOURCE HEADERS_URL },
};

static const struct rules_row reference_rows[] = {
	{ "a config in 3.0 may have no source", RESOURCE(.verification.hash = STR("x")) },
	{ "and an empty one", URL("") },
	{ "and no bad one", URL("gs://a/b"), BAD_SCHEME, .removed = SPEC_3_1 },
};

static const struct rules_row authority_rows[] = {
	{ "a CA in 3.0 has a source", URL("https://a/b") },
	{ "none has no scheme", RESOURCE(), BAD_SCHEME, .removed = SPEC_3_1 },
	{ "an empty one has none", URL(""), BAD_SCHEME, .removed = SPEC_3_1 },
	{ "a bad one is not parsed", URL("http://a b"), UNPARSEABLE, .removed = SPEC_3_1 },
};

#define HEADER(...) (&(struct config_header){ __VA_ARGS__ })

static const struct rules_row header_rows[] = {
	{ "name and value", HEADER(.name = STR("a"), .value = STR("b")) },
	{ "a name alone removes a header", HEADER(.name = STR("a")) },
	{ "no name", HEADER(.value = STR("b")), "error .name: HTTP header name can't be empty\n" },
	{ "an empty name, then an empty value", HEADER(.name = STR(""), .value = STR("")),
	  "error .name: HTTP header name can't be empty\n"
	  "error .value: unable to parse HTTP header\n" },
};

#define HASH(text)   (&(struct config_verification){ .hash = STR(text) })
#define HEX_64	     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BAD_SIZE     "error .hash: incorrect size for hash sum\n"
#define BAD_FUNCTION "error .hash: unrecognized hash function\n"
#define MALFORMED    "error .hash: malformed hash specifier\n"

static const struct rules_row verification_rows[] = {
	{ "no hash", &(struct config_verification){} },
	{ "sha512", HASH("sha512-" HEX_64 HEX_64) },
	{ "sha512 of 127 digits",
	  HASH("sha512-0" HEX_64 "0123456789abcdef0123456789abcdef0123456789"
	       "abcdef0123456789abcd"),
	  BAD_SIZE },
	{ "sha512 of 129 digits", HASH("sha512-" HEX_64 HEX_64 "0"), BAD_SIZE },
	{ "sha512 of none", HASH("sha512-"), BAD_SIZE },
	{ "digits are not looked at",
	  HASH("sha256-"
	       "0123456789abcdef0123456789abcdef"
	       "0123456789abcdef0123456789abc-- "),
	  .since = SPEC_3_1, .otherwise = BAD_FUNCTION },
	{ "sha256, from 3.1 on", HASH("sha256-" HEX_64), .since = SPEC_3_1,
	  .otherwise = BAD_FUNCTION },
	{ "sha256 with the digits of sha512", HASH("sha256-" HEX_64 HEX_64), BAD_SIZE, SPEC_3_1,
	  .otherwise = BAD_FUNCTION },
	{ "another function", HASH("sha1-" HEX_64), BAD_FUNCTION },
	{ "functions have one case", HASH("SHA512-" HEX_64 HEX_64), BAD_FUNCTION },
	{ "a hyphen alone", HASH("-"), BAD_FUNCTION },
	{ "no hyphen", HASH("sha512" HEX_64 HEX_64), MALFORMED },
	{ "an empty hash", HASH(""), MALFORMED },
};

int main(void)
{
	RULES_ROWS(rules_resource, rows);
	RULES_ROWS(rules_reference_3_0, reference_rows);
	RULES_ROWS(rules_authority_3_0, authority_rows);
	RULES_ROWS(rules_header, header_rows);
	RULES_ROWS(rules_verification, verification_rows);
	return tap_done();
}
