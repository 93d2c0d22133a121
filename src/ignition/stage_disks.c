#include "ignition/disks.h"
#include "ignition/stage.h"

static int run_disks(struct engine *engine, struct error *err)
{
	char key[HASH_HEX_MAX];
	AUTO(journal_free) struct journal *journal = NULL;
	AUTO(disks_plan_done) struct disks_plan plan = { .plan = NULL };
	int r = stage_load_config(engine, key, err);

	if (r == 0)
		r = stage_open_journal(engine, key, &journal, err);
	if (r < 0)
		return r;

	const struct disks_params params = {
		.config = engine->config,
		.profile = engine->profile,
		.machine = &engine->machine,
		.observer = engine->params->observer,
		.journal = journal,
		.wait_ms = DEVICE_WAIT_MS,
	};

	r = disks_plan(&params, &plan, err);
	if (r == 0)
		r = disks_apply(&params, &plan, err);
	return r < 0 ? r : journal_complete(journal, err);
}

const struct stage stage_disks = {
	.name = "disks",
	.fetcher_mode = FETCHER_ONLINE,
	.run = run_disks,
};
