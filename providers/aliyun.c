/* Alibaba Cloud (spec providers 4.10). */
#include "providers/ec2_tree.h"

#define CONFIG_PATH "/latest/user-data"
#define METADATA    "/latest/meta-data/"

static const char *const bases[] = { "http://100.100.100.200", NULL };

/* Machines in hardened mode get nothing without. */
static const struct metadata_token token = {
	.path = "/latest/api/token",
	.lifetime = { SLICE_INIT("X-aliyun-ecs-metadata-token-ttl-seconds"), SLICE_INIT("21600") },
	.header = "X-aliyun-ecs-metadata-token",
	.is_optional = true,
};

static const struct metadata_service service = { .bases = bases, .token = &token };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);
}

static const struct ec2_leaf leaves[] = {
	{ "eipv4", "ALIYUN_EIPV4" },
	{ "hostname", "ALIYUN_HOSTNAME", .is_hostname = true },
	{ "image-id", "ALIYUN_IMAGE_ID" },
	{ "instance-id", "ALIYUN_INSTANCE_ID" },
	{ "instance/instance-type", "ALIYUN_INSTANCE_TYPE" },
	{ "private-ipv4", "ALIYUN_IPV4_PRIVATE" },
	{ "public-ipv4", "ALIYUN_IPV4_PUBLIC" },
	{ "region-id", "ALIYUN_REGION_ID" },
	{ "vpc-id", "ALIYUN_VPC_ID" },
	{ "zone-id", "ALIYUN_ZONE_ID" },
};

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	int r = 0;

	if (parts & (METADATA_ATTRIBUTES | METADATA_HOSTNAME))
		r = ec2_tree_add_leaves(&client, METADATA, leaves, ARRAY_SIZE(leaves), ret, err);
	if (r == 0 && (parts & METADATA_KEYS))
		r = ec2_tree_add_keys(&client, METADATA "public-keys/", ret, err);
	return r;
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_PRODUCT, "Alibaba Cloud ECS" } } },
};

const struct provider provider_aliyun = {
	.name = "aliyun",
	.title = "Alibaba Cloud",
	.aliases = { "ali" },
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "ALIYUN_HOSTNAME",
		   .private_ipv4 = "ALIYUN_IPV4_PRIVATE",
		   .public_ipv4 = "ALIYUN_IPV4_PUBLIC" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
