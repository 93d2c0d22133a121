/* KubeVirt: OpenStack's drive or NoCloud's (spec providers 4.8). */
#include <errno.h>

#include "base/alloc.h"
#include "providers/config_drive.h"
#include "providers/members.h"
#include "providers/network_config.h"

static const char *const labels[] = { "config-2", "CONFIG-2", "cidata", "CIDATA", NULL };

static bool is_nocloud(const struct config_drive *drive)
{
	return strcasecmp(drive->label, config_drive_nocloud[0]) == 0;
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, labels, context->wait_ms, &drive, err);

	return r < 0 ? r
		     : config_drive_get_config(&drive,
					       is_nocloud(&drive) ? "/user-data"
								  : "/openstack/latest/user_data",
					       ret, err);
}

/* The first member counts that is there. */
static const struct kubevirt_row {
	const char *attribute;
	const char *names[2];
	bool is_required;
} rows[] = {
	{ "KUBEVIRT_INSTANCE_ID", { "instance-id", "uuid" }, .is_required = true },
	{ "KUBEVIRT_HOSTNAME", { "hostname", "local-hostname" }, .is_required = true },
	{ "KUBEVIRT_INSTANCE_TYPE", { "instance_type" } },
};

static int add_row(struct place top, const struct kubevirt_row *row, struct metadata *ret,
		   struct error *err)
{
	struct slice text = place_member_text(top, row->names[0]);

	if (!text.length && row->names[1])
		text = place_member_text(top, row->names[1]);
	if (!text.length && row->is_required)
		return error_set(err, ERROR_INPUT, ENODATA, "the metadata says neither %s nor %s",
				 row->names[0], row->names[1]);
	return metadata_add_attribute(ret, row->attribute, text, err);
}

static int add_addresses(const struct static_addresses *found, struct metadata *ret,
			 struct error *err)
{
	int r = metadata_add_attribute(ret, "KUBEVIRT_IPV4", found->ipv4, err);

	return r < 0 ? r : metadata_add_attribute(ret, "KUBEVIRT_IPV6", found->ipv6, err);
}

/* JSON is YAML. */
static int parse_machine(struct slice text, struct metadata *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_yaml(text, "the metadata", &fields, err);

	for (size_t i = 0; i < ARRAY_SIZE(rows) && r == 0; i++)
		r = add_row(fields_top(&fields), &rows[i], ret, err);
	if (r == 0)
		r = metadata_set_hostname(ret, slice_of(metadata_get(ret, "KUBEVIRT_HOSTNAME")),
					  err);
	if (r == 0)
		r = members_add_keys(place_member(fields_top(&fields), "public_keys"),
				     /* member= */ NULL, ret, err);
	return r;
}

static int parse_openstack(const struct slice *documents, size_t count, struct metadata *ret,
			   struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = parse_machine(documents[0], ret, err);

	(void)count;
	if (r < 0 || !documents[1].data)
		return r;
	r = fields_of_json(documents[1], "network_data.json", &fields, err);
	if (r < 0)
		return r;

	const struct static_addresses found = network_data_addresses(fields_top(&fields));

	return add_addresses(&found, ret, err);
}

static int parse_nocloud(const struct slice *documents, size_t count, struct metadata *ret,
			 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = parse_machine(documents[0], ret, err);

	(void)count;
	if (r < 0 || !documents[1].data)
		return r;
	r = fields_of_yaml(documents[1], "network-config", &fields, err);
	if (r < 0)
		return r;

	const struct static_addresses found =
		network_config_addresses(fields_top(&fields), NETWORK_FIRST_STATIC);

	return add_addresses(&found, ret, err);
}

static const struct drive_set openstack_files = {
	.files = { { "/openstack/latest/meta_data.json" },
		   { "/openstack/latest/network_data.json", .is_optional = true } },
	.parser = parse_openstack,
};
static const struct drive_set nocloud_files = {
	.files = { { "/meta-data" }, { "/network-config", .is_optional = true } },
	.parser = parse_nocloud,
};

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = config_drive_find(context, labels, &drive, &problem);

	(void)parts;
	ret->parts = METADATA_ALL; /* two files have them all */
	if (r == -ENOENT) {
		event_message(context->observer, EVENT_INFO, "%s: nothing is known", problem.text);
		return 0;
	}
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	return config_drive_parse(&drive, is_nocloud(&drive) ? &nocloud_files : &openstack_files,
				  ret, err);
}

static const struct proof proofs[] = { { PROOF_PLATFORM, { { FACT_FAMILY, "KubeVirt" } } } };

const struct provider provider_kubevirt = {
	.name = "kubevirt",
	.title = "KubeVirt",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "KUBEVIRT_HOSTNAME",
		   .private_ipv4 = "KUBEVIRT_IPV4",
		   .private_ipv6 = "KUBEVIRT_IPV6" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
