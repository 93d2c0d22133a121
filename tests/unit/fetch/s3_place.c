/* s3_place - s3: and arn: URLs, and the addresses that they stand for. */
#include "fetch/s3_place.h"

#include <errno.h>

#include "base/alloc.h"
#include "tap.h"

#define NAME_62 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"
#define BAD_ARN "invalid S3 ARN format"

/* What every row is asked for in. */
#define REGION "eu-west-1"

static const struct {
	const char *label, *url, *hint;
	const char *want; /* host, path and query of its address; or the error */
	int want_result;
} rows[] = {
	{ "a bucket as host", "s3://bucket/key", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/key", 0 },
	{ "the scheme's case does not matter", "S3://bucket/key", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/key", 0 },
	{ "three letters are a bucket's least", "s3://abc/k", NULL,
	  "abc.s3.dualstack.eu-west-1.amazonaws.com/k", 0 },
	{ "shorter ones go into the path", "s3://ab/k", NULL,
	  "s3.dualstack.eu-west-1.amazonaws.com/ab/k", 0 },
	{ "63 letters are a bucket's most", "s3://" NAME_62 "z/k", NULL,
	  NAME_62 "z.s3.dualstack.eu-west-1.amazonaws.com/k", 0 },
	{ "longer ones go into the path", "s3://" NAME_62 "zz/k", NULL,
	  "s3.dualstack.eu-west-1.amazonaws.com/" NAME_62 "zz/k", 0 },
	{ "dots go into the path", "s3://my.bucket/k", NULL,
	  "s3.dualstack.eu-west-1.amazonaws.com/my.bucket/k", 0 },
	{ "upper case goes into the path", "s3://Bucket/k", NULL,
	  "s3.dualstack.eu-west-1.amazonaws.com/Bucket/k", 0 },
	{ "an underscore goes into the path", "s3://a_bucket/k", NULL,
	  "s3.dualstack.eu-west-1.amazonaws.com/a_bucket/k", 0 },
	{ "a dash in front goes into the path", "s3://-bucket/k", NULL,
	  "s3.dualstack.eu-west-1.amazonaws.com/-bucket/k", 0 },
	{ "slashes in a key", "s3://bucket/a/b//c/", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a/b//c/", 0 },
	{ "leading slashes are left out", "s3://bucket///a", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a", 0 },
	{ "dots in a key stay", "s3://bucket/a/../b", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a/../b", 0 },
	{ "a key is escaped once", "s3://bucket/a%20b+c%2Fd~%C3%A4", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a%20b%2Bc/d~%C3%A4", 0 },
	{ "what a URL may hold and a signature may not", "s3://bucket/a=b&c:d@e!f*(g)'h", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a%3Db%26c%3Ad%40e%21f%2A%28g%29%27h", 0 },
	{ "a version", "s3://bucket/k?versionId=a.b_c", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/k?versionId=a.b_c", 0 },
	{ "a version is escaped once", "s3://bucket/k?versionId=a%2Fb", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/k?versionId=a%2Fb", 0 },
	{ "other parameters are left out", "s3://bucket/k?x=1&versionId=v&y=2", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/k?versionId=v", 0 },
	{ "an empty version", "s3://bucket/k?versionId=", NULL, "invalid S3 object VersionId",
	  -EINVAL },
	{ "a version without value", "s3://bucket/k?versionId", NULL, "invalid S3 object VersionId",
	  -EINVAL },
	{ "no key", "s3://bucket", NULL, "the URL names an S3 bucket, but no object in it",
	  -EINVAL },
	{ "only slashes", "s3://bucket//", NULL, "the URL names an S3 bucket, but no object in it",
	  -EINVAL },
	{ "a NUL", "s3://bucket/a%00b", NULL, "the key of an S3 object cannot have a NUL",
	  -EINVAL },
	{ "no bucket", "s3:///key", NULL, "invalid S3 bucket name", -EINVAL },
	{ "a port", "s3://bucket:80/key", NULL, "invalid S3 bucket name", -EINVAL },
	{ "a bucket that would leave the path", "s3://../key", NULL, "invalid S3 bucket name",
	  -EINVAL },
	{ "no authority", "s3:bucket/key", NULL, "invalid S3 bucket name", -EINVAL },

	{ "an ARN", "arn:aws:s3:::bucket/a/b", "us-east-1",
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a/b", 0 },
	{ "an ARN with a version", "arn:aws:s3:::bucket/k?versionId=v", "us-east-1",
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/k?versionId=v", 0 },
	{ "an ARN of China", "arn:aws-cn:s3:::bucket/k", "cn-north-1",
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/k", 0 },
	{ "an ARN of GovCloud", "arn:aws-us-gov:s3:::bucket/k", "us-gov-west-1",
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/k", 0 },
	{ "an ARN of another partition", "arn:aws-x:s3:::bucket/k", NULL,
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/k", 0 },
	{ "escapes in an ARN are the key's own", "arn:aws:s3:::bucket/a%20b", "us-east-1",
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a%2520b", 0 },
	{ "colons in an ARN's key", "arn:aws:s3:::bucket/a:b", "us-east-1",
	  "bucket.s3.dualstack.eu-west-1.amazonaws.com/a%3Ab", 0 },
	{ "an access point", "arn:aws:s3:us-west-2:123456789012:accesspoint/test/object/a/b",
	  "us-east-1", "test-123456789012.s3-accesspoint.dualstack.eu-west-1.amazonaws.com/a/b",
	  0 },
	{ "an access point of several regions",
	  "arn:aws:s3::123456789012:accesspoint/m.mrap/object/k", NULL,
	  "access points of several regions are not supported; name the bucket or an access "
	  "point of one region",
	  -EOPNOTSUPP },
	{ "an access point without \"object\"",
	  "arn:aws:s3:us-west-2:123456789012:accesspoint/test/k", NULL, BAD_ARN, -EINVAL },
	{ "an access point without a name", "arn:aws:s3:us-west-2:1:accesspoint//object/k", NULL,
	  BAD_ARN, -EINVAL },
	{ "an access point without a key", "arn:aws:s3:us-west-2:1:accesspoint/test/object/", NULL,
	  "the URL names an S3 bucket, but no object in it", -EINVAL },
	{ "an access point without an object", "arn:aws:s3:us-west-2:1:accesspoint/test", NULL,
	  BAD_ARN, -EINVAL },
	{ "an access point without an account", "arn:aws:s3:us-west-2::accesspoint/t/object/k",
	  NULL, BAD_ARN, -EINVAL },
	{ "a name that would leave the host", "arn:aws:s3:us-west-2:1:accesspoint/a.b/object/k",
	  NULL, BAD_ARN, -EINVAL },
	{ "a region that would leave the host", "arn:aws:s3:evil.test:1:accesspoint/a/object/k",
	  NULL, BAD_ARN, -EINVAL },
	{ "name and account longer than a label",
	  "arn:aws:s3:us-west-2:1:accesspoint/" NAME_62 "/object/k", NULL, BAD_ARN, -EINVAL },
	{ "too few colons", "arn:aws:s3::bucket/k", NULL, BAD_ARN, -EINVAL },
	{ "nothing behind arn:", "arn:", NULL, BAD_ARN, -EINVAL },
	{ "another service", "arn:aws:ec2:::bucket/k", NULL, BAD_ARN, -EINVAL },
	{ "a bucket without a key", "arn:aws:s3:::bucket", NULL, BAD_ARN, -EINVAL },
	{ "a bucket with an empty key", "arn:aws:s3:::bucket/", NULL,
	  "the URL names an S3 bucket, but no object in it", -EINVAL },
	{ "an ARN without a bucket", "arn:aws:s3:::/k", NULL, "invalid S3 bucket name", -EINVAL },
	{ "an ARN with an empty version", "arn:aws:s3:::bucket/k?versionId=", NULL,
	  "invalid S3 object VersionId", -EINVAL },
};

static void test_row(size_t i)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(s3_place_done) struct s3_place place = { 0 };
	AUTO(s3_address_done) struct s3_address address = { 0 };
	struct url url = { 0 };
	int r = url_parse(slice_of(rows[i].url), &url, &err);

	if (r == 0)
		r = s3_place_parse(&url, &place, &err);
	tap_int(r, rows[i].want_result, rows[i].label);
	if (r < 0) {
		tap_str(err.text, rows[i].want, rows[i].label);
		tap_int(err.kind, r == -EINVAL ? ERROR_INPUT : ERROR_UNSUPPORTED, rows[i].label);
		return;
	}
	s3_place_address(&place, REGION, &address, /* err= */ NULL);

	AUTO_FREE char *got = xasprintf("%s%s%s%s", address.host, address.path,
					address.query[0] ? "?" : "", address.query);

	tap_str(got, rows[i].want, rows[i].label);
	tap_str(s3_place_hint(&place), rows[i].hint, rows[i].label);
}

static void test_regions(void)
{
	static const struct {
		const char *region, *want;
	} endpoints[] = {
		{ "us-east-1", "https://s3.dualstack.us-east-1.amazonaws.com/bucket" },
		{ "cn-north-1", "https://s3.dualstack.cn-north-1.amazonaws.com.cn/bucket" },
		{ "us-gov-west-1", "https://s3.dualstack.us-gov-west-1.amazonaws.com/bucket" },
	};
	static const struct {
		const char *text;
		bool want;
	} names[] = {
		{ "us-east-1", true },
		{ "x", true },
		{ "", false },
		{ "EU", false },
		{ "a.b", false },
		{ "a/b", false },
		{ "-a", false },
		{ "a-", false },
		{ "abcdefghijklmnopqrstuvwxyz01234", true },
		{ "abcdefghijklmnopqrstuvwxyz012345", false },
	};
	struct s3_place place = { .bucket = (char *)(uintptr_t) "bucket" };

	for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++) {
		AUTO_FREE char *got = s3_bucket_url(&place, endpoints[i].region);

		tap_str(got, endpoints[i].want, endpoints[i].region);
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		tap_ok(s3_is_region(slice_of(names[i].text)) == names[i].want, "\"%s\" is %sregion",
		       names[i].text, names[i].want ? "a " : "no ");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(i);
	test_regions();
	return tap_done();
}
