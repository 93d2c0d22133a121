/* IBM Cloud VPC: NoCloud's drive (spec providers 4.12). */
#include "providers/config_drive.h"
#include "providers/members.h"
#include "providers/mime.h"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return config_drive_fetch(context, config_drive_nocloud, "/user-data", ret, err);
}

static const struct member_row rows[] = {
	{ "instance-id", "IBMCLOUD_INSTANCE_ID" },
	{ "local-hostname", "IBMCLOUD_LOCAL_HOSTNAME", .is_hostname = true },
};

/* The keys are in the cloud-config of a multipart message. */
static int add_keys(struct slice vendor_data, struct metadata *ret, struct error *err)
{
	AUTO(text_done) struct text part = TEXT_INIT(METADATA_BODY_MAX);
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = mime_find_part(vendor_data, "text/cloud-config", &part, err);

	if (r < 0)
		return error_wrap(err, r, "vendor-data");
	if (part.length == 0)
		return 0;
	r = fields_of_yaml(text_slice(&part), "vendor-data", &fields, err);
	return r < 0 ? r
		     : members_add_keys(place_member(fields_top(&fields), "ssh_authorized_keys"),
					/* member= */ NULL, ret, err);
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_yaml(documents[0], "meta-data", &fields, err);

	(void)count;
	if (r == 0)
		r = members_add(fields_top(&fields), rows, ARRAY_SIZE(rows), ret, err);
	return r < 0 ? r : add_keys(documents[1], ret, err);
}

static const struct drive_set files = {
	.files = { { "/meta-data" }, { "/vendor-data", .is_optional = true } },
	.parser = parse,
};

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, config_drive_nocloud, context->wait_ms, &drive, err);

	(void)parts;
	ret->parts = METADATA_ALL; /* two files have them all */
	return r < 0 ? r : config_drive_parse(&drive, &files, ret, err);
}

const struct provider provider_ibmcloud = {
	.name = "ibmcloud",
	.title = "IBM Cloud VPC",
	.roles = { .hostname = "IBMCLOUD_LOCAL_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
