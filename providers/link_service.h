/*
 * link_service - a metadata service at 169.254.169.254, and at fe80::a9fe:a9fe of each link.
 *
 * Owns: which links those are now.
 */
#ifndef SLIPWAY_PROVIDERS_LINK_SERVICE_H
#define SLIPWAY_PROVIDERS_LINK_SERVICE_H

#include "providers/metadata_http.h"

/* Enough for real hosts; a service is reached over one of the first. */
#define LINK_SERVICE_BASES_MAX 16

struct link_service {
	struct metadata_service rules;
	/* The first is a constant, the others are owned; NULL ends them. */
	const char *bases[LINK_SERVICE_BASES_MAX + 1];
};

/**
 * link_service_init - with the links that are up now.
 * @ret: must stay where it is; release with link_service_done()
 * @attempts_max: 0: as many as the total time allows
 */
void link_service_init(struct link_service *ret, unsigned attempts_max);
void link_service_done(struct link_service *service);

DEFINE_DONE(struct link_service, link_service_done)

#endif
