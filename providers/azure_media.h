/*
 * azure_media - the DVD that Azure attaches to a new machine (spec providers 4.3).
 *
 * Owns: which drives are looked at (CD-ROM drives with a disc in them, and with ovf-env.xml on it),
 * the bounded wait for one, the config on it.
 */
#ifndef SLIPWAY_PROVIDERS_AZURE_MEDIA_H
#define SLIPWAY_PROVIDERS_AZURE_MEDIA_H

#include "providers/provider.h"

/**
 * azure_media_get_config - CustomData.bin of the DVD, as it is; none on it is an empty config.
 * @types: NULL-terminated filesystem types that a DVD may have
 *
 * Return: 0; -ETIMEDOUT (ERROR_TIMEOUT) when no such DVD appears in time.
 */
int azure_media_get_config(const struct provider_context *context, const char *const *types,
			   struct provider_config *ret, struct error *err);

#endif
