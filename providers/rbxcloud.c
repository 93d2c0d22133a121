/* RbxCloud, also HyperOne: a drive (spec providers 5). */
#include <errno.h>

#include "providers/config_drive.h"
#include "providers/members.h"

#define METADATA_PATH "/cloud.json"

static const char *const labels[] = { "CLOUDMD", "cloudmd", NULL };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return config_drive_fetch(context, labels, "/user.data", ret, err);
}

static const struct member_row rows[] = {
	{ "vm._id", "RBXCLOUD_INSTANCE_ID" },
	{ "vm.name", "RBXCLOUD_HOSTNAME", .is_hostname = true },
};

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], METADATA_PATH, &fields, err);

	(void)count;
	if (r == 0)
		r = members_add(fields_top(&fields), rows, ARRAY_SIZE(rows), ret, err);
	return r < 0 ? r
		     : members_add_keys(
			       place_path(fields_top(&fields), "additionalMetadata.sshKeys"),
			       /* member= */ NULL, ret, err);
}

static const struct drive_set files = { .files = { { METADATA_PATH } }, .parser = parse };

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, labels, context->wait_ms, &drive, err);

	(void)parts; /* one file has them all */
	return r < 0 ? r : config_drive_parse(&drive, &files, ret, err);
}

static const struct proof proofs[] = {
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "CLOUDMD" } } },
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "cloudmd" } } },
};

const struct provider provider_rbxcloud = {
	.name = "rbxcloud",
	.title = "RbxCloud",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "RBXCLOUD_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
