#include "fetch/s3_place.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "fetch/limits.h"

/* arn:partition:service:region:account:resource, without the "arn:". */
enum {
	ARN_PARTITION,
	ARN_SERVICE,
	ARN_REGION,
	ARN_ACCOUNT,
	ARN_RESOURCE,
	ARN_PARTS,
};

#define ACCESS_POINT "accesspoint/"
#define OBJECT	     "object/"
/* S3's rules for names (Amazon S3 User Guide, "Bucket naming rules"; old ones were longer). */
#define BUCKET_MAX     255
#define BUCKET_DNS_MIN 3
#define BUCKET_DNS_MAX 63
/* Access point and account are one label of a host's name. */
#define LABEL_MAX 63

void s3_place_done(struct s3_place *place)
{
	free(place->bucket);
	free(place->key);
	free(place->version);
	free(place->region);
	free(place->account);
	free(place->partition);
	*place = (struct s3_place){ 0 };
}

void s3_address_done(struct s3_address *address)
{
	free(address->host);
	free(address->path);
	free(address->query);
	*address = (struct s3_address){ 0 };
}

/* --- names */

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A label of a host's name: such a text cannot leave its place in a URL. */
static bool is_label(struct slice text, size_t min, size_t max)
{
	if (text.length < min || text.length > max || text.data[0] == '-' ||
	    text.data[text.length - 1] == '-')
		return false;
	for (size_t i = 0; i < text.length; i++)
		if (!is_lower_or_digit(text.data[i]) && text.data[i] != '-')
			return false;
	return true;
}

static bool is_bucket(struct slice text)
{
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c >= 0x80 || !c || (!isalnum(c) && !strchr("-._", c)))
			return false;
	}
	return text.length > 0 && text.length <= BUCKET_MAX && !slice_is(text, ".") &&
	       !slice_is(text, "..");
}

bool s3_is_region(struct slice text)
{
	return is_label(text, 1, S3_REGION_MAX - 1);
}

/* --- URLs */

static int refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_INPUT, EINVAL, "%s", why);
}

static int refuse_arn(struct error *err)
{
	return refuse(err, "invalid S3 ARN format");
}

static int set_version(struct s3_place *place, const struct url *url, struct error *err)
{
	AUTO(text_done) struct text version = TEXT_INIT(FETCH_URL_MAX_BYTES);
	struct slice value = url_query_get(url, "versionId");

	if (!value.data)
		return 0;
	if (value.length == 0)
		return refuse(err, "invalid S3 object VersionId");
	if (url_append_unescaped(&version, value) < 0)
		return refuse(err, "the URL is too long");
	place->version = text_take(&version);
	return 0;
}

/* @key is not escaped. */
static int set_object(struct s3_place *place, struct slice bucket, struct slice key,
		      struct error *err)
{
	if (!is_bucket(bucket))
		return refuse(err, "invalid S3 bucket name");
	while (slice_starts(key, "/"))
		key = slice_from(key, 1);
	if (key.length == 0)
		return refuse(err, "the URL names an S3 bucket, but no object in it");
	if (memchr(key.data, '\0', key.length))
		return refuse(err, "the key of an S3 object cannot have a NUL");
	place->bucket = slice_dup(bucket);
	place->key = slice_dup(key);
	return 0;
}

static int parse_s3(const struct url *url, struct s3_place *place, struct error *err)
{
	AUTO(text_done) struct text key = TEXT_INIT(FETCH_URL_MAX_BYTES);

	if (url_append_unescaped(&key, url->path) < 0)
		return refuse(err, "the URL is too long");
	return set_object(place, url->host, text_slice(&key), err);
}

/* "accesspoint/<name>/object/<key>" */
static int parse_access_point(const struct slice *parts, struct s3_place *place, struct error *err)
{
	struct slice rest = slice_from(parts[ARN_RESOURCE], strlen(ACCESS_POINT));
	const char *slash = memchr(rest.data, '/', rest.length);
	struct slice name = { rest.data, slash ? (size_t)(slash - rest.data) : rest.length };

	rest = slice_from(rest, name.length + 1);
	if (!slice_starts(rest, OBJECT))
		return refuse_arn(err);
	if (parts[ARN_REGION].length == 0)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "access points of several regions are not supported; name the "
				 "bucket or an access point of one region");
	/* The account follows the name in one label. */
	if (!s3_is_region(parts[ARN_REGION]) || !is_label(parts[ARN_ACCOUNT], 1, LABEL_MAX - 1) ||
	    !is_label(name, 1, LABEL_MAX - 1 - parts[ARN_ACCOUNT].length))
		return refuse_arn(err);
	place->region = slice_dup(parts[ARN_REGION]);
	place->account = slice_dup(parts[ARN_ACCOUNT]);
	return set_object(place, name, slice_from(rest, strlen(OBJECT)), err);
}

static int parse_arn(const struct url *url, struct s3_place *place, struct error *err)
{
	struct slice rest = url->opaque;
	struct slice parts[ARN_PARTS];

	for (size_t i = 0; i < ARN_RESOURCE; i++) {
		const char *colon = rest.length ? memchr(rest.data, ':', rest.length) : NULL;

		if (!colon)
			return refuse_arn(err);
		parts[i] = (struct slice){ rest.data, (size_t)(colon - rest.data) };
		rest = slice_from(rest, parts[i].length + 1);
	}
	parts[ARN_RESOURCE] = rest;
	if (!slice_is(parts[ARN_SERVICE], "s3"))
		return refuse_arn(err);
	place->partition = slice_dup(parts[ARN_PARTITION]);
	if (slice_starts(rest, ACCESS_POINT))
		return parse_access_point(parts, place, err);

	const char *slash = rest.length ? memchr(rest.data, '/', rest.length) : NULL;

	if (!slash)
		return refuse_arn(err);

	struct slice bucket = { rest.data, (size_t)(slash - rest.data) };

	return set_object(place, bucket, slice_from(rest, bucket.length), err);
}

int s3_place_parse(const struct url *url, struct s3_place *ret, struct error *err)
{
	AUTO(s3_place_done) struct s3_place place = { 0 };
	bool is_arn = url->scheme.length == strlen("arn") &&
		      strncasecmp(url->scheme.data, "arn", strlen("arn")) == 0;
	int r = is_arn ? parse_arn(url, &place, err) : parse_s3(url, &place, err);

	if (r == 0)
		r = set_version(&place, url, err);
	if (r < 0)
		return r;
	*ret = place;
	place = (struct s3_place){ 0 };
	return 0;
}

/* --- addresses */

/* A region's partition is told by how its name begins (AWS General Reference, "Partitions"). */
static const struct partition {
	const char *name;
	const char *region_prefix;
	const char *hint; /* a region that knows of the others' buckets (spec ignition 5.5) */
	const char *suffix;
} partitions[] = {
	{ "aws-cn", "cn-", "cn-north-1", "amazonaws.com.cn" },
	{ "aws-us-gov", "us-gov-", "us-gov-west-1", "amazonaws.com" },
	{ "aws", "", "us-east-1", "amazonaws.com" },
};

const char *s3_place_hint(const struct s3_place *place)
{
	for (size_t i = 0; i < ARRAY_SIZE(partitions) && place->partition; i++)
		if (strcmp(partitions[i].name, place->partition) == 0)
			return partitions[i].hint;
	return NULL;
}

static const char *suffix_of(const char *region)
{
	size_t i = 0;

	/* The last has every other region. */
	while (!slice_starts(slice_of(region), partitions[i].region_prefix))
		i++;
	return partitions[i].suffix;
}

/* The certificates of S3 cover one label before its own name. */
static bool is_host_style(const char *bucket)
{
	return is_label(slice_of(bucket), BUCKET_DNS_MIN, BUCKET_DNS_MAX);
}

static char *host_of(const struct s3_place *place, const char *region)
{
	const char *suffix = suffix_of(region);

	if (place->account)
		return xasprintf("%s-%s.s3-accesspoint.dualstack.%s.%s", place->bucket,
				 place->account, region, suffix);
	if (is_host_style(place->bucket))
		return xasprintf("%s.s3.dualstack.%s.%s", place->bucket, region, suffix);
	return xasprintf("s3.dualstack.%s.%s", region, suffix);
}

/* Each segment escaped, the slashes between them kept. */
static int append_key(struct text *out, const char *key)
{
	int r = 0;

	for (const char *segment = key; r == 0; segment = strchr(segment, '/') + 1) {
		struct slice name = { segment, strcspn(segment, "/") };

		r = url_append_escaped(out, name);
		if (r < 0 || segment[name.length] == '\0')
			return r;
		r = text_append_char(out, '/');
	}
	return r;
}

static int append_path(struct text *out, const struct s3_place *place)
{
	int r = text_append_char(out, '/');

	if (r == 0 && !place->account && !is_host_style(place->bucket))
		r = text_printf(out, "%s/", place->bucket);
	return r < 0 ? r : append_key(out, place->key);
}

int s3_place_address(const struct s3_place *place, const char *region, struct s3_address *ret,
		     struct error *err)
{
	AUTO(text_done) struct text path = TEXT_INIT(FETCH_URL_MAX_BYTES);
	AUTO(text_done) struct text query = TEXT_INIT(FETCH_URL_MAX_BYTES);
	int r = append_path(&path, place);

	if (r == 0 && place->version) {
		r = text_append_str(&query, "versionId=");
		if (r == 0)
			r = url_append_escaped(&query, slice_of(place->version));
	}
	if (r < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "the URL is too long");
	*ret = (struct s3_address){ .host = host_of(place, region),
				    .path = text_take(&path),
				    .query = xstrdup(text_str(&query)) };
	return 0;
}

char *s3_bucket_url(const struct s3_place *place, const char *region)
{
	return xasprintf("https://s3.dualstack.%s.%s/%s", region, suffix_of(region), place->bucket);
}
