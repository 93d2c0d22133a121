#include <errno.h>

#include "host/passwd.h"
#include "ignition/files.h"
#include "ignition/network.h"
#include "ignition/result.h"
#include "ignition/stage.h"

/* The profile, with what the environment of this run overrides. */
static struct profile effective_profile(const struct engine *engine)
{
	struct profile profile = *engine->profile;
	const bool *fragment = engine->params->keys_fragment;

	if (fragment && *fragment)
		profile.passwd_flags |= PASSWD_KEYS_FRAGMENT;
	else if (fragment)
		profile.passwd_flags &= ~(unsigned)PASSWD_KEYS_FRAGMENT;
	return profile;
}

/* Contents are fetched as the merged config says. */
static int configure_fetcher(const struct engine *engine, struct error *err)
{
	const struct config_fetch_settings settings = network_settings_of(engine->config);
	AUTO(network_free) struct network *network = network_new(engine->fetcher, engine->pool);

	return network_apply(network, &settings, err);
}

static int provision(struct engine *engine, const char *key, struct error *err)
{
	AUTO(supply_free) struct supply *supply = supply_new(engine->fetcher);
	AUTO(journal_free) struct journal *journal = NULL;
	AUTO(plan_free) struct plan *plan = NULL;
	const struct profile profile = effective_profile(engine);
	int r = stage_open_journal(engine, key, &journal, err);

	if (r < 0)
		return r;

	const struct files_params params = {
		.config = engine->config,
		.machine = &engine->machine,
		.supply = supply,
		.profile = &profile,
		.journal = journal,
		.state = engine->state,
		.observer = engine->params->observer,
	};

	r = files_plan(&params, &plan, err);
	if (r < 0)
		return error_wrap(err, r, "failed to create files");
	r = files_apply(&params, plan, journal, err);
	return r < 0 ? error_wrap(err, r, "failed to create files") : 0;
}

static int run_files(struct engine *engine, struct error *err)
{
	const struct event_observer *observer = engine->params->observer;
	char key[HASH_HEX_MAX];
	int r = stage_load_config(engine, key, err);

	if (r == 0)
		r = configure_fetcher(engine, err);
	if (r == 0)
		r = provision(engine, key, err);
	if (r < 0)
		return r;
	event_scope_begin(observer, "createResultFile");
	r = result_write(&engine->machine, engine->state, observer, err);
	event_scope_end(observer);
	return r < 0 ? error_wrap(err, r, "failed to create result file") : 0;
}

const struct stage stage_files = {
	.name = "files",
	.fetcher_mode = FETCHER_ONLINE,
	.run = run_files,
};
