#include "disk/mount.h"
#include "host/relabel.h"
#include "ignition/apply.h"
#include "ignition/lower.h"
#include "ignition/stage.h"

/* Nothing of it is fetched here. */
static int lower(const struct engine *engine, struct arena *arena, struct disks_requests *ret,
		 struct error *err)
{
	const struct lower_source source = { engine->config, engine->profile,
					     /* prefetch= */ NULL };

	return lower_disks(&source, arena, ret, err);
}

static int run_mount(struct engine *engine, struct error *err)
{
	char key[HASH_HEX_MAX];
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(journal_free) struct journal *journal = NULL;
	struct mount_made made = { .label = engine->profile->labels_files ? relabel_now : NULL };
	struct disks_requests requests = { .disk_count = 0 };
	int r = stage_load_config(engine, key, err);

	if (r == 0)
		r = stage_open_journal(engine, key, &journal, err);
	if (r == 0)
		r = lower(engine, plan->arena, &requests, err);
	if (r < 0)
		return r;
	mount_plan(&engine->machine, requests.filesystems, requests.filesystem_count, &made, plan);
	r = apply_plan(plan, &engine->machine, journal, "mount", engine->params->observer, err);
	if (r == 0)
		r = journal_complete(journal, err);
	if (r == 0)
		state_note_directories(engine->state, made.directories, made.count);
	return r;
}

static int run_umount(struct engine *engine, struct error *err)
{
	char key[HASH_HEX_MAX];
	AUTO(plan_free) struct plan *plan = plan_new();
	struct disks_requests requests = { .disk_count = 0 };
	int r = stage_load_config(engine, key, err);

	if (r == 0)
		r = lower(engine, plan->arena, &requests, err);
	if (r < 0)
		return r;
	umount_plan(&engine->machine, requests.filesystems, requests.filesystem_count, plan);
	return apply_plan(plan, &engine->machine, /* journal= */ NULL, "umount",
			  engine->params->observer, err);
}

const struct stage stage_mount = {
	.name = "mount",
	.fetcher_mode = FETCHER_ONLINE,
	.run = run_mount,
};

const struct stage stage_umount = {
	.name = "umount",
	.fetcher_mode = FETCHER_ONLINE,
	.run = run_umount,
};
