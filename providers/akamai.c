/* Akamai Connected Cloud, formerly Linode (spec providers 4.10). */
#include <errno.h>

#include "providers/encoding.h"
#include "providers/members.h"

#define INSTANCE_PATH "/v1/instance"
#define NETWORK_PATH  "/v1/network"
#define KEYS_PATH     "/v1/ssh-keys"

static const char *const bases[] = { "http://169.254.169.254", "http://[fd00:a9fe:a9fe::1]", NULL };

static const struct metadata_token token = {
	.path = "/v1/token",
	.lifetime = { SLICE_INIT("Metadata-Token-Expiry-Seconds"), SLICE_INIT("300") },
	.header = "Metadata-Token",
	.accept = "text/plain",
};

static const struct fetch_header config_headers[] = { { SLICE_INIT("Accept"), SLICE_INIT("*/*") } };
static const struct fetch_header document_headers[] = {
	{ SLICE_INIT("Accept"), SLICE_INIT("application/json") },
};

static const struct metadata_service config_service = {
	.bases = bases,
	.token = &token,
	.headers = config_headers,
	.header_count = ARRAY_SIZE(config_headers),
};

static const struct metadata_service document_service = {
	.bases = bases,
	.token = &token,
	.headers = document_headers,
	.header_count = ARRAY_SIZE(document_headers),
};

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &config_service);
	/* A machine without user data has an empty one. */
	int r = metadata_http_get_config(&client, "/v1/user-data", METADATA_ABSENT_IS_ERROR, ret,
					 err);

	if (r == 0)
		r = encoding_decode_base64(ret, err);
	return r < 0 ? r : encoding_gunzip(ret, err);
}

static const struct member_row instance_rows[] = {
	{ "id", "AKAMAI_INSTANCE_ID" },	      { "host_uuid", "AKAMAI_INSTANCE_HOST_UUID" },
	{ "label", "AKAMAI_INSTANCE_LABEL" }, { "region", "AKAMAI_INSTANCE_REGION" },
	{ "type", "AKAMAI_INSTANCE_TYPE" },
};

static const struct member_row network_rows[] = {
	{ "ipv6.slaac", "AKAMAI_IPV6_SLAAC" },
	{ "ipv6.link_local", "AKAMAI_IPV6_LINK_LOCAL" },
};

static const struct {
	const char *list;
	const char *prefix;
} network_lists[] = {
	{ "ipv4.public", "AKAMAI_PUBLIC_IPV4_" },
	{ "ipv4.private", "AKAMAI_PRIVATE_IPV4_" },
	{ "ipv4.shared", "AKAMAI_SHARED_IPV4_" },
	{ "ipv6.ranges", "AKAMAI_IPV6_RANGE_" },
	{ "ipv6.shared_ranges", "AKAMAI_IPV6_SHARED_RANGE_" },
};

static int add_tags(struct place list, struct metadata *ret, struct error *err)
{
	AUTO(text_done) struct text tags = TEXT_INIT(METADATA_VALUE_MAX);

	for (struct place tag = place_first(list); tag.is_present; tag = place_next(tag)) {
		int r = tags.length ? text_append_char(&tags, ':') : 0;

		if (r == 0)
			r = text_append_slice(&tags, place_text(tag));
		if (r < 0)
			return error_set(err, ERROR_INPUT, E2BIG,
					 "the machine's tags are too long");
	}
	return metadata_add_attribute(ret, "AKAMAI_INSTANCE_TAGS", text_slice(&tags), err);
}

static int parse_instance(struct slice text, struct metadata *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(text, INSTANCE_PATH, &fields, err);

	if (r == 0)
		r = members_add(fields_top(&fields), instance_rows, ARRAY_SIZE(instance_rows), ret,
				err);
	return r < 0 ? r : add_tags(place_member(fields_top(&fields), "tags"), ret, err);
}

static int parse_network(struct slice text, struct metadata *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(text, NETWORK_PATH, &fields, err);

	for (size_t i = 0; i < ARRAY_SIZE(network_lists) && r == 0; i++)
		r = members_add_numbered(place_path(fields_top(&fields), network_lists[i].list),
					 /* member= */ NULL, network_lists[i].prefix, ret, err);
	return r < 0 ? r
		     : members_add(fields_top(&fields), network_rows, ARRAY_SIZE(network_rows), ret,
				   err);
}

/* {"users": {"root": ["ssh-rsa …"]}}: all of them are for whoever logs in. */
static int parse_keys(struct slice text, struct metadata *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(text, KEYS_PATH, &fields, err);

	if (r < 0)
		return r;

	struct place user = place_first(place_member(fields_top(&fields), "users"));

	for (; user.is_present && r == 0; user = place_next(user))
		r = members_add_keys(user, /* member= */ NULL, ret, err);
	return r;
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	int r = parse_instance(documents[0], ret, err);

	(void)count;
	if (r == 0)
		r = parse_network(documents[1], ret, err);
	return r < 0 ? r : parse_keys(documents[2], ret, err);
}

static const struct document_set documents = {
	.rows = { { INSTANCE_PATH }, { NETWORK_PATH }, { KEYS_PATH } },
	.parser = parse,
};

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &document_service);

	(void)parts;
	ret->parts = METADATA_ALL; /* the three are asked for at once */
	return members_fetch(&client, &documents, ret, err);
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_VENDOR, "Akamai" } } },
	{ PROOF_PLATFORM, { { FACT_VENDOR, "Linode" } } },
};

const struct provider provider_akamai = {
	.name = "akamai",
	.title = "Akamai, formerly Linode",
	.aliases = { "linode" },
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .private_ipv4 = "AKAMAI_PRIVATE_IPV4_0",
		   .public_ipv4 = "AKAMAI_PUBLIC_IPV4_0",
		   .public_ipv6 = "AKAMAI_IPV6_SLAAC" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
