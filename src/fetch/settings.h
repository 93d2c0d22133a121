/*
 * settings - what a config or a program may change about fetching.
 */
#ifndef SLIPWAY_FETCH_SETTINGS_H
#define SLIPWAY_FETCH_SETTINGS_H

#include <stdint.h>

#include "base/text.h"
#include "fetch/limits.h"

/* Everything it points at is borrowed by who takes it. */
struct fetch_settings {
	int64_t response_headers_ms; /* for the headers of one attempt; 0: no limit */
	int64_t stall_ms;	 /* a body that brings nothing for so long broke off; 0: no limit */
	int64_t total_ms;	 /* attempts, waits and body; 0: no limit, and it is said */
	struct slice http_proxy; /* for http: only; empty: none */
	struct slice https_proxy; /* for https: only; empty: none */
	const struct slice *no_proxy;
	size_t no_proxy_count;
	const struct slice *authorities; /* PEM bundles, trusted beside the system's */
	size_t authority_count;
	const char *user_agent; /* NULL: "Ignition/<version>" */
};

#define FETCH_SETTINGS_DEFAULT                                                                     \
	((struct fetch_settings){ .response_headers_ms = FETCH_RESPONSE_HEADERS_DEFAULT_MS,        \
				  .total_ms = FETCH_TOTAL_DEFAULT_MS })

#endif
