/* OpenStack's metadata service, whatever drives there are: an id of the agents only. */
#include "providers/openstack.h"

const struct provider provider_openstack_metadata = {
	.name = "openstack-metadata",
	.title = "OpenStack's metadata service",
	.needs_network = true,
	.roles = { .hostname = "OPENSTACK_HOSTNAME",
		   .private_ipv4 = "OPENSTACK_IPV4_LOCAL",
		   .public_ipv4 = "OPENSTACK_IPV4_PUBLIC" },
	.fetch_metadata = openstack_ask_metadata,
};
