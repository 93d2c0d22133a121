/* IBM Cloud's classic infrastructure: OpenStack's drive, without a config (spec providers 4.12). */
#include "providers/config_drive.h"
#include "providers/members.h"

#define METADATA_PATH "/openstack/latest/meta_data.json"
/* A serial number that its drives have, and others have not. */
#define UUID_LINK "dev/disk/by-uuid/9796-932E"

static const struct member_row rows[] = {
	{ "uuid", "IBMCLOUD_CLASSIC_INSTANCE_ID" },
	{ "hostname", "IBMCLOUD_CLASSIC_LOCAL_HOSTNAME", .is_hostname = true },
};

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], METADATA_PATH, &fields, err);

	(void)count;
	return r < 0 ? r : members_add(fields_top(&fields), rows, ARRAY_SIZE(rows), ret, err);
}

static const struct drive_set files = { .files = { { METADATA_PATH } }, .parser = parse };

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, config_drive_openstack, context->wait_ms, &drive, err);

	(void)parts;
	ret->parts = METADATA_ALL; /* one file has them all */
	return r < 0 ? r : config_drive_parse(&drive, &files, ret, err);
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_HYPERVISOR, "xen" }, { FACT_LABEL, "METADATA" } } },
	{ PROOF_PLATFORM,
	  { { FACT_HYPERVISOR, "xen" }, { FACT_LABEL, "config-2" }, { FACT_PATH, UUID_LINK } } },
};

const struct provider provider_ibmcloud_classic = {
	.name = "ibmcloud-classic",
	.title = "IBM Cloud, classic infrastructure",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "IBMCLOUD_CLASSIC_LOCAL_HOSTNAME" },
	.fetch_metadata = fetch_metadata,
};
