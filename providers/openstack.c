#include "providers/openstack.h"

#include <errno.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <time.h>

#include "base/alloc.h"
#include "providers/config_drive.h"
#include "providers/ec2_tree.h"
#include "providers/fields.h"
#include "providers/metadata_http.h"

#define SERVICE_IPV4 "http://169.254.169.254"
#define SERVICE_IPV6 "http://[fe80::a9fe:a9fe%%25%s]"
#define CONFIG_PATH  "/openstack/latest/user_data"
#define TREE	     "/latest/meta-data/"
#define UUID_PATH    "/openstack/2012-08-10/meta_data.json"
#define DRIVE_PATH   "/openstack/latest/meta_data.json"
#define EC2_PATH     "/ec2/latest/meta-data.json"
/* Enough for real hosts; a service is reached over one of the first. */
#define BASES_MAX 16
#define POLL_MS	  1000
/* Once the drive or the service said that there is no config, the other gets so long. */
#define SECOND_CHANCE_MS 30000

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the service, on IPv4 and on the links that have IPv6 */

struct service {
	struct metadata_service rules;
	const char *bases[BASES_MAX + 1]; /* the first is a constant, the others are owned */
};

static void service_done(struct service *service)
{
	for (size_t i = 1; i < BASES_MAX && service->bases[i]; i++)
		free((void *)(uintptr_t)service->bases[i]);
}

DEFINE_DONE(struct service, service_done)

static bool has_base(const struct service *service, const char *base)
{
	for (size_t i = 0; service->bases[i]; i++)
		if (strcmp(service->bases[i], base) == 0)
			return true;
	return false;
}

static void add_links(struct service *service)
{
	struct ifaddrs *list = NULL;
	size_t count = 1;

	if (getifaddrs(&list) < 0)
		return;
	for (const struct ifaddrs *at = list; at && count < BASES_MAX; at = at->ifa_next) {
		if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET6 ||
		    !(at->ifa_flags & IFF_UP) || (at->ifa_flags & IFF_LOOPBACK))
			continue;

		AUTO_FREE char *base = xasprintf(SERVICE_IPV6, at->ifa_name);

		if (!has_base(service, base))
			service->bases[count++] = take_ptr(&base);
	}
	freeifaddrs(list);
}

/* @ret must stay where it is. */
static void service_init(struct service *ret, unsigned attempts_max)
{
	*ret = (struct service){ .bases = { SERVICE_IPV4 } };
	ret->rules = (struct metadata_service){ .bases = ret->bases, .attempts_max = attempts_max };
	add_links(ret);
}

/* --- the config: from the drive or the service, whichever has one */

enum answer {
	ANSWER_NONE,  /* not there yet */
	ANSWER_EMPTY, /* there, without a config */
	ANSWER_REFUSED,
};

struct search {
	const struct provider_context *context;
	enum answer drive;
	enum answer service;
	int64_t started_ms;
	int64_t answered_ms;	/* when the first of the two said no */
	struct error complaint; /* the service's last */
};

static void search_done(struct search *search)
{
	error_done(&search->complaint);
}

DEFINE_DONE(struct search, search_done)

static void note(struct search *search, enum answer *which, enum answer answer)
{
	*which = answer;
	if (!search->answered_ms)
		search->answered_ms = now_ms();
}

/* Return: 1 with a config; 0; -errno when the drive cannot be read. */
static int look_at_drive(struct search *search, struct provider_config *ret, struct error *err)
{
	AUTO(config_drive_done) struct config_drive drive = { .device = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = search->drive == ANSWER_NONE
			? config_drive_find(search->context, config_drive_openstack, &drive,
					    &problem)
			: -ENOENT;

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = config_drive_get_config(&drive, CONFIG_PATH, ret, &problem);
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	if (ret->length)
		return 1;
	provider_config_done(ret);
	event_message(search->context->observer, EVENT_INFO, "the drive \"%s\" has no %s",
		      drive.label, CONFIG_PATH);
	note(search, &search->drive, ANSWER_EMPTY);
	return 0;
}

/* Return: 1 with a config; 0; ERROR_NEED_NETWORK. */
static int ask_service(struct search *search, struct provider_config *ret, struct error *err)
{
	AUTO(service_done) struct service service;

	if (search->service != ANSWER_NONE)
		return 0;
	service_init(&service, /* attempts_max= */ 1);
	error_done(&search->complaint);

	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(search->context, &service.rules);
	int r = metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret,
					 &search->complaint);

	if (r == 0 && ret->length)
		return 1;
	provider_config_done(ret);
	if (r == 0)
		note(search, &search->service, ANSWER_EMPTY);
	else if (search->complaint.kind == ERROR_NEED_NETWORK)
		return error_set(err, ERROR_NEED_NETWORK, -r, "%s", search->complaint.text);
	else if (search->complaint.kind != ERROR_NETWORK && search->complaint.kind != ERROR_TIMEOUT)
		note(search, &search->service, ANSWER_REFUSED);
	return 0;
}

/* Return: 1: decided, without a config; 0: go on; -errno. */
static int decide(const struct search *search, struct error *err)
{
	const int64_t waited = now_ms() - search->started_ms;
	const int64_t since_no = search->answered_ms ? now_ms() - search->answered_ms : 0;

	if (search->drive == ANSWER_EMPTY && search->service == ANSWER_EMPTY)
		return 1;
	if (since_no < SECOND_CHANCE_MS && waited < search->context->wait_ms)
		return 0;
	if (search->service == ANSWER_REFUSED)
		return error_set(err, search->complaint.kind, search->complaint.errnum,
				 "no drive is labelled \"%s\", and %s", config_drive_openstack[0],
				 search->complaint.text);
	if (search->answered_ms)
		return 1;
	return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
			 "within %" PRId64 " s no drive labelled \"%s\" appeared, and the "
			 "metadata service did not answer: %s",
			 waited / 1000, config_drive_openstack[0],
			 search->complaint.text ?: "not asked");
}

static void say_wait(const struct search *search)
{
	event_notify(search->context->observer,
		     &(struct event){ .kind = EVENT_WAIT,
				      .level = EVENT_INFO,
				      .text = "the config drive or the metadata service",
				      .remaining_ms = search->context->wait_ms -
						      (now_ms() - search->started_ms) });
}

int openstack_fetch_config(const struct provider_context *context, struct provider_config *ret,
			   struct error *err)
{
	AUTO(search_done)
	struct search search = { .context = context, .started_ms = now_ms() };
	int r = 0;

	for (unsigned turn = 0; r == 0; turn++) {
		if (turn)
			poll(NULL, 0, POLL_MS);
		if (turn == 1)
			say_wait(&search);
		r = look_at_drive(&search, ret, err);
		if (r == 0)
			r = ask_service(&search, ret, err);
		if (r)
			return r < 0 ? r : 0;
		r = decide(&search, err);
	}
	if (r < 0)
		return r;
	ret->data = xstrdup("");
	ret->name = xstrdup("openstack");
	return 0;
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
	AUTO(service_done) struct service service;

	service_init(&service, /* attempts_max= */ 0);

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
