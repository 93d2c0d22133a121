#include "live/live.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/root.h"
#include "host/accounts.h"
#include "host/lines.h"
#include "host/node.h"
#include "host/passwd.h"
#include "ignition/lower.h"
#include "live/hostname.h"
#include "live/key_group.h"
#include "live/systemd.h"

#define LINES_MAX_BYTES ((size_t)16 << 20)
#define LINES_MODE	0644
#define SCRIPT_MODE	0744
#define SCRIPT_NAME	"user-data"
#define UNIT_NAME_MODE	0644
#define NETWORKD	"systemd-networkd.service"

struct planner {
	const struct live_params *params;
	struct plan *plan;
	struct host_plan_params host;
	struct files_requests requests;
	struct node_request *nodes; /* those of the config, and those that are made here */
	size_t node_count;
};

/* --- users */

/* Of a user that is there only the password is set. */
static void narrow_existing(const struct planner *planner)
{
	for (size_t i = 0; i < planner->requests.user_count; i++) {
		struct user_request *user = &planner->requests.users[i];

		if (accounts_find_user(planner->host.accounts, user->name))
			*user = (struct user_request){
				.origin = user->origin,
				.name = user->name,
				.password_hash = user->password_hash,
				.no_create_home = true,
				.should_exist = true,
			};
	}
}

static int plan_users(const struct planner *planner, struct error *err)
{
	int r;

	narrow_existing(planner);
	r = host_plan_users(planner->plan, &planner->host, planner->requests.users,
			    planner->requests.user_count, PASSWD_HASH_HIDDEN, err);
	CONFIG_EACH (const struct live_keys, keys, &planner->params->config->keys)
		if (r == 0)
			r = key_group_plan(planner->plan, keys, err);
	return r;
}

/* --- files */

/* One more file with @bytes, in the plan's arena already. */
static void add_file(struct planner *planner, const char *path, struct slice bytes, mode_t mode,
		     struct origin origin)
{
	struct arena *arena = planner->plan->arena;
	struct content *content = arena_alloc(arena, sizeof(*content));
	struct slice *kept = arena_alloc(arena, sizeof(*kept));

	*kept = bytes;
	content_of_bytes(content, kept);
	planner->nodes[planner->node_count++] = (struct node_request){
		.kind = HOST_FILE,
		.overwrite = true,
		.has_mode = true,
		.mode = mode,
		.origin = origin,
		.path = slice_of(path),
		.contents = content,
	};
}

/* @path or, while there is none, @base. */
static int read_lines(const struct machine *machine, const char *path, const char *base,
		      struct text *out, struct error *err)
{
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int r = root_read(machine->root_fd, path, LINES_MAX_BYTES, &data, &length,
			  /* err= */ NULL);

	if (r == -ENOENT && base)
		r = root_read(machine->root_fd, base, LINES_MAX_BYTES, &data, &length, err);
	else if (r == -ENOENT)
		return 0;
	else if (r < 0)
		return error_errno(err, -r, "read %s", path);
	if (r == 0)
		text_append(out, data, length);
	return r;
}

static int add_lines(struct planner *planner, const struct live_lines *lines, struct error *err)
{
	struct arena *arena = planner->plan->arena;
	const char *path = arena_strndup(arena, lines->path.data, lines->path.length);
	const char *base = lines->base.data
				   ? arena_strndup(arena, lines->base.data, lines->base.length)
				   : NULL;
	struct lines_variable *variables =
		arena_array(arena, lines->variables.count, sizeof(*variables));
	AUTO(text_done) struct text old = TEXT_INIT(LINES_MAX_BYTES);
	AUTO(text_done) struct text new = TEXT_INIT(2 * LINES_MAX_BYTES);
	size_t count = 0;
	int r = read_lines(planner->params->machine, path, base, &old, err);

	if (r < 0)
		return r;
	CONFIG_EACH (const struct config_header, variable, &lines->variables)
		variables[count++] = (struct lines_variable){ variable->name, variable->value };
	lines_merge(text_slice(&old), variables, count, lines->by_prefix ? LINES_BY_PREFIX : 0,
		    &new);
	add_file(planner, path,
		 (struct slice){ arena_strndup(arena, text_str(&new), new.length), new.length },
		 LINES_MODE, lines->origin);
	return 0;
}

static const char *script_path(const struct planner *planner, const char *name)
{
	return arena_printf(planner->plan->arena, "%s/scripts/%s", planner->params->workspace,
			    name);
}

static void add_script(struct planner *planner)
{
	const struct live_config *config = planner->params->config;

	add_file(planner, script_path(planner, SCRIPT_NAME), config->script, SCRIPT_MODE,
		 config->config->origin);
	add_file(planner, script_path(planner, "unit-name"),
		 SLICE("coreos-cloudinit-" SCRIPT_NAME ".service"), UNIT_NAME_MODE,
		 config->config->origin);
}

/* With overwrite a file takes the place of a whole tree: nobody asks that of a system in use. */
static int refuse_directories(const struct planner *planner, struct error *err)
{
	for (size_t i = 0; i < planner->node_count; i++) {
		AUTO_FREE char *path = slice_dup(planner->nodes[i].path);
		struct stat st;

		if (planner->nodes[i].kind != HOST_DIRECTORY &&
		    root_stat(planner->params->machine->root_fd, path, &st, /* err= */ NULL) == 0 &&
		    S_ISDIR(st.st_mode))
			return error_set(err, ERROR_INPUT, EISDIR,
					 "%s is a directory, where a file is to be written", path);
	}
	return 0;
}

static int plan_files(struct planner *planner, struct error *err)
{
	const struct live_config *config = planner->params->config;
	struct files_requests *requests = &planner->requests;
	int r = 0;

	/* Two files for a script. */
	planner->nodes =
		arena_array(planner->plan->arena, requests->node_count + config->lines.count + 2,
			    sizeof(*planner->nodes));
	for (size_t i = 0; i < requests->node_count; i++)
		planner->nodes[planner->node_count++] = requests->nodes[i];
	CONFIG_EACH (const struct live_lines, lines, &config->lines)
		if (r == 0)
			r = add_lines(planner, lines, err);
	if (config->script.data)
		add_script(planner);
	if (r == 0)
		r = refuse_directories(planner, err);
	return r < 0 ? r
		     : host_plan_nodes(planner->plan, &planner->host, planner->nodes,
				       planner->node_count, err);
}

/* --- units */

static bool has_link(const struct planner *planner, struct slice path)
{
	for (size_t i = 0; i < planner->requests.node_count; i++)
		if (planner->requests.nodes[i].kind == HOST_SYMLINK &&
		    slice_equal(planner->requests.nodes[i].path, path))
			return true;
	return false;
}

static void plan_units(const struct planner *planner)
{
	const struct live_params *params = planner->params;
	const struct live_config *config = params->config;
	struct plan *plan = planner->plan;

	CONFIG_EACH (const struct live_unit, unit, &config->units)
		if (unit->unmask.length && !has_link(planner, unit->unmask))
			systemd_plan_unmask(plan, params->machine, unit->unmask, unit->origin,
					    params->observer);
	CONFIG_EACH (const struct live_unit, unit, &config->units)
		if (unit->enables)
			systemd_plan_enable(plan, unit->name, unit->origin);
	if (config->reloads)
		systemd_plan_reload(plan);
	if (config->restarts_network)
		systemd_plan_job(plan, SLICE("restart"), SLICE(NETWORKD), config->config->origin);
	CONFIG_EACH (const struct live_unit, unit, &config->units)
		if (unit->command.length)
			systemd_plan_job(plan, unit->command, unit->name, unit->origin);
	if (config->script.data)
		systemd_plan_script(plan, script_path(planner, SCRIPT_NAME),
				    "coreos-cloudinit-" SCRIPT_NAME ".service",
				    config->config->origin);
}

static int plan_all(struct planner *planner, struct error *err)
{
	const struct live_params *params = planner->params;
	int r = 0;

	lower_files(params->config->config, planner->plan->arena, params->prefetch,
		    &planner->requests);
	if (params->config->hostname.length)
		r = live_plan_hostname(planner->plan, params->machine, params->config->hostname,
				       err);
	if (r == 0)
		r = plan_users(planner, err);
	if (r == 0)
		r = plan_files(planner, err);
	if (r == 0)
		plan_units(planner);
	return r;
}

int live_plan(const struct live_params *params, struct plan **ret, struct error *err)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(accounts_free) struct accounts *accounts = NULL;
	int r = accounts_load(params->machine->root_fd, &accounts, err);
	struct planner planner = {
		.params = params,
		.plan = plan,
		.host = { .machine = params->machine,
			  .observer = params->observer,
			  .accounts = accounts },
	};

	if (r == 0)
		r = plan_all(&planner, err);
	if (r == 0)
		*ret = take_ptr(&plan);
	return r;
}
