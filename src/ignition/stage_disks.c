#include "ignition/disks.h"
#include "ignition/network.h"
#include "ignition/stage.h"
#include "ignition/volume_keys.h"

/* Into the state file at once: a drawn key is the only way into its volume. */
static int save_keys(void *context, const struct luks_keyring *ring, struct error *err)
{
	struct engine *engine = context;

	volume_keys_store(engine->state, ring);
	return state_save(engine->state, engine->params->state_file, err);
}

static int run_disks(struct engine *engine, struct error *err)
{
	char key[HASH_HEX_MAX];
	AUTO(journal_free) struct journal *journal = NULL;
	AUTO(prefetch_free) struct prefetch *prefetch = prefetch_new(engine->fetcher);
	AUTO(luks_keyring_done) struct luks_keyring keys = { .save = save_keys, .context = engine };
	AUTO(disks_plan_done) struct disks_plan plan = { .plan = NULL };
	int r = stage_load_config(engine, key, err);

	if (r == 0)
		r = network_use(engine->fetcher, engine->pool, engine->config, err);
	if (r == 0)
		r = volume_keys_load(engine->state, &keys, err);
	if (r == 0)
		r = stage_open_journal(engine, key, &journal, err);
	if (r < 0)
		return r;

	const struct disks_params params = {
		.config = engine->config,
		.profile = engine->profile,
		.machine = &engine->machine,
		.prefetch = prefetch,
		.keys = &keys,
		.observer = engine->params->observer,
		.journal = journal,
		.wait_ms = DEVICE_WAIT_MS,
	};

	r = disks_plan(&params, &plan, err);
	if (r == 0)
		r = disks_apply(&params, &plan, err);
	if (r < 0)
		return r;
	volume_keys_store(engine->state, &keys);
	return journal_complete(journal, err);
}

const struct stage stage_disks = {
	.name = "disks",
	.fetcher_mode = FETCHER_ONLINE,
	.run = run_disks,
};
