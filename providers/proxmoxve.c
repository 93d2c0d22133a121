/* Proxmox VE: NoCloud's drive (spec providers 4.12). */
#include <errno.h>

#include "base/alloc.h"
#include "providers/config_drive.h"
#include "providers/members.h"
#include "providers/network_config.h"

/* Proxmox writes /user-data itself, as cloud-config; a config of one's own is in either. */
static const char *const config_paths[] = { "/user-data", "/vendor-data" };

static bool is_cloud_config(struct slice text)
{
	return slice_is(slice_trim(slice_take_line(&text)), "#cloud-config");
}

static int take_config(const struct provider_context *context, const struct config_drive *drive,
		       struct provider_config *ret, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(config_paths); i++) {
		int r = config_drive_get_config(drive, config_paths[i], ret, err);

		if (r < 0)
			return r;
		if (ret->length && !is_cloud_config((struct slice){ ret->data, ret->length }))
			return 0;
		event_message(context->observer, EVENT_INFO, "%s is %s", ret->name,
			      ret->length ? "cloud-config: left alone" : "empty or absent");
		provider_config_done(ret);
	}
	return 0;
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, config_drive_nocloud, context->wait_ms, &drive, err);

	if (r == 0)
		r = take_config(context, &drive, ret, err);
	if (r < 0 || ret->data)
		return r;
	ret->data = xstrdup("");
	ret->name = xstrdup("proxmoxve");
	return 0;
}

enum { USER_DATA, META_DATA, VENDOR_DATA, NETWORK_CONFIG };

static const struct member_row user_rows[] = {
	{ "hostname", "PROXMOXVE_HOSTNAME", .is_hostname = true },
};
static const struct member_row meta_rows[] = { { "instance-id", "PROXMOXVE_INSTANCE_ID" } };

static int parse_user_data(struct slice text, struct metadata *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };

	if (!is_cloud_config(text))
		return 0;

	int r = fields_of_yaml(text, "user-data", &fields, err);

	if (r == 0)
		r = members_add(fields_top(&fields), user_rows, ARRAY_SIZE(user_rows), ret, err);
	return r < 0 ? r
		     : members_add_keys(place_member(fields_top(&fields), "ssh_authorized_keys"),
					/* member= */ NULL, ret, err);
}

static int parse_network(struct slice text, struct metadata *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_yaml(text, "network-config", &fields, err);

	if (r < 0)
		return r;

	const struct static_addresses found =
		network_config_addresses(fields_top(&fields), NETWORK_FIRST_LAST_WINS);

	r = metadata_add_attribute(ret, "PROXMOXVE_IPV4", found.ipv4, err);
	return r < 0 ? r : metadata_add_attribute(ret, "PROXMOXVE_IPV6", found.ipv6, err);
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields meta = { .source = NULL };
	int r = parse_user_data(documents[USER_DATA], ret, err);

	(void)count;
	if (r == 0)
		r = fields_of_yaml(documents[META_DATA], "meta-data", &meta, err);
	if (r == 0)
		r = members_add(fields_top(&meta), meta_rows, ARRAY_SIZE(meta_rows), ret, err);
	return r < 0 ? r : parse_network(documents[NETWORK_CONFIG], ret, err);
}

static const struct drive_set files = {
	.files = { [USER_DATA] = { "/user-data" },
		   [META_DATA] = { "/meta-data" },
		   [VENDOR_DATA] = { "/vendor-data" },
		   [NETWORK_CONFIG] = { "/network-config" } },
	.parser = parse,
};

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = config_drive_find(context, config_drive_nocloud, &drive, &problem);

	(void)parts;
	ret->parts = METADATA_ALL; /* the drive has them all */
	if (r == -ENOENT) {
		event_message(context->observer, EVENT_INFO, "%s: nothing is known", problem.text);
		return 0;
	}
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	return config_drive_parse(&drive, &files, ret, err);
}

const struct provider provider_proxmoxve = {
	.name = "proxmoxve",
	.title = "Proxmox VE",
	.roles = { .hostname = "PROXMOXVE_HOSTNAME",
		   .private_ipv4 = "PROXMOXVE_IPV4",
		   .private_ipv6 = "PROXMOXVE_IPV6" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
