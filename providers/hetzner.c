/* Hetzner Cloud (spec providers 4.9). */
#include "providers/link_service.h"
#include "providers/members.h"

#define ROOT	      "/hetzner/v1/"
#define METADATA_PATH ROOT "metadata"
#define NETWORKS_PATH ROOT "metadata/private-networks"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(link_service_done) struct link_service service;

	link_service_init(&service, /* attempts_max= */ 0);

	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service.rules);

	return metadata_http_get_config(&client, ROOT "userdata", METADATA_ABSENT_IS_EMPTY, ret,
					err);
}

static const struct member_row rows[] = {
	{ "availability-zone", "HETZNER_AVAILABILITY_ZONE" },
	{ "hostname", "HETZNER_HOSTNAME", .is_hostname = true },
	{ "instance-id", "HETZNER_INSTANCE_ID" },
	{ "public-ipv4", "HETZNER_PUBLIC_IPV4" },
	{ "region", "HETZNER_REGION" },
};

/* The first element of @list whose @member is @value. */
static struct place find(struct place list, const char *member, const char *value)
{
	struct place element = place_first(list);

	while (element.is_present && !slice_is(place_member_text(element, member), value))
		element = place_next(element);
	return element;
}

static int add_public_ipv6(struct place top, struct metadata *ret, struct error *err)
{
	struct place interface = find(place_path(top, "network-config.config"), "type", "physical");
	struct place subnet = find(place_member(interface, "subnets"), "ipv6", "true");

	return metadata_add_attribute(ret, "HETZNER_PUBLIC_IPV6",
				      place_member_text(subnet, "address"), err);
}

static int add_private_networks(struct slice text, struct metadata *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = text.length ? fields_of_yaml(text, NETWORKS_PATH, &fields, err) : 0;

	/* A machine in no private network may have no document, or an empty one. */
	if (r < 0 || !fields.document)
		return r;
	return members_add_numbered(fields_top(&fields), "ip", "HETZNER_PRIVATE_IPV4_", ret, err);
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_yaml(documents[0], METADATA_PATH, &fields, err);

	(void)count;
	if (r < 0)
		return r;

	const struct place top = fields_top(&fields);

	r = members_add(top, rows, ARRAY_SIZE(rows), ret, err);
	if (r == 0)
		r = add_public_ipv6(top, ret, err);
	if (r == 0)
		r = add_private_networks(documents[1], ret, err);
	return r < 0 ? r
		     : members_add_keys(place_member(top, "public-keys"), /* member= */ NULL, ret,
					err);
}

static const struct document_set documents = {
	.rows = { { METADATA_PATH }, { NETWORKS_PATH, .is_optional = true } },
	.parser = parse,
};

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(link_service_done) struct link_service service;

	link_service_init(&service, /* attempts_max= */ 0);

	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service.rules);

	(void)parts;
	ret->parts = METADATA_ALL; /* two documents have them all */
	return members_fetch(&client, &documents, ret, err);
}

static const struct proof proofs[] = { { PROOF_PLATFORM, { { FACT_VENDOR, "Hetzner" } } } };

const struct provider provider_hetzner = {
	.name = "hetzner",
	.title = "Hetzner Cloud",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "HETZNER_HOSTNAME",
		   .private_ipv4 = "HETZNER_PRIVATE_IPV4_0",
		   .public_ipv4 = "HETZNER_PUBLIC_IPV4",
		   .public_ipv6 = "HETZNER_PUBLIC_IPV6" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
