#include "live/source.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "providers/ec2_tree.h"
#include "providers/fields.h"
#include "providers/ovf.h"

#define EC2_TREE     "/2009-04-04/meta-data/"
#define EC2_CONFIG   "/2009-04-04/user-data"
#define CONFIG_DRIVE "openstack/latest/"
#define NETWORK_PATH "NETWORK_PATH" /* attribute */
#define CMDLINE_NAME "cloud-config-url"
/* A name of the kernel's arguments that is longer is another one. */
#define ARGUMENT_NAME_MAX 64

/* Attributes of sources that are no provider's. */
#define PLAIN_ROLES                                                                                \
	{                                                                                          \
		.private_ipv4 = "PRIVATE_IPV4", .public_ipv4 = "PUBLIC_IPV4"                       \
	}

/* --- files */

static int read_file(const char *path, struct provider_config *ret, struct error *err)
{
	int r = file_read(path, PROVIDER_CONFIG_MAX, /* flags= */ 0, &ret->data, &ret->length, err);

	if (r == 0)
		ret->name = xstrdup(path);
	return r;
}

static int fetch_file(const struct provider_context *context, const char *place,
		      struct provider_config *ret, struct error *err)
{
	(void)context;
	return read_file(place, ret, err);
}

/* No user data is no error where a platform has metadata. */
static int read_optional(const char *path, struct provider_config *ret, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = read_file(path, ret, &problem);

	if (r < 0 && r != -ENOENT)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	if (r < 0) {
		ret->data = xstrdup("");
		ret->name = xstrdup(path);
	}
	return 0;
}

static int check_directory(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_errno(err, errno, "%s", path);
	return 0;
}

static int fetch_drive(const struct provider_context *context, const char *place,
		       struct provider_config *ret, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/" CONFIG_DRIVE "user_data", place);
	int r = check_directory(place, err);

	(void)context;
	return r < 0 ? r : read_optional(path, ret, err);
}

static int parse_drive(const struct slice *documents, size_t count, struct metadata *ret,
		       struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_json(documents[0], "meta_data.json", &fields, err);

	(void)count;
	if (r < 0)
		return r;

	const struct place top = fields_top(&fields);
	const struct slice hostname = place_member_text(top, "hostname");

	for (struct place key = place_first(place_member(top, "public_keys"));
	     key.is_present && r == 0; key = place_next(key))
		r = metadata_add_keys(ret, /* user= */ NULL, place_text(key), err);
	if (r == 0)
		r = metadata_add_attribute(
			ret, NETWORK_PATH,
			place_text(place_path(top, "network_config.content_path")), err);
	if (r == 0 && hostname.length)
		r = metadata_set_hostname(ret, hostname, err);
	return r;
}

static int fetch_drive_metadata(const struct provider_context *context, const char *place,
				struct metadata *ret, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s/" CONFIG_DRIVE "meta_data.json", place);
	AUTO(provider_config_done) struct provider_config document = { .data = NULL };
	int r = read_optional(path, &document, err);
	const struct slice text = { document.data, document.length };

	(void)context;
	return r < 0 || text.length == 0 ? r : metadata_parse(parse_drive, &text, 1, ret, err);
}

/* meta_data.json names the file, below "openstack". */
static int fetch_drive_network(const struct provider_context *context, const char *place,
			       struct provider_config *ret, struct error *err)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	int r = fetch_drive_metadata(context, place, metadata, err);
	const char *file = metadata_get(metadata, NETWORK_PATH);

	if (r < 0)
		return r;
	if (!file) {
		ret->data = xstrdup("");
		return 0;
	}
	if (strstr(file, ".."))
		return error_set(err, ERROR_INPUT, EINVAL, "network_config: %s leads elsewhere",
				 file);

	AUTO_FREE char *path = xasprintf("%s/openstack/%s", place, file);

	return read_file(path, ret, err);
}

/* The agent makes the file "provisioned" when the others are there. */
static int fetch_waagent(const struct provider_context *context, const char *place,
			 struct provider_config *ret, struct error *err)
{
	AUTO_FREE char *ready = xasprintf("%s/provisioned", place);
	AUTO_FREE char *path = xasprintf("%s/CustomData", place);
	int r = check_directory(ready, err);

	(void)context;
	return r < 0 ? r : read_optional(path, ret, err);
}

/* --- URLs */

static int fetch_url(const struct provider_context *context, const char *place,
		     struct provider_config *ret, struct error *err)
{
	const struct fetch_request request = { .url = slice_of(place) };
	int r = fetch_memory(context->fetcher, &request, &ret->data, &ret->length, err);

	if (r == 0)
		ret->name = xstrdup(place);
	return r;
}

/* Upstream takes "_" in the name for "-"; of several the last counts. */
static bool is_argument(struct slice name)
{
	char text[ARGUMENT_NAME_MAX] = "";

	if (name.length >= sizeof(text))
		return false;
	for (size_t i = 0; i < name.length; i++)
		text[i] = name.data[i] == '_' ? '-' : name.data[i];
	return strcmp(text, CMDLINE_NAME) == 0;
}

static int fetch_cmdline(const struct provider_context *context, const char *place,
			 struct provider_config *ret, struct error *err)
{
	AUTO_FREE char *url = NULL;
	struct machine_karg argument;

	(void)place;
	for (const char *at = NULL; machine_next_karg(context->machine, &at, &argument);)
		if (is_argument(argument.name) && argument.value.length) {
			free(url);
			url = slice_dup(argument.value);
		}
	if (!url)
		return error_set(err, ERROR_NOT_FOUND, ENOENT,
				 "the kernel command line has no " CMDLINE_NAME);
	return fetch_url(context, url, ret, err);
}

/* --- EC2's tree, which many clouds have in this version alone */

static const char *const ec2_bases[] = { "http://169.254.169.254", NULL };
static const struct metadata_service ec2_service = { .bases = ec2_bases };

static const struct ec2_leaf ec2_leaves[] = {
	{ "local-ipv4", "PRIVATE_IPV4" },
	{ "public-ipv4", "PUBLIC_IPV4" },
	{ "hostname", .is_hostname = true },
};

static int fetch_ec2(const struct provider_context *context, const char *place,
		     struct provider_config *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &ec2_service);

	(void)place;
	return metadata_http_get_config(&client, EC2_CONFIG, METADATA_ABSENT_IS_EMPTY, ret, err);
}

static int fetch_ec2_metadata(const struct provider_context *context, const char *place,
			      struct metadata *ret, struct error *err)
{
	AUTO(metadata_http_done)
	struct metadata_client client = METADATA_HTTP_INIT(context, &ec2_service);
	int r = ec2_tree_add_leaves(&client, EC2_TREE, ec2_leaves, ARRAY_SIZE(ec2_leaves), ret,
				    err);

	(void)place;
	return r < 0 ? r : ec2_tree_add_keys(&client, EC2_TREE "public-keys", ret, err);
}

/* --- VMware's OVF environment, and what there is no way to */

static int fetch_ovf(const struct provider_context *context, const char *place,
		     struct provider_config *ret, struct error *err)
{
	static const char *const keys[] = { "coreos.config.data", "coreos.config.data.encoding",
					    "coreos.config.url" };
	char *values[ARRAY_SIZE(keys)] = { NULL };
	AUTO(provider_config_done) struct provider_config document = { .data = NULL };
	int r = read_file(place, &document, err);

	if (r == 0)
		r = ovf_properties((struct slice){ document.data, document.length }, keys,
				   ARRAY_SIZE(keys), values, err);
	if (r == 0 && values[0] && values[1] && *values[1]) {
		r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			      "%s: encoding %s of coreos.config.data: use guestinfo", place,
			      values[1]);
	} else if (r == 0 && !values[0] && values[2]) {
		r = fetch_url(context, values[2], ret, err);
	} else if (r == 0) {
		ret->data = values[0] ? take_ptr(&values[0]) : xstrdup("");
		ret->length = strlen(ret->data);
		ret->name = xstrdup(place);
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		free(values[i]);
	return r;
}

static int refuse_cloudsigma(const struct provider_context *context, const char *place,
			     struct provider_config *ret, struct error *err)
{
	(void)context;
	(void)place;
	(void)ret;
	return error_set(
		err, ERROR_UNSUPPORTED, EOPNOTSUPP,
		"CloudSigma's server context cannot be asked: there is no provider for it");
}

/* Local ones first: they answer at once or not at all. */
static const struct source_kind kinds[] = {
	{ "file", "local-file", fetch_file, .provider = NULL },
	{ "configdrive", "cloud-drive", fetch_drive, fetch_drive_metadata, fetch_drive_network },
	{ "waagent", "waagent", fetch_waagent, .provider = NULL },
	{ "vmware-ovf-env", "vmware", fetch_ovf, .provider = NULL },
	{ "vmware-guestinfo", "vmware", .provider = &provider_vmware },
	{ "cloudsigma-metadata", "server-context", refuse_cloudsigma, .provider = NULL },
	{ "metadata-service", "ec2-metadata-service", fetch_ec2, fetch_ec2_metadata,
	  .roles = PLAIN_ROLES },
	{ "ec2-metadata", "ec2-metadata-service", fetch_ec2, fetch_ec2_metadata,
	  .roles = PLAIN_ROLES },
	{ "gce-metadata", "gce-metadata-service", .provider = &provider_gcp },
	{ "digitalocean-metadata", "digitalocean-metadata-service",
	  .provider = &provider_digitalocean },
	{ "packet-metadata", "packet-metadata-service", .provider = &provider_packet },
	{ "url", "url", fetch_url, .provider = NULL },
	{ "proc-cmdline", "proc-cmdline", fetch_cmdline, .provider = NULL },
};

const struct source_kind *source_find(const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].option, option) == 0)
			return &kinds[i];
	return NULL;
}

/* The base URL, without slashes at its end; freed with free(). */
static char *service_of(const char *place)
{
	struct slice base = slice_of(place);

	while (slice_ends(base, "/"))
		base.length--;
	return base.length ? slice_dup(base) : NULL;
}

int source_fetch_config(const struct source_kind *kind, const struct provider_context *context,
			const char *place, struct provider_config *ret, struct error *err)
{
	AUTO_FREE char *service = service_of(place);
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct provider_context here = *context;
	int r;

	here.service = service;
	r = kind->provider ? kind->provider->fetch_config(&here, ret, &problem)
			   : kind->fetch_config(&here, place, ret, &problem);
	if (r < 0 && problem.kind == ERROR_EMPTY) {
		ret->data = xstrdup("");
		return 0;
	}
	return r < 0 ? error_set(err, problem.kind, -r, "%s", problem.text) : 0;
}

int source_fetch_metadata(const struct source_kind *kind, const struct provider_context *context,
			  const char *place, struct metadata *ret, struct error *err)
{
	AUTO_FREE char *service = service_of(place);
	struct provider_context here = *context;

	here.service = service;
	if (kind->provider)
		return kind->provider->fetch_metadata
			       ? kind->provider->fetch_metadata(&here, METADATA_ALL, ret, err)
			       : 0;
	return kind->fetch_metadata ? kind->fetch_metadata(&here, place, ret, err) : 0;
}

int source_fetch_network(const struct source_kind *kind, const struct provider_context *context,
			 const char *place, struct provider_config *ret, struct error *err)
{
	if (kind->fetch_network)
		return kind->fetch_network(context, place, ret, err);
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "no network data can be had from %s",
			 kind->type);
}

const struct provider_roles *source_roles(const struct source_kind *kind)
{
	return kind->provider ? &kind->provider->roles : &kind->roles;
}
