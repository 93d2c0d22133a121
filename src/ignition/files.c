#include "ignition/files.h"

#include <errno.h>
#include <fcntl.h>

#include "base/json.h"
#include "base/root.h"
#include "host/accounts.h"
#include "host/node.h"
#include "host/passwd.h"
#include "host/relabel.h"
#include "host/unit.h"
#include "ignition/apply.h"
#include "ignition/crypttab_entries.h"
#include "ignition/lower.h"
#include "ignition/result.h"

static int bad_directories(struct error *err)
{
	return error_set(err, ERROR_INPUT, EINVAL,
			 "state: notatedDirectories is not a list of paths");
}

/* The list in @document into @host. */
static int take_directories(struct document *document, struct arena *arena,
			    struct host_plan_params *host, struct error *err)
{
	const struct node *list = &document->nodes[0];

	if (list->kind == NODE_NULL)
		return 0;
	if (list->kind != NODE_ARRAY)
		return bad_directories(err);

	struct slice *paths = arena_array(arena, list->value, sizeof(*paths));
	size_t count = 0;

	for (uint32_t at = node_first(document, 0); at; at = node_next(document, at)) {
		if (document->nodes[at].kind != NODE_STRING)
			return bad_directories(err);

		struct slice path = node_string(document, at);

		paths[count++] =
			(struct slice){ arena_strndup(arena, path.data, path.length), path.length };
	}
	host->mount_directories = paths;
	host->mount_directory_count = count;
	return 0;
}

/* Which directories the mount stage made. */
static int read_directories(const struct state *state, struct arena *arena,
			    struct host_plan_params *host, struct error *err)
{
	if (!state)
		return 0;

	struct slice text = slice_of(state->members[STATE_NOTATED_DIRECTORIES]);
	AUTO(source_free) struct source *source = source_new("notatedDirectories", text);
	AUTO(document_free) struct document *document = NULL;
	int r = json_parse(source, &document, /* ret_error= */ NULL, err);

	return r < 0 ? error_wrap(err, r, "state") : take_directories(document, arena, host, err);
}

static int plan_parts(const struct files_params *params, struct plan *plan,
		      struct accounts *accounts, struct error *err)
{
	struct files_requests requests;
	const unsigned flags = params->profile->passwd_flags;
	struct host_plan_params host = {
		.machine = params->machine,
		.observer = params->observer,
		.accounts = accounts,
		.was_done = params->journal ? journal_was_done : NULL,
		.was_done_context = params->journal,
	};

	lower_files(params->config, plan->arena, params->prefetch, &requests);
	host.units = requests.units;
	host.unit_count = requests.unit_count;

	int r = read_directories(params->state, plan->arena, &host, err);

	if (params->skips_accounts) {
		requests.group_count = 0;
		requests.user_count = 0;
	}

	if (r == 0)
		r = host_plan_groups(plan, &host, requests.groups, requests.group_count, flags,
				     err);
	if (r == 0)
		r = host_plan_users(plan, &host, requests.users, requests.user_count, flags, err);
	if (r == 0)
		r = host_plan_nodes(plan, &host, requests.nodes, requests.node_count, err);
	if (r == 0)
		r = host_plan_units(plan, &host, requests.units, requests.unit_count, err);
	if (r == 0)
		r = crypttab_entries_plan(params, plan, err);
	return r;
}

struct expectation {
	struct prefetch *prefetch;
	int root_fd;
};

static void expect(void *context, const struct content *content, const char *path)
{
	const struct expectation *expectation = context;

	prefetch_expect(expectation->prefetch, content, expectation->root_fd, path);
}

int files_plan(const struct files_params *params, struct plan **ret, struct error *err)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(accounts_free) struct accounts *accounts = NULL;
	int r = accounts_load(params->machine->root_fd, &accounts, err);

	if (r == 0)
		r = plan_parts(params, plan, accounts, err);
	if (r < 0)
		return r;
	host_nodes_each_content(plan, expect,
				&(struct expectation){ .prefetch = params->prefetch,
						       .root_fd = params->machine->root_fd });
	*ret = take_ptr(&plan);
	return 0;
}

static int plan_labels(const struct files_params *params, struct relabel_request *request,
		       struct plan *plan, struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	struct files_requests requests;
	int r = accounts_load(params->machine->root_fd, &accounts, err);

	if (r < 0)
		return r;
	lower_files(params->config, plan->arena, params->prefetch, &requests);
	request->accounts = accounts;
	request->nodes = requests.nodes;
	request->node_count = requests.node_count;
	request->units = requests.units;
	request->unit_count = requests.unit_count;
	request->users = requests.users;
	request->user_count = requests.user_count;
	request->group_count = requests.group_count;
	return host_plan_relabel(plan, request, err);
}

int files_plan_labels(const struct files_params *params, const struct plan *changes,
		      struct plan **ret, struct error *err)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	const bool has_report = params->keeps_result && !changes->count;
	struct relabel_request request = {
		.machine = params->machine,
		.further = !RESULT_PATH[0] || (has_report && result_exists(params->machine))
				   ? NULL
				   : RESULT_PATH,
		.is_changing = changes->count > 0,
	};
	int r = params->profile->labels_files ? plan_labels(params, &request, plan, err) : 0;

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
	if (r == 0 && journal)
		r = journal_complete(journal, err);
	return r;
}

int files_apply_labels(const struct files_params *params, const struct plan *labels,
		       struct error *err)
{
	int r = apply_plan(labels, params->machine, /* journal= */ NULL, "files", params->observer,
			   err);

	if (r == 0 && labels->count)
		r = sync_target(params->machine, err);
	return r < 0 ? error_wrap(err, r, "failed to handle relabeling") : 0;
}
