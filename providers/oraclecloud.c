/* Oracle Cloud Infrastructure (spec providers 4.10). */
#include "providers/encoding.h"
#include "providers/members.h"

#define INSTANCE_PATH "/opc/v2/instance"
#define CONFIG_PATH   INSTANCE_PATH "/metadata/user_data"

static const char *const bases[] = { "http://169.254.169.254", "http://[fd00:c1::a9fe:a9fe]",
				     NULL };

static const struct fetch_header headers[] = {
	{ SLICE_INIT("Authorization"), SLICE_INIT("Bearer Oracle") },
};

static const unsigned retry_statuses[] = { 429 };

static const struct metadata_service service = {
	.bases = bases,
	.headers = headers,
	.header_count = ARRAY_SIZE(headers),
	.retry_statuses = retry_statuses,
	.retry_status_count = ARRAY_SIZE(retry_statuses),
};

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	int r = metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);

	return r < 0 ? r : encoding_decode_base64(ret, err);
}

static const struct member_row rows[] = {
	{ "availabilityDomain", "ORACLECLOUD_AVAILABILITY_DOMAIN" },
	{ "compartmentId", "ORACLECLOUD_COMPARTMENT_ID" },
	{ "faultDomain", "ORACLECLOUD_FAULT_DOMAIN" },
	{ "hostname", "ORACLECLOUD_HOSTNAME", .is_hostname = true },
	{ "id", "ORACLECLOUD_INSTANCE_ID" },
	{ "shape", "ORACLECLOUD_INSTANCE_SHAPE" },
	{ "canonicalRegionName", "ORACLECLOUD_REGION_ID" },
};

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], INSTANCE_PATH, &fields, err);

	(void)count;
	if (r == 0)
		r = members_add(fields_top(&fields), rows, ARRAY_SIZE(rows), ret, err);
	if (r < 0)
		return r;
	return metadata_add_keys(
		ret, /* user= */ NULL,
		place_text(place_path(fields_top(&fields), "metadata.ssh_authorized_keys")), err);
}

static const struct document_set documents = { .rows = { { INSTANCE_PATH } }, .parser = parse };

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	(void)parts;
	ret->parts = METADATA_ALL; /* one document has them all */
	return members_fetch(&client, &documents, ret, err);
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "OracleCloud.com" } } },
};

const struct provider provider_oraclecloud = {
	.name = "oraclecloud",
	.title = "Oracle Cloud Infrastructure",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "ORACLECLOUD_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
