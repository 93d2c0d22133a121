/* CloudStack's metadata service, whatever drives there are: an id of the agents only. */
#include "providers/cloudstack.h"

const struct provider provider_cloudstack_metadata = {
	.name = "cloudstack-metadata",
	.title = "CloudStack's metadata service",
	.needs_network = true,
	.roles = { .hostname = "CLOUDSTACK_LOCAL_HOSTNAME",
		   .private_ipv4 = "CLOUDSTACK_IPV4_LOCAL",
		   .public_ipv4 = "CLOUDSTACK_IPV4_PUBLIC" },
	.fetch_metadata = cloudstack_ask_metadata,
};
