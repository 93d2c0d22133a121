/*
 * network - what a config says about fetching, put into force.
 *
 * Owns: timeouts, proxies and certificate authorities of a config as settings of the fetcher (spec
 * ignition 4.4, 5.3), and resources of a config as requests.  Authorities are fetched once.
 */
#ifndef SLIPWAY_IGNITION_NETWORK_H
#define SLIPWAY_IGNITION_NETWORK_H

#include "base/arena.h"
#include "config/resolve.h"
#include "fetch/fetch.h"

struct network;

/** network_new - for @fetcher, borrowed; requests live in the arena of @pool. */
struct network *network_new(struct fetcher *fetcher, struct config_pool *pool);
void network_free(struct network *network);

/**
 * network_apply - let @settings count for what is fetched from now on.
 *
 * Return: 0; as fetch_stream() for an authority that cannot be had; ERROR_INPUT when one is no PEM.
 */
int network_apply(struct network *network, const struct config_fetch_settings *settings,
		  struct error *err);

/** network_settings_of - the settings that @config itself makes. */
struct config_fetch_settings network_settings_of(const struct config *config);

/**
 * network_embed - @config with its authorities as data URLs.
 * @ret: in the pool; @config itself when there are none
 *
 * Return: as network_apply().
 */
int network_embed(struct network *network, const struct config *config, const struct config **ret,
		  struct error *err);

/** network_request - @resource as a request; the header list is in @arena. */
struct fetch_request network_request(const struct config_resource *resource, struct arena *arena);

/** network_use - from now on @fetcher fetches as @config says.  Return: as network_apply(). */
int network_use(struct fetcher *fetcher, struct config_pool *pool, const struct config *config,
		struct error *err);

DEFINE_RELEASE(struct network *, network_free)

#endif
