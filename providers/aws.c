/* Amazon EC2 (spec providers 4.1). */
#include "providers/ec2_tree.h"
#include "providers/fields.h"

#define CONFIG_PATH   "/2019-10-01/user-data"
#define METADATA      "/2021-01-03/meta-data/"
#define IDENTITY_PATH "/2021-01-03/dynamic/instance-identity/document"

static const struct metadata_token token = {
	.path = "/latest/api/token",
	.lifetime = { SLICE_INIT("x-aws-ec2-metadata-token-ttl-seconds"), SLICE_INIT("21600") },
	.header = "X-aws-ec2-metadata-token",
	.is_optional = true,
};

static const char *const bases[] = { "http://169.254.169.254", "http://[fd00:ec2::254]", NULL };

static const struct metadata_service service = { .bases = bases, .token = &token };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);
}

static const struct ec2_leaf leaves[] = {
	{ "instance-id", "AWS_INSTANCE_ID" },
	{ "instance-type", "AWS_INSTANCE_TYPE" },
	{ "local-ipv4", "AWS_IPV4_LOCAL" },
	{ "public-ipv4", "AWS_IPV4_PUBLIC" },
	{ "ipv6", "AWS_IPV6" },
	{ "placement/availability-zone", "AWS_AVAILABILITY_ZONE" },
	{ "placement/availability-zone-id", "AWS_AVAILABILITY_ZONE_ID" },
	{ "hostname", "AWS_HOSTNAME", .is_hostname = true },
	{ "public-hostname", "AWS_PUBLIC_HOSTNAME" },
};

static const struct ec2_leaf hostname_leaf[] = { { "hostname", .is_hostname = true } };

static int parse_identity(const struct slice *documents, size_t count, struct metadata *ret,
			  struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], "the instance identity document", &fields, err);

	(void)count;
	return r < 0 ? r
		     : metadata_add_attribute(ret, "AWS_REGION",
					      place_member_text(fields_top(&fields), "region"),
					      err);
}

static int add_region(struct metadata_client *client, struct metadata *ret, struct error *err)
{
	struct metadata_item item = { .path = IDENTITY_PATH };
	int r = metadata_http_get_all(client, &item, 1, err);
	const struct slice document = metadata_http_item_text(&item);

	if (r == 0 && document.length)
		r = metadata_parse(parse_identity, &document, 1, ret, err);
	metadata_http_items_done(&item, 1);
	return r;
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	int r = 0;

	if (parts & METADATA_ATTRIBUTES)
		r = ec2_tree_add_leaves(&client, METADATA, leaves, ARRAY_SIZE(leaves), ret, err);
	if (r == 0 && (parts & METADATA_ATTRIBUTES))
		r = add_region(&client, ret, err);
	if (r == 0 && (parts & METADATA_KEYS))
		r = ec2_tree_add_keys(&client, METADATA "public-keys", ret, err);
	/* It came with the attributes. */
	if (r == 0 && (parts & METADATA_HOSTNAME) && !(parts & METADATA_ATTRIBUTES))
		r = ec2_tree_add_leaves(&client, METADATA, hostname_leaf, ARRAY_SIZE(hostname_leaf),
					ret, err);
	return r;
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_XEN_UUID, "ec2*" } } },
	{ PROOF_PLATFORM, { { FACT_UUID, "[eE][cC]2*" } } },
	/* SMBIOS 2.4 has the first group in the other byte order: "45E12AEC-…" */
	{ PROOF_PLATFORM, { { FACT_UUID, "????2[0-9a-fA-F][eE][cC]-*" } } },
};

const struct provider provider_aws = {
	.name = "aws",
	.title = "Amazon EC2",
	.aliases = { "ec2" },
	.coreos_word = "EC2",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "AWS_HOSTNAME",
		   .private_ipv4 = "AWS_IPV4_LOCAL",
		   .public_ipv4 = "AWS_IPV4_PUBLIC",
		   .public_ipv6 = "AWS_IPV6" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
	.credentials = &credential_ec2,
};
