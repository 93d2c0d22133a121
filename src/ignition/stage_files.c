#include <errno.h>

#include "config/merge.h"
#include "config/parse.h"
#include "host/passwd.h"
#include "ignition/files.h"
#include "ignition/result.h"
#include "ignition/network.h"
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

static int write_result(const struct engine *engine, struct error *err)
{
	const struct event_observer *observer = engine->params->observer;
	int r = 0;

	event_scope_begin(observer, "createResultFile");
	r = result_write(&engine->machine, engine->state, RESULT_OF_BOOT, observer, err);
	event_scope_end(observer);
	return r < 0 ? error_wrap(err, r, "failed to create result file") : 0;
}

static int provision(struct engine *engine, const char *key, struct error *err)
{
	AUTO(prefetch_free) struct prefetch *prefetch = prefetch_new(engine->fetcher);
	AUTO(journal_free) struct journal *journal = NULL;
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(plan_free) struct plan *labels = NULL;
	const struct profile profile = effective_profile(engine);
	int r = stage_open_journal(engine, key, &journal, err);

	if (r < 0)
		return r;

	const struct files_params params = {
		.config = engine->config,
		.machine = &engine->machine,
		.prefetch = prefetch,
		.profile = &profile,
		.journal = journal,
		.state = engine->state,
		.observer = engine->params->observer,
	};

	r = files_plan(&params, &plan, err);
	if (r == 0)
		r = files_plan_labels(&params, plan, &labels, err);
	if (r == 0)
		r = files_apply(&params, plan, journal, err);
	if (r < 0)
		return error_wrap(err, r, "failed to create files");
	/* They are in the target now, and nowhere else. */
	engine->state->members[STATE_LUKS_PERSIST_KEY_FILES] = "null";
	r = write_result(engine, err);
	return r < 0 ? r : files_apply_labels(&params, labels, err);
}

/*
 * Files that the platform's provider wants written (spec ignition 1.8), below those of the config:
 * it may say better.
 */
static int add_output_files(struct engine *engine, struct error *err)
{
	const char *files = state_output_files(engine->state);
	AUTO(text_done) struct text text = TEXT_INIT(CONFIG_SIZE_MAX);
	AUTO(report_free) struct report *report = report_new();
	const struct config *config = NULL;

	if (!files)
		return 0;
	text_printf(&text, "{\"ignition\":{\"version\":\"3.0.0\"},\"storage\":{\"files\":%s}}",
		    files);

	size_t length = text.length;
	const struct source *source = config_pool_add_source(engine->pool, "files of the provider",
							     text_take(&text), length);
	int r = config_parse(engine->pool, source, /* flags= */ 0, report, &config,
			     /* ret_version= */ NULL, err);

	if (r < 0)
		return error_wrap(err, r, "files of the provider");
	engine->config = config_merge(engine->pool, config, engine->config);
	return 0;
}

static int run_files(struct engine *engine, struct error *err)
{
	char key[HASH_HEX_MAX];
	int r = stage_load_config(engine, key, err);

	if (r == 0)
		r = add_output_files(engine, err);
	if (r == 0)
		r = network_use(engine->fetcher, engine->pool, engine->config, err);
	return r < 0 ? r : provision(engine, key, err);
}

const struct stage stage_files = {
	.name = "files",
	.fetcher_mode = FETCHER_ONLINE,
	.run = run_files,
};
