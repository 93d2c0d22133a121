#include "providers/cloudstack.h"

#include <errno.h>

#include "base/alloc.h"
#include "providers/config_drive.h"
#include "providers/drive_or_service.h"
#include "providers/ec2_tree.h"
#include "providers/lease.h"

#define CONFIG_PATH	  "/latest/user-data"
#define DRIVE_CONFIG_PATH "/cloudstack/userdata/user_data.txt"
#define TREE		  "/latest/meta-data/"
#define DRIVE_TREE	  "/cloudstack/metadata/"

/* --- the service: at the address of the DHCP server */

struct server {
	struct metadata_service rules;
	char *url; /* owned */
	const char *bases[2];
};

static void server_done(struct server *server)
{
	free(server->url);
}

DEFINE_DONE(struct server, server_done)

/* @ret must stay where it is. */
static int server_find(const struct provider_context *context, unsigned attempts_max,
		       struct server *ret, struct error *err)
{
	AUTO_FREE char *address = NULL;
	int r = lease_find_server(context->machine, &address, err);

	*ret = (struct server){ .url = NULL };
	if (r < 0)
		return r;
	ret->url = xasprintf("http://%s", address);
	ret->bases[0] = ret->url;
	ret->rules = (struct metadata_service){ .bases = ret->bases, .attempts_max = attempts_max };
	return 0;
}

static int ask_once(const struct provider_context *context, struct provider_config *ret,
		    struct error *err)
{
	AUTO(server_done) struct server server = { .url = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = server_find(context, /* attempts_max= */ 1, &server, &problem);

	if (r < 0 && fetcher_is_offline(context->fetcher))
		return error_set(err, ERROR_NEED_NETWORK, ENETDOWN, "%s", problem.text);
	if (r < 0) /* a lease may come yet */
		return error_set(err, ERROR_NETWORK, EAGAIN, "%s", problem.text);

	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &server.rules);

	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);
}

static const struct search_places places = {
	.name = "cloudstack",
	.path = DRIVE_CONFIG_PATH,
	.ask_once = ask_once,
};

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return drive_or_service(context, &places, ret, err);
}

static const struct ec2_leaf leaves[] = {
	{ "availability-zone", "CLOUDSTACK_AVAILABILITY_ZONE" },
	{ "cloud-identifier", "CLOUDSTACK_CLOUD_IDENTIFIER" },
	{ "instance-id", "CLOUDSTACK_INSTANCE_ID" },
	{ "local-hostname", "CLOUDSTACK_LOCAL_HOSTNAME", .is_hostname = true },
	{ "local-ipv4", "CLOUDSTACK_IPV4_LOCAL" },
	{ "public-hostname", "CLOUDSTACK_PUBLIC_HOSTNAME" },
	{ "public-ipv4", "CLOUDSTACK_IPV4_PUBLIC" },
	{ "service-offering", "CLOUDSTACK_SERVICE_OFFERING" },
	{ "vm-id", "CLOUDSTACK_VM_ID" },
};

int cloudstack_ask_metadata(const struct provider_context *context, unsigned parts,
			    struct metadata *ret, struct error *err)
{
	AUTO(server_done) struct server server = { .url = NULL };
	int r = server_find(context, /* attempts_max= */ 0, &server, err);

	if (r < 0)
		return r;

	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &server.rules);

	if (parts & (METADATA_ATTRIBUTES | METADATA_HOSTNAME))
		r = ec2_tree_add_leaves(&client, TREE, leaves, ARRAY_SIZE(leaves), ret, err);
	if (r == 0 && (parts & METADATA_KEYS))
		r = ec2_tree_add_keys(&client, TREE "public-keys", ret, err);
	return r;
}

/* --- the drive: a file for each item */

static const struct drive_row {
	const char *path;
	const char *attribute;
} drive_rows[] = {
	{ DRIVE_TREE "availability_zone.txt", "CLOUDSTACK_AVAILABILITY_ZONE" },
	{ DRIVE_TREE "cloud_identifier.txt", "CLOUDSTACK_CLOUD_IDENTIFIER" },
	{ DRIVE_TREE "instance_id.txt", "CLOUDSTACK_INSTANCE_ID" },
	{ DRIVE_TREE "local_hostname.txt", "CLOUDSTACK_LOCAL_HOSTNAME" },
	{ DRIVE_TREE "service_offering.txt", "CLOUDSTACK_SERVICE_OFFERING" },
	{ DRIVE_TREE "vm_id.txt", "CLOUDSTACK_VM_ID" },
	{ DRIVE_TREE "public_keys.txt", /* attribute= */ NULL },
};

static int add_file(const struct config_drive *drive, const struct drive_row *row,
		    struct metadata *ret, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = config_drive_read(drive, row->path, &text, &length, &problem);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s", problem.text);

	const struct slice content = { text, length };

	return row->attribute ? metadata_add_attribute(ret, row->attribute, content, err)
			      : metadata_add_keys(ret, /* user= */ NULL, content, err);
}

int cloudstack_read_drive(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	int r = config_drive_wait(context, config_drive_openstack, context->wait_ms, &drive, err);

	(void)parts;
	ret->parts = METADATA_ALL; /* they are small */
	for (size_t i = 0; i < ARRAY_SIZE(drive_rows) && r == 0; i++)
		r = add_file(&drive, &drive_rows[i], ret, err);
	return r < 0 ? r
		     : metadata_set_hostname(
			       ret, slice_of(metadata_get(ret, "CLOUDSTACK_LOCAL_HOSTNAME")), err);
}

/* From the drive when there is one. */
static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };

	if (config_drive_find(context, config_drive_openstack, &drive, /* err= */ NULL) == 0)
		return cloudstack_read_drive(context, parts, ret, err);
	return cloudstack_ask_metadata(context, parts, ret, err);
}

static const struct proof proofs[] = { { PROOF_PLATFORM, { { FACT_PRODUCT, "CloudStack*" } } } };

const struct provider provider_cloudstack = {
	.name = "cloudstack",
	.title = "Apache CloudStack",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "CLOUDSTACK_LOCAL_HOSTNAME",
		   .private_ipv4 = "CLOUDSTACK_IPV4_LOCAL",
		   .public_ipv4 = "CLOUDSTACK_IPV4_PUBLIC" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
