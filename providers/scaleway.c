/* Scaleway (spec providers 4.10): user data is for those who ask from a port of root's. */
#include "base/alloc.h"
#include "providers/members.h"

#define CONFIG_PATH   "/user_data/cloud-init"
#define METADATA_PATH "/conf?format=json"
#define KEY_TAG	      "AUTHORIZED_KEY="

static const char *const bases[] = { "http://169.254.42.42", "http://[fd00:42::42]", NULL };

static const struct metadata_service config_service = { .bases = bases, .is_privileged = true };
static const struct metadata_service document_service = { .bases = bases };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &config_service);

	return metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_EMPTY, ret, err);
}

/* Addresses have two names: those that afterburn writes, and those that its page lists. */
static const struct member_row rows[] = {
	{ "hostname", "SCALEWAY_HOSTNAME", .is_hostname = true },
	{ "id", "SCALEWAY_INSTANCE_ID" },
	{ "commercial_type", "SCALEWAY_INSTANCE_TYPE" },
	{ "location.zone_id", "SCALEWAY_ZONE_ID" },
	{ "private_ip", "SCALEWAY_IPV4_PRIVATE" },
	{ "private_ip", "SCALEWAY_PRIVATE_IPV4" },
	{ "public_ip.address", "SCALEWAY_IPV4_PUBLIC" },
	{ "public_ip.address", "SCALEWAY_PUBLIC_IPV4" },
	{ "ipv6.address", "SCALEWAY_IPV6_PUBLIC" },
	{ "ipv6.address", "SCALEWAY_PUBLIC_IPV6" },
};

/* A tag has no blanks: "AUTHORIZED_KEY=ssh-rsa_AAAA…". */
static int add_tagged_keys(struct place list, struct metadata *ret, struct error *err)
{
	int r = 0;

	for (struct place tag = place_first(list); tag.is_present && r == 0;
	     tag = place_next(tag)) {
		if (!slice_starts(place_text(tag), KEY_TAG))
			continue;

		AUTO_FREE char *key = slice_dup(slice_from(place_text(tag), strlen(KEY_TAG)));

		for (char *at = key; *at; at++)
			if (*at == '_')
				*at = ' ';
		r = metadata_add_keys(ret, /* user= */ NULL, slice_of(key), err);
	}
	return r;
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], "/conf", &fields, err);

	(void)count;
	if (r < 0)
		return r;

	const struct place top = fields_top(&fields);

	r = members_add(top, rows, ARRAY_SIZE(rows), ret, err);
	if (r == 0)
		r = members_add_keys(place_member(top, "ssh_public_keys"), "key", ret, err);
	return r < 0 ? r : add_tagged_keys(place_member(top, "tags"), ret, err);
}

static const struct document_set documents = { .rows = { { METADATA_PATH } }, .parser = parse };

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &document_service);

	(void)parts;
	ret->parts = METADATA_ALL; /* one document has them all */
	return members_fetch(&client, &documents, ret, err);
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_VENDOR, "Scaleway" } } },
	{ PROOF_PLATFORM, { { FACT_KERNEL_WORD, "scaleway" } } },
	{ PROOF_PLATFORM, { { FACT_PATH, "var/run/scaleway" } } },
};

const struct provider provider_scaleway = {
	.name = "scaleway",
	.title = "Scaleway",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "SCALEWAY_HOSTNAME",
		   .private_ipv4 = "SCALEWAY_IPV4_PRIVATE",
		   .public_ipv4 = "SCALEWAY_IPV4_PUBLIC",
		   .public_ipv6 = "SCALEWAY_IPV6_PUBLIC" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
