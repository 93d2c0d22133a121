/* NWCS: one JSON document (spec providers 5). */
#include <errno.h>

#include "providers/extract.h"
#include "providers/members.h"

#define PATH "/api/v1/metadata"

static const char *const bases[] = { "http://169.254.169.254", NULL };

static const struct metadata_service service = { .bases = bases };

static int find_config(struct slice document, struct text *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(document, PATH, &fields, err);

	return r < 0 ? r
		     : text_append_slice(ret, place_member_text(fields_top(&fields), "userdata"));
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	int r = metadata_http_get_config(&client, PATH, METADATA_ABSENT_IS_ERROR, ret, err);

	return r < 0 ? r : extract(find_config, ret, err);
}

static const struct member_row rows[] = {
	{ "instance-id", "NWCS_INSTANCE_ID" },
	{ "hostname", "NWCS_HOSTNAME", .is_hostname = true },
};

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], PATH, &fields, err);

	(void)count;
	if (r == 0)
		r = members_add(fields_top(&fields), rows, ARRAY_SIZE(rows), ret, err);
	return r < 0 ? r
		     : members_add_key_lines(place_member(fields_top(&fields), "public-keys"), ret,
					     err);
}

static const struct document_set documents = { .rows = { { PATH } }, .parser = parse };

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);

	(void)parts; /* one document has them all */
	return members_fetch(&client, &documents, ret, err);
}

static const struct proof proofs[] = { { PROOF_PLATFORM, { { FACT_VENDOR, "NWCS" } } } };

const struct provider provider_nwcs = {
	.name = "nwcs",
	.title = "NWCS",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "NWCS_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
