/*
 * vmware - configs in guestinfo and in the OVF environment, through any port.
 */
#ifndef SLIPWAY_PROVIDERS_VMWARE_H
#define SLIPWAY_PROVIDERS_VMWARE_H

#include "providers/backdoor.h"
#include "providers/provider.h"

/** vmware_get_config - as fetch_config of a provider, of the host behind @port. */
int vmware_get_config(const struct backdoor *port, const struct provider_context *context,
		      struct provider_config *ret, struct error *err);

/** vmware_remove_config - as delete_config of a provider. */
int vmware_remove_config(const struct backdoor *port, struct error *err);

#endif
