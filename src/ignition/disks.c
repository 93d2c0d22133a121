#include "ignition/disks.h"

#include <errno.h>

#include "base/alloc.h"
#include "disk/device.h"
#include "disk/filesystem_plan.h"
#include "disk/luks_plan.h"
#include "disk/raid_plan.h"
#include "ignition/apply.h"

/* In the journal. */
#define STAGE "disks"

void disks_plan_done(struct disks_plan *plan)
{
	for (size_t i = 0; i < plan->layout_count; i++)
		partition_layout_free(plan->layouts[i]);
	free(plan->layouts);
	plan_free(plan->plan);
	history_free(plan->history);
	*plan = (struct disks_plan){ .plan = NULL };
}

static int wait_for(const struct disks_params *params, struct slice name, struct error *err)
{
	AUTO_FREE char *path = slice_dup(name);
	AUTO(device_done) struct device device = { .node = NULL };

	return device_wait(params->machine, path, params->wait_ms, params->observer, &device, err);
}

static int plan_layout(const struct disks_params *params, const struct disk_request *request,
		       struct disks_plan *ret, struct error *err)
{
	const struct partition_plan_params disk = {
		.machine = params->machine,
		.request = request,
		.history = ret->history,
	};

	return partition_plan(&disk, ret->plan, &ret->layouts[ret->layout_count], err);
}

static int plan_disk(const struct disks_params *params, const struct disk_request *request,
		     struct disks_plan *ret, struct error *err)
{
	int r = params->wait_ms ? wait_for(params, request->device, err) : 0;

	if (r == 0)
		r = plan_layout(params, request, ret, err);
	if (r == 0)
		ret->layout_count++;
	return r;
}

static int plan_partitions(const struct disks_params *params, struct disks_plan *ret,
			   struct error *err)
{
	ret->layouts = xcalloc(ret->requests.disk_count, sizeof(struct partition_layout *));
	for (size_t i = 0; i < ret->requests.disk_count; i++) {
		int r = plan_disk(params, &ret->requests.disks[i], ret, err);

		if (r < 0)
			return error_wrap(err, r, "create partitions failed");
	}
	return 0;
}

static int plan_raids(struct projection *projection, struct disks_plan *ret, struct error *err)
{
	const struct raid_plan_params raids = {
		.projection = projection,
		.requests = ret->requests.raids,
		.count = ret->requests.raid_count,
		.history = ret->history,
	};
	int r = raid_plan(&raids, ret->plan, err);

	return r < 0 ? error_wrap(err, r, "failed to create raids") : 0;
}

static int plan_volumes(const struct disks_params *params, struct projection *projection,
			struct disks_plan *ret, struct error *err)
{
	const struct luks_plan_params volumes = {
		.projection = projection,
		.requests = ret->requests.volumes,
		.count = ret->requests.volume_count,
		.history = ret->history,
		.keys = params->keys,
		.observer = params->observer,
	};
	int r = luks_plan(&volumes, ret->plan, err);

	return r < 0 ? error_wrap(err, r, "failed to create luks") : 0;
}

static int plan_filesystems(const struct disks_params *params, struct projection *projection,
			    struct disks_plan *ret, struct error *err)
{
	const struct filesystem_plan_params filesystems = {
		.projection = projection,
		.requests = ret->requests.filesystems,
		.count = ret->requests.filesystem_count,
		.history = ret->history,
		.observer = params->observer,
	};
	int r = filesystem_plan(&filesystems, ret->plan, err);

	return r < 0 ? error_wrap(err, r, "failed to create filesystems") : 0;
}

/* Over the disks as the partitions phase will leave them. */
static int plan_contents(const struct disks_params *params, struct disks_plan *ret,
			 struct error *err)
{
	struct projection projection = {
		.machine = params->machine,
		.layouts = ret->layouts,
		.layout_count = ret->layout_count,
		.arena = ret->plan->arena,
	};
	int r = plan_raids(&projection, ret, err);

	if (r == 0)
		r = plan_volumes(params, &projection, ret, err);
	return r < 0 ? r : plan_filesystems(params, &projection, ret, err);
}

int disks_plan(const struct disks_params *params, struct disks_plan *ret, struct error *err)
{
	AUTO(disks_plan_done) struct disks_plan plan = { .plan = plan_new() };
	const struct lower_source source = { params->config, params->profile, params->prefetch };
	int r = lower_disks(&source, plan.plan->arena, &plan.requests, err);

	if (r == 0 && params->journal)
		r = journal_history(params->journal, STAGE, &plan.history, err);
	if (r == 0)
		r = plan_partitions(params, &plan, err);
	if (r == 0)
		r = plan_contents(params, &plan, err);
	if (r < 0)
		return r;
	*ret = plan;
	plan = (struct disks_plan){ .plan = NULL };
	return 0;
}

int disks_apply(const struct disks_params *params, const struct disks_plan *plan, struct error *err)
{
	return apply_plan(plan->plan, params->machine, params->journal, STAGE, params->observer,
			  err);
}
