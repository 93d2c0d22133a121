/*
 * metadata_cache - what a platform said about this machine, kept until the next boot.
 *
 * Owns: one file per platform in /run, for root alone, that counts for the boot in which it was
 * written (spec providers 8.2: the peers' files live as long).  What is not in it is asked for,
 * and nothing else.
 * Leaves to others: asking (the providers).
 */
#ifndef SLIPWAY_PROVIDERS_METADATA_CACHE_H
#define SLIPWAY_PROVIDERS_METADATA_CACHE_H

#include "providers/provider.h"

#define METADATA_CACHE_DIRECTORY "/run/slipway/metadata"

struct metadata_request {
	const struct provider *provider;
	unsigned parts;	       /* enum metadata_part */
	bool ignores_cache;    /* ask the platform, whatever it said before */
	const char *directory; /* NULL: METADATA_CACHE_DIRECTORY */
};

/**
 * metadata_cache_fetch - what the platform says, from the cache or from the platform.
 * @ret: empty on entry; may hold more than was asked for
 *
 * A cache that cannot be read or written is as good as none.
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) when the platform says nothing about its machines; as
 * the provider's fetch_metadata().
 */
int metadata_cache_fetch(const struct provider_context *context,
			 const struct metadata_request *request, struct metadata *ret,
			 struct error *err);

#endif
