/*
 * drive_or_service - a user config on the OpenStack-like drive or at a metadata service, whichever
 * has one (spec providers 4.5, 4.11).
 *
 * Owns: who is asked when, and when it is certain that there is no config: not before both said so,
 * or one did and the other had its time.
 */
#ifndef SLIPWAY_PROVIDERS_DRIVE_OR_SERVICE_H
#define SLIPWAY_PROVIDERS_DRIVE_OR_SERVICE_H

#include "providers/provider.h"

struct search_places {
	const char *name; /* of an empty config */
	const char *path; /* on the drive "config-2" */
	/*
	 * Ask the service, without a second attempt.
	 * Return: 0, empty when it has no config; ERROR_NETWORK or ERROR_TIMEOUT: ask again later.
	 */
	int (*ask_once)(const struct provider_context *context, struct provider_config *ret,
			struct error *err);
};

/** drive_or_service - search @places; a timeout when neither appears, an error when it refuses. */
int drive_or_service(const struct provider_context *context, const struct search_places *places,
		     struct provider_config *ret, struct error *err);

#endif
