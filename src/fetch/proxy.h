/*
 * proxy - which proxy a URL is fetched through, by the rules of Go's httpproxy.
 *
 * Owns: httpProxy, httpsProxy and noProxy of a config (spec ignition 5.7).  Variables of the
 * environment mean nothing here.  Pure.
 */
#ifndef SLIPWAY_FETCH_PROXY_H
#define SLIPWAY_FETCH_PROXY_H

#include "base/url.h"
#include "fetch/settings.h"

/**
 * proxy_choose - the proxy for @url; absent for none.
 *
 * localhost, loopback and link-local addresses are never proxied.  The result may lack a scheme:
 * it is http then.
 */
struct slice proxy_choose(const struct fetch_settings *settings, const struct url *url);

#endif
