#include "fetch/redirect.h"

#include <errno.h>
#include <strings.h>

#include "base/url.h"
#include "fetch/address.h"
#include "fetch/limits.h"

static bool is_scheme(const struct url *url, const char *name)
{
	return url->scheme.length == strlen(name) &&
	       strncasecmp(url->scheme.data, name, url->scheme.length) == 0;
}

static bool is_link_local(struct slice host)
{
	struct address address;
	struct slice name;
	struct slice port;

	address_split_host(host, &name, &port);
	return address_parse(name, &address) && address_is_link_local(&address);
}

static int refuse(struct error *err, int errnum, const char *why)
{
	return error_set(err, ERROR_NETWORK_FINAL, errnum, "%s", why);
}

int redirect_check(struct slice from, struct slice to, unsigned count, struct error *err)
{
	struct url source = { 0 };
	struct url target = { 0 };

	if (count > FETCH_REDIRECTS_MAX)
		return error_set(err, ERROR_NETWORK_FINAL, ELOOP, "more than %d redirects",
				 FETCH_REDIRECTS_MAX);
	if (url_parse(from, &source, /* err= */ NULL) < 0 ||
	    url_parse(to, &target, /* err= */ NULL) < 0 || target.host.length == 0)
		return refuse(err, EINVAL, "redirected to what is no URL");
	if (!is_scheme(&target, "http") && !is_scheme(&target, "https"))
		return refuse(err, EPERM, "redirected to neither http nor https");
	if (is_scheme(&source, "https") && is_scheme(&target, "http"))
		return refuse(err, EPERM, "redirected from https to http");
	if (is_link_local(target.host))
		return refuse(err, EPERM, "redirected to a link-local address");
	return 0;
}
