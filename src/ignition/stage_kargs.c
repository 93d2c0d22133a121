#include "host/kargs.h"
#include "ignition/apply.h"
#include "ignition/lower.h"
#include "ignition/stage.h"

static int run_kargs(struct engine *engine, struct error *err)
{
	char key[HASH_HEX_MAX];
	AUTO(plan_free) struct plan *plan = plan_new();
	int r = stage_load_config(engine, key, err);

	if (r < 0)
		return r;

	const struct kargs_request request = lower_kargs(engine->config, plan->arena);

	host_plan_kargs(plan, &request);
	/* No journal: the helper may be called twice, and may reboot in the middle of it. */
	r = apply_plan(plan, &engine->machine, /* journal= */ NULL, "kargs",
		       engine->params->observer, err);
	return r < 0 ? error_wrap(err, r, "failed adding kernel arguments") : 0;
}

const struct stage stage_kargs = {
	.name = "kargs",
	.fetcher_mode = FETCHER_ONLINE,
	.run = run_kargs,
};
