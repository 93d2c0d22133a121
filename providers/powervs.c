/* IBM Power Virtual Server: OpenStack's drive (spec providers 4.12). */
#include "providers/config_drive.h"
#include "providers/members.h"

#define METADATA_PATH "/openstack/latest/meta_data.json"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return config_drive_fetch(context, config_drive_openstack, "/openstack/latest/user_data",
				  ret, err);
}

static const struct member_row rows[] = {
	{ "uuid", "POWERVS_INSTANCE_ID" },
	{ "hostname", "POWERVS_LOCAL_HOSTNAME", .is_hostname = true },
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
		     : members_add_keys(place_member(fields_top(&fields), "public_keys"),
					/* member= */ NULL, ret, err);
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

const struct provider provider_powervs = {
	.name = "powervs",
	.title = "IBM Power Virtual Server",
	.roles = { .hostname = "POWERVS_LOCAL_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
