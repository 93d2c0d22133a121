/* rules_url - which URLs may be fetched from. */
#include "config/rules_common.h"

#include <errno.h>
#include <strings.h>

#include "base/dataurl.h"
#include "base/url.h"
#include "config/pool.h"

/* arn:partition:service:region:account:resource, as AWS defines it. */
#define ARN_SECTIONS 5

static int refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_INPUT, EINVAL, "%s", why);
}

static int check_s3(const struct url *url, struct slice text, struct error *err)
{
	struct slice version_id = url_query_get(url, "versionId");

	(void)text;
	if (version_id.data && version_id.length == 0)
		return refuse(err, "invalid S3 object VersionId");
	return 0;
}

static size_t count_char(struct slice s, char c)
{
	size_t count = 0;

	for (size_t i = 0; i < s.length; i++)
		count += s.data[i] == c;
	return count;
}

/* What follows the first @colons colons of @s, and in @ret_last what stands before the last. */
static struct slice after_colons(struct slice s, unsigned colons, struct slice *ret_last)
{
	for (; colons > 0; colons--) {
		const char *colon = memchr(s.data, ':', s.length);

		*ret_last = (struct slice){ s.data, (size_t)(colon - s.data) };
		s = slice_from(s, ret_last->length + 1);
	}
	return s;
}

static int check_arn(const struct url *url, struct slice text, struct error *err)
{
	struct slice sections = url->opaque;
	struct slice service, account;

	if (count_char(sections, ':') < ARN_SECTIONS - 1)
		return refuse(err, "invalid S3 ARN format");
	after_colons(sections, 2, &service);

	struct slice resource = after_colons(sections, ARN_SECTIONS - 1, &account);
	bool is_access_point = slice_starts(resource, "accesspoint/");

	/* <bucket>/<key>, or accesspoint/<name>/<key> */
	if (!slice_is(service, "s3") || count_char(sections, '/') < (is_access_point ? 2 : 1))
		return refuse(err, "invalid S3 ARN format");
	return check_s3(url, text, err);
}

static int check_data(const struct url *url, struct slice text, struct error *err)
{
	(void)url;
	return dataurl_parse(text, /* ret= */ NULL, err);
}

static int check_oem(const struct url *url, struct slice text, struct error *err)
{
	(void)text;
	return slice_starts(url->path, "/") ? 0 : refuse(err, "path is not absolute");
}

static const struct {
	const char *name;
	int (*check)(const struct url *url, struct slice text, struct error *err); /* or NULL */
	enum spec_version since;
	unsigned dialect; /* enum config_dialect that it is part of */
} schemes[] = {
	{ "http", NULL, SPEC_3_0, 0 },	   { "https", NULL, SPEC_3_0, 0 },
	{ "tftp", NULL, SPEC_3_0, 0 },	   { "data", check_data, SPEC_3_0, 0 },
	{ "s3", check_s3, SPEC_3_0, 0 },   { "gs", NULL, SPEC_3_2, 0 },
	{ "arn", check_arn, SPEC_3_4, 0 }, { "oem", check_oem, SPEC_3_0, CONFIG_DIALECT_OEM },
};

bool rules_scheme_is(struct slice scheme, const char *name)
{
	return scheme.length == strlen(name) && scheme.length > 0 &&
	       strncasecmp(scheme.data, name, scheme.length) == 0;
}

int rules_url_check(const struct check_context *context, struct slice text, struct error *err)
{
	struct url url;

	if (url_parse(text, &url, /* err= */ NULL) < 0)
		return refuse(err, RULES_URL_UNPARSEABLE);
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (schemes[i].since <= context->version &&
		    (schemes[i].dialect & context->dialect) == schemes[i].dialect &&
		    rules_scheme_is(url.scheme, schemes[i].name))
			return schemes[i].check ? schemes[i].check(&url, text, err) : 0;
	return refuse(err, RULES_URL_SCHEME);
}

void rules_url(const struct check_context *context, const struct report_path *path,
	       struct slice url)
{
	AUTO(error_done) struct error err = ERROR_INIT;

	if (url.length && rules_url_check(context, url, &err) < 0)
		rules_error(context, path, err.text);
}
