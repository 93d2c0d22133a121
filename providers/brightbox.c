/* Brightbox: OpenStack's drive and service under another name (spec providers 4.5). */
#include "providers/openstack.h"

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_SERIAL, "*.brightbox.com" } } },
};

const struct provider provider_brightbox = {
	.name = "brightbox",
	.title = "Brightbox",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "OPENSTACK_HOSTNAME",
		   .private_ipv4 = "OPENSTACK_IPV4_LOCAL",
		   .public_ipv4 = "OPENSTACK_IPV4_PUBLIC" },
	.fetch_config = openstack_fetch_config,
	.fetch_metadata = openstack_fetch_metadata,
};
