/*
 * resolve - follow ignition.config.merge and .replace without doing any I/O.
 *
 * Owns: the order of rendering (spec ignition 4.1), which settings are in force for each fetch
 * (4.4), loops and depth, the rewriting of certificate authorities (5.3). It is pulled:
 * config_resolve_next() says what is needed, the caller fetches it, and config_resolve_feed() goes
 * on.
 */
#ifndef SLIPWAY_CONFIG_RESOLVE_H
#define SLIPWAY_CONFIG_RESOLVE_H

#include "base/error.h"
#include "base/report.h"
#include "config/pool.h"
#include "config/schema.h"

/* Chains deeper than this are a mistake; upstream would recurse until memory ends. */
#define CONFIG_RESOLVE_DEPTH_MAX 64
/* Referenced configs in one rendering. */
#define CONFIG_RESOLVE_FETCHES_MAX 1024

/* What the fetcher is to use now; pointers live in the pool. */
struct config_fetch_settings {
	const struct config_timeouts *timeouts;
	const struct config_list *certificate_authorities; /* struct config_resource */
	const struct config_proxy *proxy;
};

/* One thing to fetch. */
struct config_need {
	const struct config_resource *resource;
	struct config_fetch_settings settings;
	bool is_replace;
};

struct config_resolver;

/**
 * config_resolver_new - begin to render @root, whose fetch settings count from the start.
 * A config source that a chain leads back to is taken for a loop.
 * Free with config_resolver_free(); results live in @pool.
 */
struct config_resolver *config_resolver_new(struct config_pool *pool, const struct config *root);
void config_resolver_free(struct config_resolver *resolver);

/**
 * config_resolve_next - what is needed next.
 * @ret: valid until the next call; filled when 1 is returned
 *
 * Return: 1: fetch @ret and feed it; 0: rendering is complete; -ELOOP when a config leads to
 * itself, -E2BIG beyond the ceilings (ERROR_INPUT).
 */
int config_resolve_next(struct config_resolver *resolver, struct config_need *ret,
			struct error *err);

/**
 * config_resolve_feed - the bytes that were asked for, decompressed and verified.
 * @source: in the pool
 * @report: entries of the child config are added
 *
 * Return: as config_parse().
 */
int config_resolve_feed(struct config_resolver *resolver, const struct source *source,
			struct report *report, struct error *err);

/** config_resolve_result - the rendered config, once config_resolve_next() has returned 0. */
const struct config *config_resolve_result(const struct config_resolver *resolver);

/** config_resolve_settings - the fetch settings in force after rendering. */
struct config_fetch_settings config_resolve_settings(const struct config_resolver *resolver);

/**
 * config_embed_authorities - @config with each certificate authority as a data URL of its bytes, so
 * that later stages need no network for them (spec ignition 5.3).
 * @bundles: the bytes of each entry of ignition.security.tls.certificateAuthorities, decompressed
 *
 * Return: a config in @pool that shares everything else with @config.
 */
const struct config *config_embed_authorities(struct config_pool *pool, const struct config *config,
					      const struct slice *bundles);

/**
 * config_needs_network - whether applying @config needs the network (spec ignition 5.9, c).
 * @ret_why: may be NULL; origin-bearing description of the first cause, in @pool
 */
bool config_needs_network(struct config_pool *pool, const struct config *config,
			  const char **ret_why);

DEFINE_RELEASE(struct config_resolver *, config_resolver_free)

#endif
