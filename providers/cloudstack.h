/*
 * cloudstack - the service of the DHCP server, and the config drive (spec providers 4.11).
 *
 * Owns: what the ids of the engine and of the agents share.
 */
#ifndef SLIPWAY_PROVIDERS_CLOUDSTACK_H
#define SLIPWAY_PROVIDERS_CLOUDSTACK_H

#include "providers/provider.h"

/** cloudstack_ask_metadata - from the DHCP server. */
int cloudstack_ask_metadata(const struct provider_context *context, unsigned parts,
			    struct metadata *ret, struct error *err);
/** cloudstack_read_drive - from the drive. */
int cloudstack_read_drive(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err);

#endif
