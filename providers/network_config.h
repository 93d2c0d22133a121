/*
 * network_config - static addresses in what a drive says about the network (spec providers 3.1).
 *
 * Owns: where they stand in cloud-init's versions 1 and 2, and in OpenStack's network_data.json.
 * Made for workers.
 */
#ifndef SLIPWAY_PROVIDERS_NETWORK_CONFIG_H
#define SLIPWAY_PROVIDERS_NETWORK_CONFIG_H

#include "providers/fields.h"

/* Of one interface, without prefix lengths; absent where it has none. */
struct static_addresses {
	struct slice ipv4;
	struct slice ipv6;
};

enum network_choice {
	NETWORK_FIRST_STATIC,	/* first interface with an address, its first of each family */
	NETWORK_FIRST_LAST_WINS /* first interface, its last of each family */
};

/** network_config_addresses - of a network-config of version 1 or 2; @top is its document. */
struct static_addresses network_config_addresses(struct place top, enum network_choice choice);
/** network_data_addresses - of OpenStack's network_data.json: the first link with an address. */
struct static_addresses network_data_addresses(struct place top);

#endif
