#include "ignition/files.h"

#include <errno.h>
#include <fcntl.h>

#include "base/root.h"
#include "host/accounts.h"
#include "host/node.h"
#include "host/passwd.h"
#include "host/unit.h"
#include "ignition/apply.h"
#include "ignition/lower.h"

static int plan_parts(const struct files_params *params, struct plan *plan,
		      struct accounts *accounts, struct error *err)
{
	struct files_requests requests;
	const unsigned flags = params->profile->passwd_flags;
	const struct host_plan_params host = {
		.machine = params->machine,
		.observer = params->observer,
		.accounts = accounts,
		.was_done = params->journal ? journal_was_done : NULL,
		.was_done_context = params->journal,
	};

	lower_files(params->config, plan->arena, params->fetcher, &requests);

	int r = host_plan_groups(plan, &host, requests.groups, requests.group_count, flags, err);

	if (r == 0)
		r = host_plan_users(plan, &host, requests.users, requests.user_count, flags, err);
	if (r == 0)
		r = host_plan_nodes(plan, &host, requests.nodes, requests.node_count, err);
	if (r == 0)
		r = host_plan_units(plan, &host, requests.units, requests.unit_count, err);
	return r;
}

int files_plan(const struct files_params *params, struct plan **ret, struct error *err)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(accounts_free) struct accounts *accounts = NULL;
	int r = accounts_load(params->machine->root_fd, &accounts, err);

	if (r == 0)
		r = plan_parts(params, plan, accounts, err);
	if (r == 0)
		*ret = take_ptr(&plan);
	return r;
}

/* One sync for the whole tree instead of one per file. */
static int sync_target(const struct machine *machine, struct error *err)
{
	AUTO_CLOSE int fd = root_open(machine->root_fd, "/", O_RDONLY | O_DIRECTORY, 0, err);

	if (fd < 0)
		return fd;
	if (syncfs(fd) < 0)
		return error_errno(err, errno, "sync %s", machine->root_path);
	return 0;
}

int files_apply(const struct files_params *params, const struct plan *plan, struct journal *journal,
		struct error *err)
{
	int r = apply_plan(plan, params->machine, journal, "files", params->observer, err);

	if (r == 0 && plan->count)
		r = sync_target(params->machine, err);
	if (r == 0)
		r = journal_complete(journal, err);
	return r;
}
