/*
 * live - a CoreOS cloud-config or script for a system that runs, as coreos-cloudinit applies it.
 *
 * Owns: what becomes of each key there (spec configs 1.8, 1.9, 1.10), where that is not what the
 * first boot makes of it: runtime units, commands, groups of keys, edited lines.
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_LIVE_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_LIVE_H

#include "config/front_end.h"
#include "config/live_model.h"
#include "config/netconf.h"

enum cloud_address {
	CLOUD_PUBLIC_IPV4,
	CLOUD_PRIVATE_IPV4,
	CLOUD_PUBLIC_IPV6,
	CLOUD_PRIVATE_IPV6,
	CLOUD_ADDRESS_COUNT,
};

/* What is known of the machine; strings are borrowed while the pool lives. */
struct cloud_machine {
	struct slice addresses[CLOUD_ADDRESS_COUNT]; /* empty: there is none */
	struct slice hostname; /* of the platform: counts where the config has none */
	struct slice current_hostname;
	struct slice key_group;	  /* "coreos-cloudinit" */
	const struct slice *keys; /* of the platform, for user core */
	size_t key_count;
	const struct netconf_unit *network; /* placed in /run/systemd/network */
	size_t network_count;
};

/** cloud_address_attribute - "public_ipv4"; static. */
const char *cloud_address_attribute(enum cloud_address address);

/** cloud_address_variable - "COREOS_PUBLIC_IPV4"; static. */
const char *cloud_address_variable(enum cloud_address address);

/**
 * cloud_config_live - lower one text, or no text at all, which leaves what the platform says.
 *
 * Return: as struct front_end.lower.
 */
int cloud_config_live(const struct front_end_input *input, const struct cloud_machine *machine,
		      struct live_config *ret, struct error *err);

#endif
