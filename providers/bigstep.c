/* Bigstep: a document at an URL that the image brings along (spec providers 5). */
#include <errno.h>

#include "base/alloc.h"
#include "base/url.h"
#include "providers/extract.h"
#include "providers/members.h"

#define URL_PATH "var/lib/cloud/data/seed/bigstep/url"
#define URL_MAX	 ((size_t)4096)
#define DOCUMENT "Bigstep's document"

static int fetch_document(const struct provider_context *context, struct provider_config *ret,
			  struct error *err)
{
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO_FREE char *url = NULL;
	int r = machine_read(context->machine, URL_PATH, URL_MAX, &url, /* ret_length= */ NULL,
			     err);

	if (r < 0)
		return r;

	const struct fetch_request request = { .url = slice_trim(slice_of(url)) };

	url_append_printable(&name, request.url);
	r = fetch_memory(context->fetcher, &request, &ret->data, &ret->length, err);
	if (r < 0)
		return error_wrap(err, r, "fetch %s", text_str(&name));
	ret->name = text_take(&name);
	return 0;
}

static int find_config(struct slice document, struct text *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(document, DOCUMENT, &fields, err);

	return r < 0 ? r
		     : text_append_slice(ret,
					 place_member_text(fields_top(&fields), "userdata_raw"));
}

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	int r = fetch_document(context, ret, err);

	return r < 0 ? r : extract(find_config, ret, err);
}

static const struct member_row rows[] = {
	{ "metadata.instance-id", "BIGSTEP_INSTANCE_ID" },
	{ "metadata.local-hostname", "BIGSTEP_HOSTNAME", .is_hostname = true },
};

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], DOCUMENT, &fields, err);

	(void)count;
	if (r == 0)
		r = members_add(fields_top(&fields), rows, ARRAY_SIZE(rows), ret, err);
	return r < 0 ? r
		     : members_add_key_lines(
			       place_path(fields_top(&fields), "metadata.public-keys"), ret, err);
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(provider_config_done) struct provider_config found = { .length = 0 };
	int r = fetch_document(context, &found, err);
	const struct slice document = { found.data, found.length };

	(void)parts; /* one document has them all */
	return r < 0 ? r : metadata_parse(parse, &document, 1, ret, err);
}

static const struct proof proofs[] = { { PROOF_MEDIUM, { { FACT_PATH, URL_PATH } } } };

const struct provider provider_bigstep = {
	.name = "bigstep",
	.title = "Bigstep",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .hostname = "BIGSTEP_HOSTNAME" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
