#include <errno.h>

#include "base/file.h"
#include "config/merge.h"
#include "config/resolve.h"
#include "ignition/cache.h"
#include "ignition/platform_attributes.h"
#include "ignition/stage.h"

#define NEED_NET_MODE		0644
#define NEED_NET_DIRECTORY_MODE 0755

/* Acquires the user config and writes the cache. */
static int fetch(struct engine *engine, struct error *err)
{
	AUTO(platform_attributes_done)
	struct platform_attributes attributes = { .platform = engine->platform,
						  .context = &engine->context };
	const struct attribute_source source = platform_attributes_source(&attributes);
	struct platform_variables variables;
	const struct acquire_params params = {
		.pool = engine->pool,
		.state = engine->state,
		.platform = engine->platform,
		.context = &engine->context,
		.observer = engine->params->observer,
		.profile = engine->profile,
		.attributes = &source,
		.variables = &variables,
	};
	struct acquired acquired = { .config = NULL };

	platform_attributes_variables(engine->platform, config_pool_arena(engine->pool),
				      &variables);
	/* Some platforms say it once: stage fetch-offline may have heard it. */
	engine->context.output_files = state_output_files(engine->state);

	int r = acquire_user(&params, &acquired, err);

	if (r < 0) {
		if (err->kind != ERROR_NEED_NETWORK)
			event_message(engine->params->observer, EVENT_CRITICAL,
				      "failed to acquire config: %s", err->text);
		return r;
	}
	engine->config = config_merge(engine->pool, engine->base, acquired.config);
	return cache_write(engine->params->config_cache, &acquired, err);
}

static int run_fetch(struct engine *engine, struct error *err)
{
	int r = fetch(engine, err);

	if (r == 0)
		event_message(engine->params->observer, EVENT_INFO, "fetch complete");
	return r;
}

static int flag_need_net(const struct engine *engine, const char *why, struct error *err)
{
	event_message(engine->params->observer, EVENT_INFO, "networking is needed: %s", why);
	return file_replace(engine->params->need_net, SLICE(""), NEED_NET_MODE,
			    NEED_NET_DIRECTORY_MODE, FILE_VOLATILE, err);
}

/* That something needs the network is a result of this stage, not a failure (spec ignition 5.9). */
static int run_fetch_offline(struct engine *engine, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	const char *why = NULL;
	int r = fetch(engine, &problem);

	if (r < 0 && problem.kind == ERROR_NEED_NETWORK)
		return flag_need_net(engine, problem.text, err);
	if (r < 0)
		return error_set(err, problem.kind, -r, "%s", problem.text);
	if (config_needs_network(engine->pool, engine->config, &why))
		return flag_need_net(engine, why, err);
	return 0;
}

const struct stage stage_fetch = {
	.name = "fetch",
	.fetcher_mode = FETCHER_ONLINE,
	.fetches_config = true,
	.run = run_fetch,
};

const struct stage stage_fetch_offline = {
	.name = "fetch-offline",
	.fetcher_mode = FETCHER_OFFLINE,
	.fetches_config = true,
	.run = run_fetch_offline,
};
