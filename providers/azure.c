/* Microsoft Azure (spec providers 4.3): IMDS, the wire server, and the DVD. */
#include <errno.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "providers/azure_media.h"
#include "providers/encoding.h"
#include "providers/fields.h"
#include "providers/metadata_http.h"
#include "providers/xml.h"

#define COMPUTE	      "/metadata/instance/compute/"
#define CONFIG_PATH   COMPUTE "userData?api-version=2021-01-01&format=text"
#define SIZE_PATH     COMPUTE "vmSize?api-version=2017-08-01&format=text"
#define NAME_PATH     COMPUTE "name?api-version=2017-08-01&format=text"
#define KEYS_PATH     COMPUTE "publicKeys?api-version=2021-02-01"
#define WIRE_SERVER   "http://168.63.129.16"
#define VERSIONS_PATH "/?comp=versions"
#define GOAL_PATH     "/machine/?comp=goalstate"
#define WIRE_VERSION  "2012-11-30"
/* What the goal state says, on its way out of the worker. */
#define SHARED_CONFIG "SHARED_CONFIG"

static const struct fetch_header imds_headers[] = {
	{ SLICE_INIT("Metadata"), SLICE_INIT("true") },
};
static const char *const imds_bases[] = { "http://169.254.169.254", NULL };
/* While the machine is being set up the service may not know it yet. */
static const unsigned imds_retries[] = { 404, 410, 429 };

static const struct metadata_service imds = {
	.bases = imds_bases,
	.headers = imds_headers,
	.header_count = ARRAY_SIZE(imds_headers),
	.retry_statuses = imds_retries,
	.retry_status_count = ARRAY_SIZE(imds_retries),
};

static const struct fetch_header wire_headers[] = {
	{ SLICE_INIT("x-ms-agent-name"), SLICE_INIT("com.coreos.afterburn") },
	{ SLICE_INIT("x-ms-version"), SLICE_INIT(WIRE_VERSION) },
};
static const char *const wire_bases[] = { WIRE_SERVER, NULL };

static const struct metadata_service wire = {
	.bases = wire_bases,
	.headers = wire_headers,
	.header_count = ARRAY_SIZE(wire_headers),
};

static const char *const media_types[] = { "udf", NULL };

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &imds);
	int r = metadata_http_get_config(&client, CONFIG_PATH, METADATA_ABSENT_IS_ERROR, ret, err);

	if (r == 0)
		r = encoding_decode_base64(ret, err);
	if (r < 0 || ret->length)
		return r;
	provider_config_done(ret);
	return azure_media_get_config(context, media_types, ret, err);
}

/* --- attributes, of the wire server */

static int parse_versions(const struct slice *documents, size_t count, struct metadata *ret,
			  struct error *err)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct xml_element *root = NULL;
	int r = xml_parse(documents[0], "the list of versions", arena, &root, err);

	(void)count;
	(void)ret;
	if (r < 0)
		return r;
	for (const struct xml_element *version = xml_path(root, "Supported/Version"); version;
	     version = xml_next(version))
		if (slice_is(xml_text(version), WIRE_VERSION))
			return 0;
	return error_set(err, ERROR_UNSUPPORTED, EPROTONOSUPPORT,
			 "the wire server does not speak version " WIRE_VERSION);
}

static int parse_goal(const struct slice *documents, size_t count, struct metadata *ret,
		      struct error *err)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct xml_element *root = NULL;
	int r = xml_parse(documents[0], "the goal state", arena, &root, err);

	(void)count;
	if (r < 0)
		return r;

	struct slice url = xml_text(xml_path(root, "Container/RoleInstanceList/RoleInstance/"
						   "Configuration/SharedConfig"));

	return url.length ? metadata_add_attribute(ret, SHARED_CONFIG, url, err)
			  : error_set(err, ERROR_INPUT, EINVAL,
				      "the goal state names no SharedConfig");
}

static struct slice without_port(struct slice endpoint)
{
	const char *colon = endpoint.length ? memrchr(endpoint.data, ':', endpoint.length) : NULL;

	return colon ? (struct slice){ endpoint.data, (size_t)(colon - endpoint.data) } : endpoint;
}

static int add_instance(const struct xml_element *instance, struct metadata *ret, struct error *err)
{
	int r = metadata_add_attribute(ret, "AZURE_IPV4_DYNAMIC",
				       xml_attribute(instance, "address"), err);

	for (const struct xml_element *endpoint = xml_path(instance, "InputEndpoints/Endpoint");
	     endpoint && r == 0; endpoint = xml_next(endpoint))
		r = metadata_add_attribute(
			ret, "AZURE_IPV4_VIRTUAL",
			without_port(xml_attribute(endpoint, "loadBalancedPublicAddress")), err);
	return r;
}

static int parse_shared(const struct slice *documents, size_t count, struct metadata *ret,
			struct error *err)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	const struct xml_element *root = NULL;
	int r = xml_parse(documents[0], "SharedConfig", arena, &root, err);

	(void)count;
	if (r < 0)
		return r;

	struct slice own = xml_attribute(xml_path(root, "Incarnation"), "instance");

	for (const struct xml_element *instance = xml_path(root, "Instances/Instance"); instance;
	     instance = xml_next(instance))
		if (slice_equal(xml_attribute(instance, "id"), own))
			return add_instance(instance, ret, err);
	return 0;
}

static int get_parsed(struct metadata_client *client, const char *path, metadata_parser *parser,
		      struct metadata *ret, struct error *err)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = metadata_http_get(client, path, &text, &length, err);
	const struct slice document = { text, length };

	return r < 0 ? r : metadata_parse(parser, &document, 1, ret, err);
}

/* The server names itself in full, with its port; anybody else is not asked. */
static int path_of(const char *url, const char **ret, struct error *err)
{
	static const char *const prefixes[] = { WIRE_SERVER ":80/", WIRE_SERVER "/" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (!slice_starts(slice_of(url), prefixes[i]))
			continue;
		*ret = url + strlen(prefixes[i]) - 1;
		return 0;
	}
	return error_set(err, ERROR_INPUT, EPERM,
			 "the goal state leads away from the wire server: not followed");
}

static int add_addresses(const struct provider_context *context, struct metadata *ret,
			 struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &wire);
	AUTO(metadata_free) struct metadata *goal = metadata_new();
	const char *path = NULL;
	int r = get_parsed(&client, VERSIONS_PATH, parse_versions, goal, err);

	if (r == 0)
		r = get_parsed(&client, GOAL_PATH, parse_goal, goal, err);
	if (r == 0)
		r = path_of(metadata_get(goal, SHARED_CONFIG), &path, err);
	return r < 0 ? r : get_parsed(&client, path, parse_shared, ret, err);
}

/* --- of IMDS */

static int add_size(struct metadata_client *client, struct metadata *ret, struct error *err)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = metadata_http_get(client, SIZE_PATH, &text, &length, err);

	return r < 0 ? r
		     : metadata_add_attribute(ret, "AZURE_VMSIZE", (struct slice){ text, length },
					      err);
}

static int add_hostname(struct metadata_client *client, struct metadata *ret, struct error *err)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = metadata_http_get(client, NAME_PATH, &text, &length, err);

	return r < 0 ? r : metadata_set_hostname(ret, (struct slice){ text, length }, err);
}

/* A portal's text field may have broken a key into lines. */
static int add_key(struct slice data, struct metadata *ret, struct error *err)
{
	AUTO(text_done) struct text line = TEXT_INIT(METADATA_VALUE_MAX);

	while (data.length)
		if (text_append_slice(&line, slice_trim(slice_take_line(&data))) < 0)
			return error_set(err, ERROR_INPUT, E2BIG, "an SSH key is too long");
	return metadata_add_keys(ret, /* user= */ NULL, text_slice(&line), err);
}

static int parse_keys(const struct slice *documents, size_t count, struct metadata *ret,
		      struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], "publicKeys", &fields, err);

	(void)count;
	if (r < 0)
		return r;
	for (struct place key = place_first(fields_top(&fields)); key.is_present && r == 0;
	     key = place_next(key))
		r = add_key(place_member_text(key, "keyData"), ret, err);
	return r;
}

static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &imds);
	int r = 0;

	if (parts & METADATA_ATTRIBUTES)
		r = add_addresses(context, ret, err);
	if (r == 0 && (parts & METADATA_ATTRIBUTES))
		r = add_size(&client, ret, err);
	if (r == 0 && (parts & METADATA_KEYS))
		r = get_parsed(&client, KEYS_PATH, parse_keys, ret, err);
	if (r == 0 && (parts & METADATA_HOSTNAME))
		r = add_hostname(&client, ret, err);
	return r;
}

static const struct proof proofs[] = {
	{ PROOF_PLATFORM, { { FACT_ASSET_TAG, "7783-7084-3265-9085-8269-3286-77" } } },
};

const struct provider provider_azure = {
	.name = "azure",
	.title = "Microsoft Azure",
	.needs_network = true,
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.roles = { .private_ipv4 = "AZURE_IPV4_DYNAMIC", .public_ipv4 = "AZURE_IPV4_VIRTUAL" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
