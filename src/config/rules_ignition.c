/* rules_ignition - the version, and from where and how configs are fetched. */
#include "config/rules_common.h"

#include <errno.h>

#include "base/url.h"
#include "config/version.h"

/* After decoding the version is what it must be; a merge may have brought in another. */
static void check_version(const struct check_context *context, const void *object)
{
	const struct config_ignition *ignition = object;
	AUTO(error_done) struct error err = ERROR_INIT;
	enum spec_version version;

	if (spec_version_parse(ignition->version, &version, &err) == 0 &&
	    version != context->version)
		error_set(&err, ERROR_INPUT, EINVAL, "unsupported config version");
	rules_error(context, RULES_KEY(context->path, "version"), err.text);
}

const struct schema_check rules_ignition[] = { RULES_ALWAYS(check_version), RULES_END };

/* Each of @list needs a source, and a bad one is said here as well as at the source itself. */
static void check_sources(const struct check_context *context, const struct report_path *list_path,
			  const struct config_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct slice source = CONFIG_AT(struct config_resource, list, i)->source;

		if (source.length == 0)
			rules_error(context, RULES_INDEX(list_path, i), "source is required");
		else
			rules_url(context, RULES_INDEX(list_path, i), source);
	}
}

static void check_refs(const struct check_context *context, const void *object)
{
	const struct config_refs *refs = object;

	check_sources(context, RULES_KEY(context->path, "merge"), &refs->merge);
}

const struct schema_check rules_refs[] = { { SPEC_3_1, SPEC_NEWEST, check_refs }, RULES_END };

static void check_tls(const struct check_context *context, const void *object)
{
	const struct config_tls *tls = object;

	check_sources(context, RULES_KEY(context->path, "certificateAuthorities"),
		      &tls->certificate_authorities);
}

const struct schema_check rules_tls[] = { { SPEC_3_1, SPEC_NEWEST, check_tls }, RULES_END };

static const char *proxy_fault(struct slice proxy, struct url *ret_url)
{
	if (url_parse(proxy, ret_url, /* err= */ NULL) < 0)
		return RULES_URL_UNPARSEABLE;
	if (!rules_scheme_is(ret_url->scheme, "http") && !rules_scheme_is(ret_url->scheme, "https"))
		return "proxies must be http(s)";
	return NULL;
}

static void check_proxy(const struct check_context *context, const void *object)
{
	const struct config_proxy *proxy = object;
	const struct report_path *https_path = RULES_KEY(context->path, "httpsProxy");
	struct url url;

	if (proxy->http_proxy.data)
		rules_error(context, RULES_KEY(context->path, "httpProxy"),
			    proxy_fault(proxy->http_proxy, &url));
	if (!proxy->https_proxy.data)
		return;

	const char *fault = proxy_fault(proxy->https_proxy, &url);

	rules_error(context, https_path, fault);
	if (!fault && rules_scheme_is(url.scheme, "http"))
		rules_warn(context, https_path,
			   "insecure plaintext HTTP proxy specified for HTTPS resources");
}

const struct schema_check rules_proxy[] = { RULES_ALWAYS(check_proxy), RULES_END };
