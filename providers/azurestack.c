/* Azure Stack (spec providers 4.4): the DVD, and a service for the host name. */
#include <errno.h>

#include "base/alloc.h"
#include "providers/azure_media.h"
#include "providers/fields.h"
#include "providers/metadata_http.h"

#define IDENTITY_PATH "/Microsoft.Compute/identity?api-version=2019-03-11"

static const struct fetch_header headers[] = {
	{ SLICE_INIT("Metadata"), SLICE_INIT("true") },
};
static const char *const bases[] = { "http://169.254.169.254", NULL };

static const struct metadata_service service = {
	.bases = bases,
	.headers = headers,
	.header_count = ARRAY_SIZE(headers),
};

static const char *const media_types[] = { "udf", "iso9660", NULL };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return azure_media_get_config(context, media_types, ret, err);
}

static int parse(const struct slice *documents, size_t count, struct metadata *ret,
		 struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], "the identity", &fields, err);

	(void)count;
	return r < 0 ? r
		     : metadata_set_hostname(ret, place_member_text(fields_top(&fields), "vmName"),
					     err);
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &service);
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	/* They come encrypted with 3DES for a certificate that would have to be made first. */
	if (parts == METADATA_KEYS)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "this version does not read Azure Stack's SSH keys; put them into "
				 "the config");
	if (!(parts & METADATA_HOSTNAME))
		return 0;

	int r = metadata_http_get(&client, IDENTITY_PATH, &text, &length, err);
	const struct slice document = { text, length };

	return r < 0 ? r : metadata_parse(parse, &document, 1, ret, err);
}

const struct provider provider_azurestack = {
	.name = "azurestack",
	.title = "Azure Stack",
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
