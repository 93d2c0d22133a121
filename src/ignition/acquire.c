#include "ignition/acquire.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/url.h"
#include "config/merge.h"
#include "config/resolve.h"
#include "ignition/network.h"
#include "ignition/removal.h"

void acquire_log_report(const struct event_observer *observer, const struct report *report)
{
	static const enum event_level levels[] = {
		[REPORT_INFO] = EVENT_INFO,
		[REPORT_WARNING] = EVENT_WARNING,
		[REPORT_ERROR] = EVENT_CRITICAL,
	};

	for (size_t i = 0; i < report_count(report); i++) {
		const struct report_entry *entry = report_entry_at(report, i);
		AUTO(text_done) struct text line = TEXT_INIT(TEXT_MESSAGE_MAX);

		report_render_upstream(entry, &line);
		event_message(observer, levels[entry->severity], "%s", text_str(&line));
		if (entry->hint)
			event_message(observer, EVENT_INFO, "hint: %s", entry->hint);
	}
}

static void hash_text(struct slice text, char ret[static HASH_HEX_MAX])
{
	struct hash hash;

	hash_init(&hash, HASH_SHA512);
	hash_update(&hash, text.data, text.length);
	hash_hex(&hash, ret);
}

/*
 * Parse @source while it is hashed.
 * @ret_digest: set on failure too
 */
static int parse(const struct acquire_params *params, const struct source *source,
		 const struct config **ret, char ret_digest[static HASH_HEX_MAX], struct error *err)
{
	AUTO(report_free) struct report *report = report_new();
	struct hash_task task;

	hash_task_begin(&task, HASH_SHA512, source_text(source));

	int r = config_parse(params->pool, source, /* flags= */ 0, report, ret,
			     /* ret_version= */ NULL, err);

	hash_task_end(&task, ret_digest);
	event_message(params->observer, EVENT_DEBUG, "parsing config with SHA512: %s", ret_digest);
	acquire_log_report(params->observer, report);
	return r;
}

/* Rendering, with the digests of everything that went into it. */
struct rendering {
	const struct acquire_params *params;
	struct config_resolver *resolver;
	struct network *network;
	struct hash key;
};

static void add_to_key(struct rendering *rendering, const char *digest)
{
	hash_update(&rendering->key, digest, strlen(digest));
}

static int fetch_need(const struct rendering *rendering, const struct config_need *need, char **ret,
		      size_t *ret_length, struct error *err)
{
	const struct acquire_params *params = rendering->params;
	struct fetch_request request =
		network_request(need->resource, config_pool_arena(params->pool));
	int r = network_apply(rendering->network, &need->settings, err);

	request.case_exact_hash = true;
	return r < 0 ? r : fetch_memory(params->context->fetcher, &request, ret, ret_length, err);
}

/* The path component is all of a URL that the state remembers; none for data URLs. */
static void remember_referenced(const struct rendering *rendering, struct slice url)
{
	struct url parts = { .path = SLICE("") };

	url_parse(url, &parts, /* err= */ NULL);

	AUTO_FREE char *path = slice_dup(parts.path);

	state_add_config(rendering->params->state, "user", path, /* is_referenced= */ true);
}

static int fetch_and_feed(struct rendering *rendering, const struct config_need *need,
			  struct error *err)
{
	const struct acquire_params *params = rendering->params;
	AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(report_free) struct report *report = report_new();
	char digest[HASH_HEX_MAX];
	char *data = NULL;
	size_t length = 0;

	/* Upstream goes on as if the config were empty: a machine that nobody asked for. */
	if (need->resource->source.length == 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "ignition.config.%s has an empty source; name a URL, or leave it "
				 "out",
				 need->is_replace ? "replace" : "merge");
	url_append_printable(&name, need->resource->source);

	int r = fetch_need(rendering, need, &data, &length, err);

	if (r < 0)
		return error_wrap(err, r, "fetch config %s", text_str(&name));
	hash_text((struct slice){ data, length }, digest);
	if (slice_starts(need->resource->source, "data:"))
		event_message(params->observer, EVENT_DEBUG,
			      "fetched referenced config from data url with SHA512: %s", digest);
	else
		event_message(params->observer, EVENT_DEBUG,
			      "fetched referenced config at %s with SHA512: %s", text_str(&name),
			      digest);
	add_to_key(rendering, digest);

	const struct source *source =
		config_pool_add_source(params->pool, text_str(&name), data, length);

	r = config_resolve_feed(rendering->resolver, source, report, err);
	acquire_log_report(params->observer, report);
	if (r < 0)
		return error_wrap(err, r, "config %s", text_str(&name));
	remember_referenced(rendering, need->resource->source);
	return 0;
}

/* The rules once more, on what merging made. */
static int check_rendered(const struct acquire_params *params, const struct config *config,
			  struct error *err)
{
	AUTO(report_free) struct report *report = report_new();

	config_validate(params->pool, config, report);
	acquire_log_report(params->observer, report);
	if (!report_has_errors(report))
		return 0;
	event_message(params->observer, EVENT_CRITICAL,
		      "merging configs resulted in an invalid config");
	return error_set(err, ERROR_INPUT, EINVAL, "config is not valid");
}

/* Later stages find the authorities in the config, and need no network for them. */
static int embed_authorities(const struct rendering *rendering, struct acquired *acquired,
			     struct error *err)
{
	const struct config_fetch_settings settings = config_resolve_settings(rendering->resolver);
	int r = network_apply(rendering->network, &settings, err);

	return r < 0 ? r
		     : network_embed(rendering->network, acquired->config, &acquired->config, err);
}

static int resolve(const struct acquire_params *params, const struct config *config,
		   const char *digest, struct acquired *ret, struct error *err)
{
	struct rendering rendering = { .params = params };
	int r;

	hash_init(&rendering.key, HASH_SHA512);
	add_to_key(&rendering, digest);

	AUTO(network_free)
	struct network *network = network_new(params->context->fetcher, params->pool);
	AUTO(config_resolver_free)
	struct config_resolver *resolver = config_resolver_new(params->pool, config);
	struct config_need need;

	rendering.resolver = resolver;
	rendering.network = network;
	while ((r = config_resolve_next(resolver, &need, err)) > 0) {
		r = fetch_and_feed(&rendering, &need, err);
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	ret->config = config_resolve_result(resolver);
	hash_hex(&rendering.key, ret->key);
	r = check_rendered(params, ret->config, err);
	return r < 0 ? r : embed_authorities(&rendering, ret, err);
}

int acquire_resolve(const struct acquire_params *params, const struct source *source,
		    const struct config *config, struct acquired *ret, struct error *err)
{
	char digest[HASH_HEX_MAX];

	hash_text(source_text(source), digest);
	return resolve(params, config, digest, ret, err);
}

/* A text that the profile takes and that is not Ignition. */
static int render_dialect(const struct acquire_params *params, const struct source *source,
			  enum dialect dialect, struct acquired *ret, struct error *err)
{
	AUTO(report_free) struct report *report = NULL;
	const struct interpret_params interpret_params = {
		.pool = params->pool,
		.attributes = params->attributes,
		.variables = params->variables,
		.fetcher = params->context->fetcher,
		.dialect = dialect,
	};
	struct lowered lowered;

	event_message(params->observer, EVENT_INFO, "the user config is %s",
		      dialect_title(dialect));

	int r = interpret(&interpret_params, source, &report, &lowered, err);

	if (report)
		acquire_log_report(params->observer, report);
	return r < 0 ? r : acquire_resolve(params, source, lowered.config, ret, err);
}

/* The empty config, because somebody else handles what was found. */
static int leave_alone(const struct acquire_params *params, const struct source *source,
		       struct acquired *ret)
{
	event_message(params->observer, EVENT_INFO,
		      "the user config is %s, which is left alone; continuing with an empty config",
		      dialect_title(sniff_dialect(source_text(source))));
	ret->config = config_new(params->pool);
	hash_text(source_text(source), ret->key);
	return 0;
}

int acquire_render(const struct acquire_params *params, const struct source *source,
		   struct acquired *ret, struct error *err)
{
	const struct source *unpacked = source;
	const struct config *config = NULL;
	enum dialect dialect = DIALECT_IGNITION;
	char digest[HASH_HEX_MAX];
	int r = 0;

	if (params->profile && params->profile->dialects != PROFILE_IGNITION_ALONE)
		r = dialect_unpack(params->pool, &unpacked, err);
	if (r < 0)
		return r;
	if (params->profile)
		dialect = interpret_boot_dialect(params->profile, params->context->machine,
						 source_text(unpacked));
	if (dialect == DIALECT_EMPTY)
		return leave_alone(params, unpacked, ret);
	if (dialect != DIALECT_IGNITION)
		return render_dialect(params, unpacked, dialect, ret, err);
	r = parse(params, source, &config, digest, err);
	return r < 0 ? r : resolve(params, config, digest, ret, err);
}

/* Names of one directory's entries, collected over the directories that may hold it. */
struct names {
	char **items;
	size_t count;
};

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}
DEFINE_DONE(struct names, names_done)

static bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0)
			return true;
	}
	return false;
}

static void collect_names(const char *directory, struct names *names)
{
	DIR *stream = opendir(directory);

	if (!stream)
		return;
	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    names_have(names, entry->d_name))
			continue;
		names->items = xreallocarray(names->items, names->count + 1, sizeof(char *));
		names->items[names->count++] = xstrdup(entry->d_name);
	}
	closedir(stream);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The file of @name in the directory of the highest priority that has it. */
static int read_fragment(const char *const *directories, const char *subdirectory, const char *name,
			 char **ret_path, char **ret, size_t *ret_length, struct error *err)
{
	for (size_t i = 0; directories[i]; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s/%s", directories[i], subdirectory, name);
		struct error missing = ERROR_INIT;
		struct stat st;
		int r = file_read(path, BASE_CONFIG_SIZE_MAX, /* flags= */ 0, ret, ret_length,
				  &missing);

		/* A link that leads nowhere hides what is lower down: it has the name. */
		if (r == -ENOENT && directories[i + 1] && lstat(path, &st) < 0) {
			error_done(&missing);
			continue;
		}
		if (r == 0)
			*ret_path = take_ptr(&path);
		else
			r = error_set(err, missing.kind, -r, "%s", missing.text);
		error_done(&missing);
		return r;
	}
	return error_set(err, ERROR_NOT_FOUND, ENOENT, "%s/%s is nowhere", subdirectory, name);
}

/* One more fragment over *config. */
static int merge_fragment(const struct acquire_params *params, const char *subdirectory,
			  const char *name, const struct config **config, struct error *err)
{
	AUTO_FREE char *path = NULL;
	char *data = NULL;
	size_t length = 0;
	const struct config *fragment = NULL;
	char digest[HASH_HEX_MAX];
	int r = read_fragment(params->context->config_directories, subdirectory, name, &path, &data,
			      &length, err);

	if (r < 0)
		return r;
	r = parse(params, config_pool_add_source(params->pool, path, data, length), &fragment,
		  digest, err);
	if (r < 0)
		return error_wrap(err, r, "%s", path);
	*config = config_merge(params->pool, *config, fragment);
	return 0;
}

static int merge_directory(const struct acquire_params *params, const char *subdirectory,
			   const struct config **config, struct error *err)
{
	const char *const *directories = params->context->config_directories;
	AUTO(names_done) struct names names = { .count = 0 };
	size_t last = 0;

	for (size_t i = 0; directories[i]; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", directories[i], subdirectory);

		collect_names(path, &names);
		last = i;
	}
	if (names.count == 0) {
		event_message(params->observer, EVENT_INFO, "no config dir at \"%s/%s\"",
			      directories[last], subdirectory);
		return 0;
	}
	qsort(names.items, names.count, sizeof(char *), compare_names);
	for (size_t i = 0; i < names.count; i++) {
		int r = merge_fragment(params, subdirectory, names.items[i], config, err);

		if (r < 0)
			return r;
	}
	return 0;
}

int acquire_base(const struct acquire_params *params, const struct config **ret, struct error *err)
{
	AUTO_FREE char *directory = xasprintf("base.platform.d/%s", params->platform->name);
	AUTO(error_done) struct error problem = ERROR_INIT;
	const struct config *base = config_new(params->pool);
	const struct config *platform = base;
	int r = merge_directory(params, "base.d", &base, err);

	if (r < 0) {
		event_message(params->observer, EVENT_CRITICAL,
			      "failed to acquire system base config: %s", err ? err->text : "");
		return r;
	}

	/* As upstream: a broken fragment of a platform costs all of them, and the boot goes on. */
	r = merge_directory(params, directory, &platform, &problem);
	if (r < 0)
		event_message(params->observer, EVENT_INFO, "no config at \"%s\": %s", directory,
			      problem.text);
	else
		base = config_merge(params->pool, base, platform);
	state_add_config(params->state, "base", "system", /* is_referenced= */ false);
	*ret = base;
	return 0;
}

/* What a provider found, made into a config. */
static int take_provided(const struct acquire_params *params, const struct provider *provider,
			 struct provider_config *provided, struct acquired *ret, struct error *err)
{
	AUTO_FREE char *name = take_ptr(&provided->name);
	AUTO_FREE char *files = take_ptr(&provided->output_files);

	if (files)
		state_set_output_files(params->state, files);
	if (provided->length == 0) {
		free(take_ptr(&provided->data));
		event_message(params->observer, EVENT_INFO,
			      "not a config (empty): provider config was empty, continuing with "
			      "empty cache config");
		ret->config = config_new(params->pool);
		hash_text(SLICE(""), ret->key);
		return 0;
	}
	state_add_config(params->state, "user", provider->name, /* is_referenced= */ false);
	if (provider == params->platform && name)
		removal_announce(provider, name, params->observer);

	const struct source *source =
		config_pool_add_source(params->pool, name ? name : provider->name,
				       take_ptr(&provided->data), provided->length);

	return acquire_render(params, source, ret, err);
}

int acquire_user(const struct acquire_params *params, struct acquired *ret, struct error *err)
{
	const struct provider *const order[] = { &provider_cmdline, &provider_system,
						 params->platform };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		struct provider_config provided = { .length = 0 };
		AUTO(error_done) struct error none = ERROR_INIT;
		int r = order[i]->fetch_config(params->context, &provided, &none);

		if (r == 0)
			return take_provided(params, order[i], &provided, ret, err);
		provider_config_done(&provided);
		if (none.kind != ERROR_EMPTY)
			return error_set(err, none.kind, -r, "%s", none.text);
	}
	event_message(params->observer, EVENT_INFO, "no config provided by platform");
	ret->config = config_new(params->pool);
	hash_text(SLICE(""), ret->key);
	return 0;
}
