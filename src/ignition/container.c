#include "ignition/container.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "config/parse.h"
#include "config/resolve.h"
#include "ignition/acquire.h"
#include "ignition/files.h"
#include "ignition/network.h"

/* One application. */
struct container {
	const struct container_params *params;
	struct machine machine;
	struct config_pool *pool;
	struct fetcher *fetcher;
	struct state *state; /* collected while rendering, and dropped */
	const struct config *config;
};

static void container_done(struct container *container)
{
	state_free(container->state);
	fetcher_free(container->fetcher);
	config_pool_free(container->pool);
	machine_done(&container->machine);
}
DEFINE_DONE(struct container, container_done)

static bool has_file(const struct machine *machine, const char *path)
{
	return faccessat(machine->host_fd, path, F_OK, /* flags= */ 0) == 0;
}

static int check_surroundings(const struct container *container, struct error *err)
{
	const char *variable = container->params->variable;

	if ((variable && variable[0]) || has_file(&container->machine, "run/.containerenv") ||
	    has_file(&container->machine, ".dockerenv"))
		return 0;
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "this tool is not designed to run on a host system; reprovision the "
			 "machine instead");
}

static int render(struct container *container, const struct source *source, struct error *err)
{
	const struct provider_context context = { .machine = &container->machine,
						  .fetcher = container->fetcher,
						  .observer = container->params->observer };
	const struct acquire_params params = { .pool = container->pool,
					       .state = container->state,
					       .context = &context,
					       .observer = container->params->observer };
	struct acquired acquired = { .config = NULL };
	const struct fetch_settings settings = FETCH_SETTINGS_DEFAULT;
	const char *why = NULL;
	int r = fetcher_configure(container->fetcher, &settings, err);

	if (r == 0)
		r = acquire_render(&params, source, &acquired, err);
	if (r < 0)
		return r;
	container->config = acquired.config;
	if (container->params->is_offline &&
	    config_needs_network(container->pool, container->config, &why))
		return error_set(err, ERROR_NEED_NETWORK, ENETUNREACH,
				 "the config needs the network, which --offline forbids: %s", why);
	return 0;
}

static bool has_kargs(const struct config *config)
{
	return config->kernel_arguments.should_exist.count ||
	       config->kernel_arguments.should_not_exist.count;
}

static bool has_disks(const struct config *config)
{
	const struct config_storage *storage = &config->storage;

	return storage->disks.count || storage->raid.count || storage->luks.count ||
	       storage->filesystems.count;
}

static bool has_filesystems(const struct config *config)
{
	return config->storage.filesystems.count > 0;
}

static bool has_accounts(const struct config *config)
{
	return config->passwd.groups.count || config->passwd.users.count;
}

/* In the order of the stages, as the first one refuses. */
static const struct refusal {
	const char *stage;
	bool (*is_asked)(const struct config *config);
	const char *what;
} refusals[] = {
	{ "kargs", has_kargs, "cannot apply kargs modifications live" },
	{ "disks", has_disks, "cannot apply disk modifications live" },
	{ "mount", has_filesystems, "cannot apply filesystems modifications live" },
	{ "files", has_accounts, "cannot apply passwd live" },
};

static int check_config(const struct container *container, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *refusal = &refusals[i];

		if (refusal->is_asked(container->config) && !container->params->ignores_unsupported)
			return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
					 "running stage '%s': %s", refusal->stage, refusal->what);
	}
	return 0;
}

static int make_files(struct container *container, struct error *err)
{
	AUTO(prefetch_free) struct prefetch *prefetch = prefetch_new(container->fetcher);
	AUTO(plan_free) struct plan *plan = NULL;
	const struct profile *profile = NULL;
	int r = profile_load(&container->machine, &profile, err);

	if (r == 0)
		r = network_use(container->fetcher, container->pool, container->config, err);
	if (r < 0)
		return r;

	const struct files_params params = {
		.config = container->config,
		.machine = &container->machine,
		.prefetch = prefetch,
		.profile = profile,
		.observer = container->params->observer,
		.skips_accounts = true,
	};

	r = files_plan(&params, &plan, err);
	if (r == 0)
		r = files_apply(&params, plan, /* journal= */ NULL, err);
	return r < 0 ? error_wrap(err, r, "running stage 'files'") : 0;
}

static int apply(struct container *container, const struct source *source, struct error *err)
{
	int r = machine_open(&container->machine, "/", container->params->root, err);

	if (r == 0)
		r = check_surroundings(container, err);
	if (r == 0)
		r = render(container, source, err);
	if (r == 0)
		r = check_config(container, err);
	return r < 0 ? r : make_files(container, err);
}

/* What is wrong with a config is said before it is applied. */
static int parse(const struct container *container, const struct source *source, struct error *err)
{
	AUTO(report_free) struct report *report = report_new();
	const struct config *config = NULL;
	int r = config_parse(container->pool, source, /* flags= */ 0, report, &config,
			     /* ret_version= */ NULL, err);

	if (r < 0)
		acquire_log_report(container->params->observer, report);
	return r;
}

static int fail(const struct container_params *params, const char *what, int r,
		const struct error *err)
{
	event_message(params->observer, EVENT_CRITICAL, "%s: %s", what, err->text);
	return r;
}

int container_apply(const struct container_params *params)
{
	AUTO(container_done)
	struct container container = {
		.params = params,
		.machine = MACHINE_INIT,
		.pool = config_pool_new(),
		.fetcher = fetcher_new(params->is_offline ? FETCHER_OFFLINE : FETCHER_ONLINE,
				       params->observer),
		.state = state_new(),
	};
	AUTO(error_done) struct error err = ERROR_INIT;
	char *data = NULL;
	size_t length = 0;
	int r = file_read(params->config, CONFIG_SIZE_MAX, FILE_STDIN, &data, &length, &err);

	if (r < 0)
		return fail(params, "couldn't read config", r, &err);

	const struct source *source =
		config_pool_add_source(container.pool, params->config, data, length);

	r = parse(&container, source, &err);
	if (r < 0)
		return fail(params, "couldn't parse config", r, &err);
	r = apply(&container, source, &err);
	return r < 0 ? fail(params, "failed to apply", r, &err) : 0;
}
