/*
 * nocloud_seed - where NoCloud's files are: user-data, meta-data (spec providers 3.1, 5).
 *
 * Owns: the order of the places: what the kernel command line or the serial number names, a drive
 * labelled "cidata", a directory of the image; and that a seed may name another one.
 */
#ifndef SLIPWAY_PROVIDERS_NOCLOUD_SEED_H
#define SLIPWAY_PROVIDERS_NOCLOUD_SEED_H

#include "providers/config_drive.h"
#include "providers/nocloud_argument.h"

struct nocloud_seed {
	struct nocloud_argument argument; /* whose host name and id count before the seed's */
	struct config_drive drive;	  /* device NULL: it is none */
	char *prefix;			  /* of the files' names otherwise: URL, or a path; owned */
};

/**
 * nocloud_seed_find - wait until there is one.
 * @ret: release with nocloud_seed_done(), also on failure
 *
 * Return: 0; -ETIMEDOUT (ERROR_TIMEOUT); ERROR_NEED_NETWORK; -EINVAL (ERROR_INPUT) for an address
 * that nothing can be fetched from.
 */
int nocloud_seed_find(const struct provider_context *context, struct nocloud_seed *ret,
		      struct error *err);
void nocloud_seed_done(struct nocloud_seed *seed);

/**
 * nocloud_seed_read - the file @name of @seed.
 * @ret: empty on entry
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND); of drives, files and fetches.
 */
int nocloud_seed_read(const struct provider_context *context, const struct nocloud_seed *seed,
		      const char *name, struct provider_config *ret, struct error *err);

DEFINE_DONE(struct nocloud_seed, nocloud_seed_done)

#endif
