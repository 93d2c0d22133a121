/* UpCloud (spec providers 4.10). */
#include "providers/ec2_tree.h"

#define CONFIG_PATH "/metadata/v1/user_data"
#define ROOT	    "/metadata/v1/"

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
	{ "hostname", "UPCLOUD_HOSTNAME", .is_hostname = true },
	{ "instance_id", "UPCLOUD_INSTANCE_ID" },
	{ "region", "UPCLOUD_REGION" },
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
		r = ec2_tree_add_keys(&client, ROOT "public_keys", ret, err);
	return r;
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_VENDOR, "UpCloud" } } },
};

const struct provider provider_upcloud = {
	.name = "upcloud",
	.title = "UpCloud",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "UPCLOUD_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
