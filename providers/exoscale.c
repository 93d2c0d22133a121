/* Exoscale (spec providers 4.10). */
#include "providers/ec2_tree.h"

#define CONFIG_PATH "/1.0/user-data"
#define ROOT	    "/1.0/meta-data/"

static const char *const bases[] = { "http://169.254.169.254", NULL };

static const struct metadata_service service = { .bases = bases };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);
}

static const struct ec2_leaf leaves[] = {
	{ "availability-zone", "EXOSCALE_AVAILABILITY_ZONE" },
	{ "cloud-identifier", "EXOSCALE_CLOUD_IDENTIFIER" },
	{ "instance-id", "EXOSCALE_INSTANCE_ID" },
	{ "local-hostname", "EXOSCALE_LOCAL_HOSTNAME", .is_hostname = true },
	{ "local-ipv4", "EXOSCALE_LOCAL_IPV4" },
	{ "public-hostname", "EXOSCALE_PUBLIC_HOSTNAME" },
	{ "public-ipv4", "EXOSCALE_PUBLIC_IPV4" },
	{ "service-offering", "EXOSCALE_SERVICE_OFFERING" },
	{ "vm-id", "EXOSCALE_VM_ID" },
};

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	int r = 0;

	if (parts & (METADATA_ATTRIBUTES | METADATA_HOSTNAME))
		r = ec2_tree_add_leaves(&client, ROOT, leaves, ARRAY_SIZE(leaves), ret, err);
	if (r == 0 && (parts & METADATA_KEYS))
		r = ec2_tree_add_keys(&client, ROOT "public-keys", ret, err);
	return r;
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_PRODUCT, "Exoscale*" } } },
};

const struct provider provider_exoscale = {
	.name = "exoscale",
	.title = "Exoscale",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "EXOSCALE_LOCAL_HOSTNAME",
		   .private_ipv4 = "EXOSCALE_LOCAL_IPV4",
		   .public_ipv4 = "EXOSCALE_PUBLIC_IPV4" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
