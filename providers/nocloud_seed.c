#include "providers/nocloud_seed.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/url.h"
#include "providers/extract.h"
#include "providers/fields.h"

#define FILE_SCHEME "file://"

/* Below the host's "/"; both files have to be there. */
static const char *const directories[] = { "/var/lib/cloud/seed/nocloud/",
					   "/var/lib/cloud/seed/nocloud-net/" };
static const char *const schemes[] = { "http://", "https://", "tftp://" };

void nocloud_seed_done(struct nocloud_seed *seed)
{
	nocloud_argument_done(&seed->argument);
	config_drive_done(&seed->drive);
	free(seed->prefix);
	seed->prefix = NULL;
}

static bool has_file(const struct machine *machine, const char *directory, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s%s", directory + 1, name);
	struct stat st;

	return fstatat(machine->host_fd, path, &st, 0) == 0;
}

static const char *find_directory(const struct machine *machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		if (has_file(machine, directories[i], "user-data") &&
		    has_file(machine, directories[i], "meta-data"))
			return directories[i];
	return NULL;
}

/* --- a seed that is named */

static bool has_scheme(struct slice seed)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (slice_starts(seed, schemes[i]))
			return true;
	return false;
}

/* Names of files are put right behind it, as cloud-init does. */
static int use_named(const struct provider_context *context, const char *name,
		     struct nocloud_seed *seed, struct error *err)
{
	AUTO(text_done) struct text address = TEXT_INIT(TEXT_MESSAGE_MAX);
	int r = nocloud_argument_expand(context->machine, slice_of(name), &address, err);
	const char *text = text_str(&address);

	if (r < 0)
		return r;
	if (slice_starts(text_slice(&address), FILE_SCHEME))
		text += strlen(FILE_SCHEME);
	if (text[0] != '/' && !has_scheme(text_slice(&address)))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "the seed \"%s\" is neither a directory nor an URL of http, https "
				 "or tftp",
				 text);
	config_drive_done(&seed->drive);
	free(seed->prefix);
	seed->prefix = xstrdup(text);
	return 0;
}

static int find_seedfrom(struct slice document, struct text *ret, struct error *err)
{
	AUTO(fields_done) struct fields fields = { .source = NULL };
	int r = fields_of_yaml(document, "meta-data", &fields, err);

	return r < 0 ? r
		     : text_append_slice(ret, place_member_text(fields_top(&fields), "seedfrom"));
}

/* One seed may name another; that one is not asked for a third. */
static int follow(const struct provider_context *context, struct nocloud_seed *seed,
		  struct error *err)
{
	AUTO(provider_config_done) struct provider_config meta = { .length = 0 };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = nocloud_seed_read(context, seed, "meta-data", &meta, &problem);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = extract(find_seedfrom, &meta, &problem);
	if (r < 0)
		return error_move(err, &problem, r);
	return meta.length ? use_named(context, meta.data, seed, err) : 0;
}

/* --- */

int nocloud_seed_find(const struct provider_context *context, struct nocloud_seed *ret,
		      struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;

	*ret = (struct nocloud_seed){ .prefix = NULL };
	nocloud_argument_find(context->machine, &ret->argument);
	if (ret->argument.seed)
		return use_named(context, ret->argument.seed, ret, err);

	int r = config_drive_find(context, config_drive_nocloud, &ret->drive, &problem);
	const char *directory = find_directory(context->machine);

	if (r == -ENOENT && directory) {
		ret->prefix = xstrdup(directory);
		return follow(context, ret, err);
	}
	if (r < 0 && r != -ENOENT)
		return error_move(err, &problem, r);
	if (r == -ENOENT)
		r = config_drive_wait(context, config_drive_nocloud, context->wait_ms, &ret->drive,
				      err);
	return r < 0 ? r : follow(context, ret, err);
}

static int read_url(const struct provider_context *context, const char *url,
		    struct provider_config *ret, struct error *err)
{
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	const struct fetch_request request = { .url = slice_of(url) };

	url_append_printable(&name, slice_of(url));

	int r = fetch_memory(context->fetcher, &request, &ret->data, &ret->length, err);

	if (r < 0)
		return error_wrap(err, r, "fetch %s", text_str(&name));
	ret->name = text_take(&name);
	return 0;
}

int nocloud_seed_read(const struct provider_context *context, const struct nocloud_seed *seed,
		      const char *name, struct provider_config *ret, struct error *err)
{
	AUTO_FREE char *path = xasprintf("%s%s", seed->prefix ?: "/", name);
	int r;

	if (seed->prefix && seed->prefix[0] != '/')
		return read_url(context, path, ret, err);
	if (seed->prefix)
		r = machine_read(context->machine, path + 1, PROVIDER_CONFIG_MAX, &ret->data,
				 &ret->length, err);
	else
		r = config_drive_read(&seed->drive, path, &ret->data, &ret->length, err);
	if (r == 0)
		ret->name = seed->prefix ? take_ptr(&path)
					 : xasprintf("%s:%s", seed->drive.label, path);
	return r;
}
