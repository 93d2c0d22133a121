#include "providers/openstack.h"

#include <errno.h>

#include "base/alloc.h"
#include "providers/config_drive.h"
#include "providers/drive_or_service.h"
#include "providers/ec2_tree.h"
#include "providers/fields.h"
#include "providers/link_service.h"

#define CONFIG_PATH "/openstack/latest/user_data"
#define TREE	    "/latest/meta-data/"
#define UUID_PATH   "/openstack/2012-08-10/meta_data.json"
#define DRIVE_PATH  "/openstack/latest/meta_data.json"
#define EC2_PATH    "/ec2/latest/meta-data.json"
#define POLL_MS	    1000

/* --- the config: from the drive or the service, whichever has one */

static int ask_once(const struct provider_context *context, struct provider_config *ret,
		    struct error *err)
{
	AUTO(link_service_done) struct link_service service;

	link_service_init(&service, /* attempts_max= */ 1);

	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service.rules);

	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);
}

static const struct search_places places = {
	.name = "openstack",
	.path = CONFIG_PATH,
	.ask_once = ask_once,
};

int openstack_fetch_config(const struct provider_context *context, struct provider_config *ret,
			   struct error *err)
{
	return drive_or_service(context, &places, ret, err);
}

/* --- metadata of the service */

static const struct ec2_leaf leaves[] = {
	{ "hostname", "OPENSTACK_HOSTNAME", .is_hostname = true },
	{ "local-ipv4", "OPENSTACK_IPV4_LOCAL" },
	{ "public-ipv4", "OPENSTACK_IPV4_PUBLIC" },
	{ "instance-id", "OPENSTACK_INSTANCE_ID" },
	{ "instance-type", "OPENSTACK_INSTANCE_TYPE" },
};

static int parse_uuid(const struct slice *documents, size_t count, struct metadata *ret,
		      struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], UUID_PATH, &fields, err);

	(void)count;
	return r < 0 ? r
		     : metadata_add_attribute(ret, "OPENSTACK_INSTANCE_UUID",
					      place_member_text(fields_top(&fields), "uuid"), err);
}

static int add_uuid(struct metadata_client *client, struct metadata *ret, struct error *err)
{
	struct metadata_item item = { .path = UUID_PATH };
	int r = metadata_http_get_all(client, &item, 1, err);
	const struct slice document = metadata_http_item_text(&item);

	if (r == 0 && document.length)
		r = metadata_parse(parse_uuid, &document, 1, ret, err);
	metadata_http_items_done(&item, 1);
	return r;
}

int openstack_ask_metadata(const struct provider_context *context, unsigned parts,
			   struct metadata *ret, struct error *err)
{
	AUTO(link_service_done) struct link_service service;

	link_service_init(&service, /* attempts_max= */ 0);

	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service.rules);
	int r = 0;

	if (parts & (METADATA_ATTRIBUTES | METADATA_HOSTNAME))
		r = ec2_tree_add_leaves(&client, TREE, leaves, ARRAY_SIZE(leaves), ret, err);
	if (r == 0 && (parts & METADATA_ATTRIBUTES))
		r = add_uuid(&client, ret, err);
	if (r == 0 && (parts & METADATA_KEYS))
		r = ec2_tree_add_keys(&client, TREE "public-keys", ret, err);
	return r;
}

/* --- metadata of the drive */

enum drive_document {
	DOCUMENT_OPENSTACK,
	DOCUMENT_EC2,
	DRIVE_DOCUMENT_COUNT,
};

static const struct {
	enum drive_document document;
	const char *member;
	const char *attribute;
} drive_rows[] = {
	{ DOCUMENT_OPENSTACK, "hostname", "OPENSTACK_HOSTNAME" },
	{ DOCUMENT_EC2, "local-ipv4", "OPENSTACK_IPV4_LOCAL" },
	{ DOCUMENT_EC2, "public-ipv4", "OPENSTACK_IPV4_PUBLIC" },
	{ DOCUMENT_EC2, "instance-id", "OPENSTACK_INSTANCE_ID" },
	{ DOCUMENT_EC2, "instance-type", "OPENSTACK_INSTANCE_TYPE" },
	{ DOCUMENT_OPENSTACK, "uuid", "OPENSTACK_INSTANCE_UUID" },
};

static int add_drive_keys(struct place keys, struct metadata *ret, struct error *err)
{
	int r = 0;

	for (struct place key = place_first(keys); key.is_present && r == 0; key = place_next(key))
		r = metadata_add_keys(ret, /* user= */ NULL, place_text(key), err);
	return r;
}

static int parse_drive(const struct slice *documents, size_t count, struct metadata *ret,
		       struct error *err)
{
	AUTO(fields_done) struct fields openstack = { .source = NULL };
	AUTO(fields_done) struct fields ec2 = { .source = NULL };
	int r = fields_of_json(documents[DOCUMENT_OPENSTACK], DRIVE_PATH, &openstack, err);

	(void)count;
	if (r == 0)
		r = fields_of_json(documents[DOCUMENT_EC2], EC2_PATH, &ec2, err);
	if (r < 0)
		return r;

	const struct place tops[] = {
		[DOCUMENT_OPENSTACK] = fields_top(&openstack), [DOCUMENT_EC2] = fields_top(&ec2)
	};

	for (size_t i = 0; i < ARRAY_SIZE(drive_rows) && r == 0; i++)
		r = metadata_add_attribute(
			ret, drive_rows[i].attribute,
			place_member_text(tops[drive_rows[i].document], drive_rows[i].member), err);
	if (r == 0)
		r = add_drive_keys(place_member(tops[DOCUMENT_OPENSTACK], "public_keys"), ret, err);
	return r < 0 ? r
		     : metadata_set_hostname(
			       ret, place_member_text(tops[DOCUMENT_OPENSTACK], "hostname"), err);
}

/* The second document is not on every drive. */
static int read_ec2_document(const struct config_drive *drive, char **ret, size_t *ret_length,
			     struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = config_drive_read(drive, EC2_PATH, ret, ret_length, &problem);

	if (r == -ENOENT) {
		*ret = xstrdup("{}");
		*ret_length = strlen(*ret);
		return 0;
	}
	return r < 0 ? error_set(err, problem.kind, -r, "%s", problem.text) : 0;
}

static int read_drive(const struct config_drive *drive, struct metadata *ret, struct error *err)
{
	AUTO_FREE char *openstack = NULL;
	AUTO_FREE char *ec2 = NULL;
	struct slice documents[DRIVE_DOCUMENT_COUNT] = { { NULL, 0 } };
	int r = config_drive_read(drive, DRIVE_PATH, &openstack,
				  &documents[DOCUMENT_OPENSTACK].length, err);

	if (r == 0)
		r = read_ec2_document(drive, &ec2, &documents[DOCUMENT_EC2].length, err);
	if (r < 0)
		return r;
	documents[DOCUMENT_OPENSTACK].data = openstack;
	documents[DOCUMENT_EC2].data = ec2;
	return metadata_parse(parse_drive, documents, DRIVE_DOCUMENT_COUNT, ret, err);
}

int openstack_fetch_metadata(const struct provider_context *context, unsigned parts,
			     struct metadata *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = config_drive_find(context, config_drive_openstack, &drive, &problem);

	if (r == 0)
		return read_drive(&drive, ret, err);
	if (r == -ENOENT)
		return openstack_ask_metadata(context, parts, ret, err);
	return error_set(err, problem.kind, -r, "%s", problem.text);
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_PRODUCT, "OpenStack Nova" } } },
	{ PROOF_PLATFORM, { { FACT_PRODUCT, "OpenStack Compute" } } },
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "OpenStack Nova" } } },
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "OpenStack Compute" } } },
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "OpenTelekomCloud" } } },
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "SAP CCloud VM" } } },
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "HUAWEICLOUD" } } },
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "Samsung Cloud Platform" } } },
	/* On metal anybody could plug one in (spec providers 12.6). */
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "config-2" } } },
	{ PROOF_DRIVE, { { FACT_VIRTUAL, "yes" }, { FACT_LABEL, "CONFIG-2" } } },
};

const struct provider provider_openstack = {
	.name = "openstack",
	.title = "OpenStack",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "OPENSTACK_HOSTNAME",
		   .private_ipv4 = "OPENSTACK_IPV4_LOCAL",
		   .public_ipv4 = "OPENSTACK_IPV4_PUBLIC" },
	.fetch_config = openstack_fetch_config,
	.fetch_metadata = openstack_fetch_metadata,
};
