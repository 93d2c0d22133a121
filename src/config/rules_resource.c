/* rules_resource - what is fetched: resources, their headers and hashes. */
#include "config/rules_common.h"

#include "base/hash.h"
#include "base/url.h"

static const char *compression_fault(struct slice compression)
{
	if (compression.length == 0 || slice_is(compression, "gzip"))
		return NULL;
	return "invalid compression method";
}

/* Whether headers can go along with a request for @source. */
static const char *headers_fault(struct slice source)
{
	struct url url;

	if (source.length == 0 || url_parse(source, &url, /* err= */ NULL) < 0)
		return RULES_URL_UNPARSEABLE;
	if (rules_scheme_is(url.scheme, "http") || rules_scheme_is(url.scheme, "https"))
		return NULL;
	return "cannot use HTTP headers with this source scheme";
}

static void check_resource(const struct check_context *context, const void *object)
{
	const struct config_resource *resource = object;
	const struct report_path *at = context->path;

	rules_error(context, RULES_KEY(at, "compression"),
		    compression_fault(resource->compression));
	if (resource->verification.hash.data && !resource->source.data)
		rules_error(context, RULES_KEY(RULES_KEY(at, "verification"), "hash"),
			    "source must be specified if verification is specified");
	rules_url(context, RULES_KEY(at, "source"), resource->source);
	if (resource->http_headers.count)
		rules_error(context, RULES_KEY(at, "httpHeaders"), headers_fault(resource->source));
}

const struct schema_check rules_resource[] = { RULES_ALWAYS(check_resource), RULES_END };

static void check_reference(const struct check_context *context, const void *object)
{
	const struct config_resource *reference = object;

	rules_url(context, RULES_KEY(context->path, "source"), reference->source);
}

const struct schema_check rules_reference_3_0[] = {
	{ SPEC_3_0, SPEC_3_0, check_reference },
	RULES_END,
};

/* The source of a CA bundle could not be absent in 3.0, so none is a URL without a scheme. */
static void check_authority(const struct check_context *context, const void *object)
{
	const struct config_resource *authority = object;
	const struct report_path *at = RULES_KEY(context->path, "source");

	if (authority->source.length == 0)
		rules_error(context, at, RULES_URL_SCHEME);
	else
		rules_url(context, at, authority->source);
}

const struct schema_check rules_authority_3_0[] = {
	{ SPEC_3_0, SPEC_3_0, check_authority },
	RULES_END,
};

static void check_header(const struct check_context *context, const void *object)
{
	const struct config_header *header = object;

	if (header->name.length == 0)
		rules_error(context, RULES_KEY(context->path, "name"),
			    "HTTP header name can't be empty");
	if (header->value.data && header->value.length == 0)
		rules_error(context, RULES_KEY(context->path, "value"),
			    "unable to parse HTTP header");
}

const struct schema_check rules_header[] = { RULES_ALWAYS(check_header), RULES_END };

static const struct {
	const char *prefix;
	enum hash_kind kind;
	enum spec_version since;
} hash_functions[] = {
	{ "sha512-", HASH_SHA512, SPEC_3_0 },
	{ "sha256-", HASH_SHA256, SPEC_3_1 },
};

/* The digits themselves are compared when the bytes are there. */
static void check_verification(const struct check_context *context, const void *object)
{
	const struct config_verification *verification = object;
	const struct report_path *at = RULES_KEY(context->path, "hash");
	struct slice hash = verification->hash;

	if (!hash.data)
		return;
	if (!rules_contains(hash, '-')) {
		rules_error(context, at, "malformed hash specifier");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(hash_functions); i++) {
		const char *prefix = hash_functions[i].prefix;

		if (context->version < hash_functions[i].since || !slice_starts(hash, prefix))
			continue;
		if (hash.length - strlen(prefix) != 2 * hash_bytes(hash_functions[i].kind))
			rules_error(context, at, "incorrect size for hash sum");
		return;
	}
	rules_error(context, at, "unrecognized hash function");
}

const struct schema_check rules_verification[] = { RULES_ALWAYS(check_verification), RULES_END };
