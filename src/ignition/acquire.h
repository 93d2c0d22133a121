/*
 * acquire - from a platform to one rendered config.
 *
 * Owns: base configs and their directories (spec ignition 4.5), the order in which user configs are
 * looked for (4.6), fetching what a config refers to, and what of it the state remembers.
 * Leaves to others: parsing and rendering (config), bytes (fetch, providers).
 */
#ifndef SLIPWAY_IGNITION_ACQUIRE_H
#define SLIPWAY_IGNITION_ACQUIRE_H

#include "base/error.h"
#include "base/event.h"
#include "base/hash.h"
#include "base/machine.h"
#include "config/parse.h"
#include "fetch/fetch.h"
#include "ignition/interpret.h"
#include "ignition/state.h"
#include "providers/provider.h"

/* A base config fragment; far above any real one. */
#define BASE_CONFIG_SIZE_MAX ((size_t)16 << 20)

/** acquire_log_report - a line for each entry, as upstream words and rates it. */
void acquire_log_report(const struct event_observer *observer, const struct report *report);

struct acquire_params {
	struct config_pool *pool;	 /* owns what is returned */
	struct state *state;		 /* fetched configs are added */
	const struct provider *platform; /* NULL for acquire_render() alone */
	const struct provider_context *context;
	const struct event_observer *observer;
	/* Which dialects a user config may be in; NULL: Ignition alone. */
	const struct profile *profile;
	const struct attribute_source *attributes;  /* for other dialects; NULL: nobody knows any */
	const struct platform_variables *variables; /* the same */
};

/**
 * acquire_base - the fragments of base.d, and over them those of base.platform.d/<platform>.
 *
 * Return: 0, with an empty config when there are none; -errno when a fragment of base.d is
 * unusable.
 */
int acquire_base(const struct acquire_params *params, const struct config **ret, struct error *err);

/* A user config with the key of the provisioning that it stands for. */
struct acquired {
	const struct config *config; /* rendered */
	char key[HASH_HEX_MAX];	     /* SHA-512 over the digests of all texts that went into it */
};

/**
 * acquire_user - the rendered config of the first provider that has one; the empty config when that
 * one's is empty.
 *
 * Return: 0; ERROR_NEED_NETWORK while offline; -EINVAL, ERROR_VERIFY …
 */
int acquire_user(const struct acquire_params *params, struct acquired *ret, struct error *err);

/**
 * acquire_resolve - fetch, merge and check what @config, which @source was read as, refers to.
 * @ret: key included
 *
 * Return: as acquire_user().
 */
int acquire_resolve(const struct acquire_params *params, const struct source *source,
		    const struct config *config, struct acquired *ret, struct error *err);

/**
 * acquire_render - parse @source, in whatever dialect the profile takes, then acquire_resolve().
 *
 * Return: as acquire_user().
 */
int acquire_render(const struct acquire_params *params, const struct source *source,
		   struct acquired *ret, struct error *err);

#endif
