/* Packet, later Equinix Metal (spec providers 4.7). */
#include "providers/members.h"

static const char *const bases[] = { "https://metadata.packet.net", NULL };

/* With the Accept header of configs the service answers 406. */
static const struct fetch_header headers[] = { { SLICE_INIT("Accept"), SLICE_INIT("*/*") } };

static const struct metadata_service service = {
	.bases = bases,
	.headers = headers,
	.header_count = ARRAY_SIZE(headers),
};

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	/* A machine without user data has an empty one. */
	return metadata_http_get_config(&client, "/userdata", METADATA_ABSENT_IS_ERROR, ret, err);
}

static const struct member_row rows[] = {
	{ "hostname", "PACKET_HOSTNAME", .is_hostname = true },
	{ "plan", "PACKET_PLAN" },
	{ "phone_home_url", "PACKET_PHONE_HOME_URL" },
};

/* Addresses of one family that are public, or not. */
static const struct address_row {
	const char *family;
	const char *is_public;
	const char *address;
	const char *gateway;
} address_rows[] = {
	{ "4", "true", "PACKET_IPV4_PUBLIC_", "PACKET_IPV4_PUBLIC_GATEWAY_" },
	{ "4", "false", "PACKET_IPV4_PRIVATE_", "PACKET_IPV4_PRIVATE_GATEWAY_" },
	{ "6", "true", "PACKET_IPV6_PUBLIC_", "PACKET_IPV6_PUBLIC_GATEWAY_" },
	{ "6", "false", "PACKET_IPV6_PRIVATE_", "PACKET_IPV6_PRIVATE_GATEWAY_" },
};

static int add_addresses(struct place list, const struct address_row *row, struct metadata *ret,
			 struct error *err)
{
	struct place address = place_first(list);
	size_t number = 0;
	int r = 0;

	for (; address.is_present && r == 0; address = place_next(address)) {
		if (!slice_is(place_member_text(address, "address_family"), row->family) ||
		    !slice_is(place_member_text(address, "public"), row->is_public))
			continue;
		r = metadata_add_numbered(ret, row->address, number,
					  place_member_text(address, "address"), err);
		if (r == 0)
			r = metadata_add_numbered(ret, row->gateway, number,
						  place_member_text(address, "gateway"), err);
		number++;
	}
	return r;
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], "/metadata", &fields, err);

	(void)count;
	if (r < 0)
		return r;

	const struct place top = fields_top(&fields);

	r = members_add(top, rows, ARRAY_SIZE(rows), ret, err);
	for (size_t i = 0; i < ARRAY_SIZE(address_rows) && r == 0; i++)
		r = add_addresses(place_path(top, "network.addresses"), &address_rows[i], ret, err);
	return r < 0 ? r
		     : members_add_keys(place_member(top, "ssh_keys"), /* member= */ NULL, ret,
					err);
}

static const struct document_set documents = { .rows = { { "/metadata" } }, .parser = parse };

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	(void)parts;
	ret->parts = METADATA_ALL; /* one document has them all */
	return members_fetch(&client, &documents, ret, err);
}

const struct provider provider_packet = {
	.name = "packet",
	.title = "Equinix Metal, formerly Packet",
	.aliases = { "equinixmetal", "equinix" },
	.needs_network = true,
	.roles = { .hostname = "PACKET_HOSTNAME",
		   .private_ipv4 = "PACKET_IPV4_PRIVATE_0",
		   .public_ipv4 = "PACKET_IPV4_PUBLIC_0",
		   .public_ipv6 = "PACKET_IPV6_PUBLIC_0" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
