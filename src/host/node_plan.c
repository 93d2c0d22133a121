#include "host/node.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/root.h"
#include "host/node_turn.h"
#include "host/unit.h"

/* (uid_t)-1 means "keep" to chown. */
#define ID_MAX ((int64_t)UINT32_MAX - 1)

static const char *const kind_names[] = {
	[HOST_DIRECTORY] = "directory",
	[HOST_FILE] = "file",
	[HOST_SYMLINK] = "link",
	[HOST_HARDLINK] = "hard link",
};

static bool is_expected(const void *context, const char *path)
{
	const struct planner *planner = context;
	const struct host_plan_params *params = planner->params;

	return node_order_expects(planner->order, path) ||
	       host_units_expect(params->units, params->unit_count, path);
}

/* Whether the directory with overwrite that is there holds nothing that would have to go. */
static int can_stay(const struct turn *turn, bool *ret, struct error *err)
{
	const struct node_filter filter = { is_expected, turn->planner };

	*ret = S_ISDIR(turn->st.st_mode);
	if (!*ret || !turn->request->overwrite)
		return 0;
	return host_node_holds_only(turn->planner->root_fd, turn->entry->path, &filter, ret, err);
}

static int plan_renewed_directory(struct turn *turn, struct error *err)
{
	bool stays = false;
	int r = can_stay(turn, &stays, err);

	if (r < 0)
		return r;
	if (!stays) {
		turn->entry->empties = true;
		turn_add_new(turn, NODE_DIRECTORY_MAKE, /* receipt= */ NULL);
		return 0;
	}
	turn->entry->renews = true;
	turn_want_attributes_of_new(turn, NODE_DIRECTORY_MODE);
	return turn_set_attributes(turn, NODE_DIRECTORY_SET);
}

static int plan_directory(struct turn *turn, struct error *err)
{
	if (turn->exists && turn->overwrite)
		return plan_renewed_directory(turn, err);
	if (turn->exists && S_ISDIR(turn->st.st_mode))
		return turn_set_attributes(turn, NODE_DIRECTORY_SET);
	if (turn->exists)
		return turn_refuse(
			turn, err, EEXIST,
			"A non-directory already exists and overwrite is false; set overwrite "
			"to replace it");
	turn_add_new(turn, NODE_DIRECTORY_MAKE, /* receipt= */ NULL);
	return 0;
}

static int plan_existing_symlink(struct turn *turn, struct error *err)
{
	AUTO_FREE char *target = NULL;
	int r = root_readlink(turn->planner->root_fd, turn->entry->path, &target, err);
	bool is_same = r == 0 && host_node_accepts_target(target, turn->request->target);

	if (r < 0)
		return r;
	if (turn->overwrite)
		turn_want_attributes_of_new(turn, /* mode= */ 0);
	turn->detail.has_mode = false;
	if (is_same && !turn->overwrite)
		return turn_set_attributes(turn, NODE_SYMLINK_SET);
	if (!is_same && !turn->overwrite)
		return turn_refuse(turn, err, EEXIST,
				   "a symlink exists at that path but points to %s, not %.*s and "
				   "overwrite is false; set overwrite to replace it",
				   target, SLICE_ARGS(turn->request->target));
	if (!is_same || turn_has_other_attributes(turn))
		turn_add_new(turn, NODE_SYMLINK_MAKE, /* receipt= */ NULL);
	return 0;
}

static int plan_symlink(struct turn *turn, struct error *err)
{
	if (turn->exists && S_ISLNK(turn->st.st_mode))
		return plan_existing_symlink(turn, err);
	if (turn->exists && !turn->overwrite)
		return turn_refuse(
			turn, err, EEXIST,
			"a non-symlink already exists at that path and overwrite is false; set "
			"overwrite to replace it");
	turn_add_new(turn, NODE_SYMLINK_MAKE, /* receipt= */ NULL);
	return 0;
}

/* What a hard link shall lead to. */
struct link_target {
	struct stat st; /* set when it is on disk */
	bool is_on_disk;
	bool is_new; /* it will be another file than the one on disk */
};

static int refuse_target(const struct turn *turn, struct error *err, int errnum, const char *why)
{
	return turn_refuse(turn, err, errnum, "failed to create link \"%s\" -> \"%.*s\": %s",
			   turn->detail.shown, SLICE_ARGS(turn->request->target), why);
}

static bool is_on_disk(const struct turn *turn, const char *path, struct stat *ret)
{
	struct planner *planner = turn->planner;
	const struct node_entry *above = node_order_above(planner->order, path);

	return !(above && above->empties) &&
	       root_stat(planner->root_fd, path, ret, /* err= */ NULL) == 0;
}

static int find_target(const struct turn *turn, struct link_target *ret, struct error *err)
{
	const char *path = turn->detail.target;
	const struct node_entry *entry = node_order_find(turn->planner->order, path);

	*ret = (struct link_target){ .is_new = entry && entry->is_new };
	if (entry && !entry->is_decided)
		return refuse_target(turn, err, ENOENT,
				     "its target is a hard link that comes later in the config");

	ret->is_on_disk = is_on_disk(turn, path, &ret->st);
	if (!ret->is_on_disk && !entry)
		return refuse_target(turn, err, ENOENT, "there is no such file in the target");
	if (entry ? entry->request->kind == HOST_DIRECTORY : S_ISDIR(ret->st.st_mode))
		return refuse_target(turn, err, EPERM,
				     "a directory cannot have hard links; use a symbolic link");
	return 0;
}

static int plan_hardlink(struct turn *turn, struct error *err)
{
	struct link_target target;
	int r = find_target(turn, &target, err);

	if (r < 0)
		return r;

	bool is_same = turn->exists && target.is_on_disk && turn->st.st_ino == target.st.st_ino &&
		       turn->st.st_dev == target.st.st_dev;

	if (is_same && !target.is_new)
		return 0;
	if (turn->exists && !is_same && !turn->overwrite)
		return turn_refuse(turn, err, EEXIST,
				   "a file already exists at that path but is not the target and "
				   "overwrite is false; set overwrite to replace it");
	/* It was the link that was asked for, and is again. */
	turn->overwrite = turn->overwrite || is_same;
	turn_add_new(turn, NODE_HARDLINK_MAKE, /* receipt= */ NULL);
	return 0;
}

typedef int plan_fn(struct turn *turn, struct error *err);

static plan_fn *const planners[] = {
	[HOST_DIRECTORY] = plan_directory,
	[HOST_FILE] = turn_plan_file,
	[HOST_SYMLINK] = plan_symlink,
	[HOST_HARDLINK] = plan_hardlink,
};

static int refuse_owner(const struct turn *turn, const char *what, struct slice name,
			struct error *err)
{
	return turn_refuse(
		turn, err, ENOENT,
		"failed to determine correct uid and gid for %s: no such %s \"%.*s\"; name one "
		"that the target has or the config makes, or give its id",
		turn->detail.shown, what, SLICE_ARGS(name));
}

/* @has_id: whether the account has its id by now. */
static void set_id(struct node_id *ret, bool has_id, uint32_t id, struct slice name)
{
	*ret = has_id ? (struct node_id){ .id = id }
		      : (struct node_id){ .id = NODE_ID_NONE, .late_name = name };
}

static int find_user(struct turn *turn, const struct host_owner *owner, struct error *err)
{
	const struct account_user *user =
		accounts_find_user(turn->planner->params->accounts, owner->name);

	if (!user)
		return refuse_owner(turn, "user", owner->name, err);
	set_id(&turn->detail.owner.user, user->has_ids, user->uid, owner->name);
	return 0;
}

static int find_group(struct turn *turn, const struct host_owner *owner, struct error *err)
{
	const struct account_group *group =
		accounts_find_group(turn->planner->params->accounts, owner->name);

	if (!group)
		return refuse_owner(turn, "group", owner->name, err);
	set_id(&turn->detail.owner.group, group->has_id, group->gid, owner->name);
	return 0;
}

static int find_id(struct turn *turn, const struct host_owner *owner, struct node_id *ret,
		   struct error *err)
{
	*ret = (struct node_id){ .id = NODE_ID_NONE };
	if (!owner->has_id)
		return 0;
	if (owner->id < 0 || owner->id > ID_MAX)
		return turn_refuse(turn, err, ERANGE, "%" PRId64 " is not a user or group id",
				   owner->id);
	ret->id = owner->id;
	return 0;
}

static int find_owner(struct turn *turn, struct error *err)
{
	const struct node_request *request = turn->request;
	int r = find_id(turn, &request->user, &turn->detail.owner.user, err);

	if (r == 0)
		r = find_id(turn, &request->group, &turn->detail.owner.group, err);
	if (r == 0 && !request->user.has_id && request->user.name.length)
		r = find_user(turn, &request->user, err);
	if (r == 0 && !request->group.has_id && request->group.name.length)
		r = find_group(turn, &request->group, err);
	return r;
}

static bool is_node_class(const struct operation_class *class)
{
	for (enum node_action action = 0; action < NODE_ACTION_COUNT; action++)
		if (class == host_node_class(action))
			return true;
	return false;
}

static bool is_at_or_below(const char *path, const char *top)
{
	size_t length = strlen(top);

	return strncmp(path, top, length) == 0 && (path[length] == '/' || !path[length]);
}

/* Whether one of the first @count operations of @plan replaces what is at @path. */
static bool is_replaced(const struct plan *plan, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		const struct operation *operation = &plan->operations[i];
		const struct node_detail *detail =
			is_node_class(operation->class) ? operation->detail : NULL;

		if (detail && detail->replaces && is_at_or_below(path, detail->path))
			return true;
	}
	return false;
}

bool host_nodes_replace(const struct plan *plan, const char *path)
{
	return is_replaced(plan, plan->count, path);
}

void host_nodes_each_content(const struct plan *plan, host_content_fn *fn, void *context)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct operation *operation = &plan->operations[i];
		const struct node_detail *detail = operation->detail;

		if (operation->class != host_node_class(NODE_FILE_WRITE) &&
		    operation->class != host_node_class(NODE_FILE_APPEND))
			continue;
		if (detail->request->contents)
			fn(context, detail->request->contents, detail->path);
		for (size_t j = 0; j < detail->request->append_count; j++)
			fn(context, &detail->request->append[j], detail->path);
	}
}

static int look(struct turn *turn, bool is_gone, struct error *err)
{
	AUTO(error_done) struct error why = ERROR_INIT;
	int r = is_gone ? -ENOENT
			: root_stat(turn->planner->root_fd, turn->entry->path, &turn->st, &why);

	turn->exists = r == 0;
	return r < 0 && r != -ENOENT ? turn_refuse(turn, err, -r, "%s", why.text) : 0;
}

static int find_link_target(struct turn *turn, struct error *err)
{
	struct slice target = turn->request->target;
	char *absolute = arena_printf(turn_arena(turn), "/%.*s", SLICE_ARGS(target));

	/* Relative targets are relative to the root. */
	while (absolute[1] == '/')
		absolute++;
	return node_order_resolve(turn->planner->order, slice_of(absolute), &turn->detail.target,
				  err);
}

/* What an entry inherits from the nearest one above it. */
static int inherit(struct turn *turn, const struct node_entry *above, struct error *err)
{
	if (!above)
		return 0;
	if (above->request->kind != HOST_DIRECTORY)
		return turn_refuse(
			turn, err, ENOTDIR, "it is below %.*s, which the config makes a %s",
			SLICE_ARGS(above->request->path), kind_names[above->request->kind]);
	turn->entry->empties = above->empties;
	turn->entry->renews = above->renews;
	turn->overwrite = turn->overwrite || above->empties || above->renews;
	return 0;
}

static int plan_entry(struct planner *planner, struct node_entry *entry, struct error *err)
{
	const struct node_request *request = entry->request;
	struct turn turn = {
		.planner = planner,
		.entry = entry,
		.request = request,
		.overwrite = request->overwrite,
		.detail = {
			.request = request,
			.session = planner->session,
			.path = entry->path,
			.shown = arena_printf(planner->plan->arena, "%s%s", planner->prefix,
					      entry->path),
			.has_mode = request->has_mode,
			.mode = request->mode & ALLPERMS,
		},
	};
	const struct node_entry *above = node_order_above(planner->order, entry->path);
	bool is_gone = (above && above->empties) ||
		       is_replaced(planner->plan, planner->earlier, entry->path);
	int r = inherit(&turn, above, err);

	if (r == 0 && turn.overwrite && strcmp(entry->path, "/") == 0)
		r = turn_refuse(
			&turn, err, EINVAL,
			"overwrite would remove the whole target; leave it out for this path");
	if (r == 0)
		r = find_owner(&turn, err);
	if (r == 0)
		r = look(&turn, is_gone, err);
	if (r == 0 && request->kind == HOST_HARDLINK)
		r = find_link_target(&turn, err);
	if (r == 0)
		r = planners[request->kind](&turn, err);
	entry->is_decided = true;
	return r;
}

int host_plan_nodes(struct plan *plan, const struct host_plan_params *params,
		    const struct node_request *requests, size_t count, struct error *err)
{
	const char *root_path = params->machine->root_path;
	size_t length = strlen(root_path);
	size_t entry_count = 0;

	while (length && root_path[length - 1] == '/')
		length--;

	struct planner planner = {
		.plan = plan,
		.params = params,
		.session = node_session_new(plan),
		.root_fd = params->machine->root_fd,
		.earlier = plan->count,
		.prefix = arena_strndup(plan->arena, root_path, length),
	};
	const struct node_order_params order = {
		.arena = plan->arena,
		.root_fd = planner.root_fd,
		.prefix = planner.prefix,
		.requests = requests,
		.count = count,
	};
	int r = node_order_new(&order, &planner.order, err);

	if (r < 0)
		return r;

	struct node_entry *entries = node_order_entries(planner.order, &entry_count);

	for (size_t i = 0; r == 0 && i < entry_count; i++)
		r = plan_entry(&planner, &entries[i], err);
	return r;
}
