/* DigitalOcean (spec providers 4.6). */
#include "providers/fields.h"
#include "providers/metadata_http.h"

#define CONFIG_PATH   "/metadata/v1/user-data"
#define METADATA_PATH "/metadata/v1.json"

static const char *const bases[] = { "http://169.254.169.254", NULL };

static const struct metadata_service service = { .bases = bases };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	/* A machine without user data has an empty one. */
	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_ERROR, ret, err);
}

/* An address of an interface, and the name of its attribute but for the number. */
struct address_row {
	const char *list;
	const char *member;
	const char *prefix;
};

static const struct address_row address_rows[] = {
	{ "public", "ipv4", "DIGITALOCEAN_IPV4_PUBLIC_" },
	{ "public", "ipv6", "DIGITALOCEAN_IPV6_PUBLIC_" },
	{ "public", "anchor_ipv4", "DIGITALOCEAN_IPV4_ANCHOR_" },
	{ "private", "ipv4", "DIGITALOCEAN_IPV4_PRIVATE_" },
	{ "private", "ipv6", "DIGITALOCEAN_IPV6_PRIVATE_" },
};

static int add_addresses(struct place interfaces, const struct address_row *row,
			 struct metadata *ret, struct error *err)
{
	struct place interface = place_first(place_member(interfaces, row->list));
	size_t number = 0;
	int r = 0;

	for (; interface.is_present && r == 0; interface = place_next(interface), number++)
		r = metadata_add_numbered(
			ret, row->prefix, number,
			place_member_text(place_member(interface, row->member), "ip_address"), err);
	return r;
}

static int add_keys(struct place list, struct metadata *ret, struct error *err)
{
	int r = 0;

	for (struct place key = place_first(list); key.is_present && r == 0; key = place_next(key))
		r = metadata_add_keys(ret, /* user= */ NULL, place_text(key), err);
	return r;
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], METADATA_PATH, &fields, err);

	(void)count;
	if (r < 0)
		return r;

	const struct place top = fields_top(&fields);
	const struct slice hostname = place_member_text(top, "hostname");

	r = metadata_add_attribute(ret, "DIGITALOCEAN_HOSTNAME", hostname, err);
	if (r == 0)
		r = metadata_add_attribute(ret, "DIGITALOCEAN_REGION",
					   place_member_text(top, "region"), err);
	for (size_t i = 0; i < ARRAY_SIZE(address_rows) && r == 0; i++)
		r = add_addresses(place_member(top, "interfaces"), &address_rows[i], ret, err);
	if (r == 0)
		r = add_keys(place_member(top, "public_keys"), ret, err);
	return r < 0 ? r : metadata_set_hostname(ret, hostname, err);
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = metadata_http_get(&client, METADATA_PATH, &text, &length, err);
	const struct slice document = { text, length };

	(void)parts;
	ret->parts = METADATA_ALL; /* one document has them all */
	return r < 0 ? r : metadata_parse(parse, &document, 1, ret, err);
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_VENDOR, "DigitalOcean" } } },
};

const struct provider provider_digitalocean = {
	.name = "digitalocean",
	.title = "DigitalOcean",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "DIGITALOCEAN_HOSTNAME",
		   .private_ipv4 = "DIGITALOCEAN_IPV4_PRIVATE_0",
		   .public_ipv4 = "DIGITALOCEAN_IPV4_PUBLIC_0",
		   .private_ipv6 = "DIGITALOCEAN_IPV6_PRIVATE_0",
		   .public_ipv6 = "DIGITALOCEAN_IPV6_PUBLIC_0" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
