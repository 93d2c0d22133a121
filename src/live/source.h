/*
 * source - where coreos-cloudinit gets user data and metadata from.
 *
 * Owns: the table of sources by the names of their options (spec configs 1.4), and those that no
 * provider has: EC2's tree of 2009, a mounted config drive, the directory of Azure's agent.
 * Leaves to others: every other platform (providers), one request (fetch).
 */
#ifndef SLIPWAY_LIVE_SOURCE_H
#define SLIPWAY_LIVE_SOURCE_H

#include "providers/provider.h"

/* Upstream's wait for any source (spec configs 1.4). */
#define SOURCE_WAIT_MS ((int64_t)5 * 60 * 1000)

struct source_kind {
	const char *option; /* "ec2-metadata", of -from-ec2-metadata */
	const char *type;   /* "ec2-metadata-service", in messages */
	/* As fetch_config of a provider; @place is the option's value, "" where it has none. */
	int (*fetch_config)(const struct provider_context *context, const char *place,
			    struct provider_config *ret, struct error *err);
	/* As fetch_metadata of a provider; NULL: there is none. */
	int (*fetch_metadata)(const struct provider_context *context, const char *place,
			      struct metadata *ret, struct error *err);
	/* Network data, empty where there is none; NULL: there is none, ever. */
	int (*fetch_network)(const struct provider_context *context, const char *place,
			     struct provider_config *ret, struct error *err);
	const struct provider *provider; /* that does both; NULL: the functions do */
	struct provider_roles roles;	 /* of the functions' attributes */
};

/** source_find - the source of "-from-<option>"; NULL: there is none. */
const struct source_kind *source_find(const char *option);

/** source_fetch_config - the user data at @place; none is empty.  Return: as of a provider. */
int source_fetch_config(const struct source_kind *kind, const struct provider_context *context,
			const char *place, struct provider_config *ret, struct error *err);

/** source_fetch_metadata - keys, addresses and host name.  Return: as of a provider. */
int source_fetch_metadata(const struct source_kind *kind, const struct provider_context *context,
			  const char *place, struct metadata *ret, struct error *err);

/**
 * source_fetch_network - network data as the platform has it; none is empty.
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) when the source never has any; as of a provider.
 */
int source_fetch_network(const struct source_kind *kind, const struct provider_context *context,
			 const char *place, struct provider_config *ret, struct error *err);

/** source_roles - which attributes are the addresses. */
const struct provider_roles *source_roles(const struct source_kind *kind);

#endif
