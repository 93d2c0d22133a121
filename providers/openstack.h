/*
 * openstack - the config drive and the metadata service of OpenStack (spec providers 3.1, 4.5).
 *
 * Owns: what the platforms share that are OpenStack under another name.
 */
#ifndef SLIPWAY_PROVIDERS_OPENSTACK_H
#define SLIPWAY_PROVIDERS_OPENSTACK_H

#include "providers/provider.h"

/** openstack_fetch_config - from the drive or the service, whichever has one. */
int openstack_fetch_config(const struct provider_context *context, struct provider_config *ret,
			   struct error *err);
/** openstack_fetch_metadata - from the drive when there is one, else from the service. */
int openstack_fetch_metadata(const struct provider_context *context, unsigned parts,
			     struct metadata *ret, struct error *err);
/** openstack_ask_metadata - from the service, whatever drives there are. */
int openstack_ask_metadata(const struct provider_context *context, unsigned parts,
			   struct metadata *ret, struct error *err);

#endif
