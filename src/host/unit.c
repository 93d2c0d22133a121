#include "host/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/root.h"
#include "host/preset.h"

#define UNIT_MODE 0644
#define MASK	  "/dev/null"

struct unit_planner {
	struct plan *plan;
	const struct host_plan_params *params;
	const struct unit_request *unit;
};

/* One node of a unit, in the words of upstream's log instead of those of nodes. */
static int plan_node(const struct unit_planner *planner, const struct node_request *node,
		     const char *log_text, struct error *err)
{
	struct plan *plan = planner->plan;
	size_t first = plan->count;
	int r = host_plan_nodes(plan, planner->params, node, 1, err);

	for (size_t i = first; i < plan->count; i++) {
		plan->operations[i].log_text = log_text;
		plan->operations[i].scope = NULL;
	}
	return error_wrap(err, r, "unit %.*s", SLICE_ARGS(planner->unit->name));
}

/* With the root's path in front, as logs show it. */
static const char *shown(const struct unit_planner *planner, const char *path)
{
	struct slice root = slice_of(planner->params->machine->root_path);

	while (slice_ends(root, "/"))
		root.length--;
	return arena_printf(planner->plan->arena, "%.*s%s", SLICE_ARGS(root), path);
}

static const char *unit_path(const struct unit_planner *planner)
{
	return arena_printf(planner->plan->arena, HOST_UNIT_DIRECTORY "/%.*s",
			    SLICE_ARGS(planner->unit->name));
}

/* Files are replaced, directories are not: what is in them is nothing that was asked about. */
static int refuse_directory(const struct unit_planner *planner, const char *path, struct error *err)
{
	struct stat st;

	if (root_stat(planner->params->machine->root_fd, path, &st, /* err= */ NULL) < 0 ||
	    !S_ISDIR(st.st_mode) || host_nodes_replace(planner->plan, path))
		return 0;
	return error_set(err, ERROR_INPUT, EISDIR,
			 "unit %.*s: %s is a directory, where a file is to be written; remove it",
			 SLICE_ARGS(planner->unit->name), shown(planner, path));
}

static int plan_file(const struct unit_planner *planner, const char *path, struct slice text,
		     const char *log_text, struct error *err)
{
	struct arena *arena = planner->plan->arena;
	struct node_request *node = arena_alloc(arena, sizeof(*node));
	struct content *content = arena_alloc(arena, sizeof(*content));
	struct slice *bytes = arena_alloc(arena, sizeof(*bytes));
	int r = refuse_directory(planner, path, err);

	if (r < 0)
		return r;
	*bytes = text;
	content_of_bytes(content, bytes);
	*node = (struct node_request){
		.kind = HOST_FILE,
		.origin = planner->unit->origin,
		.path = slice_of(path),
		.overwrite = true,
		.has_mode = true,
		.mode = UNIT_MODE,
		.contents = content,
	};
	return plan_node(planner, node, log_text, err);
}

static int plan_dropin(const struct unit_planner *planner, const struct dropin_request *dropin,
		       struct error *err)
{
	struct arena *arena = planner->plan->arena;
	const char *path =
		arena_printf(arena, "%s.d/%.*s", unit_path(planner), SLICE_ARGS(dropin->name));

	/* Absent is "leave it", empty is an empty file. */
	if (!dropin->contents.data)
		return 0;
	return plan_file(planner, path, dropin->contents,
			 arena_printf(arena, "writing systemd drop-in \"%.*s\" at \"%s\"",
				      SLICE_ARGS(dropin->name), shown(planner, path)),
			 err);
}

static int plan_unit_file(const struct unit_planner *planner, struct error *err)
{
	const char *path = unit_path(planner);

	return plan_file(planner, path, planner->unit->contents,
			 arena_printf(planner->plan->arena, "writing unit \"%.*s\" at \"%s\"",
				      SLICE_ARGS(planner->unit->name), shown(planner, path)),
			 err);
}

static int plan_mask(const struct unit_planner *planner, struct error *err)
{
	struct arena *arena = planner->plan->arena;
	struct node_request *node = arena_alloc(arena, sizeof(*node));

	*node = (struct node_request){
		.kind = HOST_SYMLINK,
		.origin = planner->unit->origin,
		.path = slice_of(unit_path(planner)),
		.overwrite = true,
		.target = SLICE(MASK),
	};
	return plan_node(
		planner, node,
		arena_printf(arena, "masking unit \"%.*s\"", SLICE_ARGS(planner->unit->name)), err);
}

static bool is_mask(int root_fd, const char *path)
{
	AUTO_FREE char *target = NULL;

	return root_readlink(root_fd, path, &target, /* err= */ NULL) == 0 &&
	       strcmp(target, MASK) == 0;
}

static int apply_unmask(const struct operation *operation, struct machine *machine,
			const struct event_observer *observer, struct error *err)
{
	const char *path = operation->object;

	(void)observer;
	if (!is_mask(machine->root_fd, path))
		return 0;
	return root_remove_tree(machine->root_fd, path, err);
}

static const struct operation_class unmask_class = { "unit.unmask", "unit", apply_unmask };

static void plan_unmask(const struct unit_planner *planner)
{
	struct arena *arena = planner->plan->arena;
	const char *path = unit_path(planner);

	if (!is_mask(planner->params->machine->root_fd, path))
		return;
	plan_add(planner->plan, &(struct operation){
					.class = &unmask_class,
					.phase = "files",
					.object = path,
					.summary = "unmask",
					.log_text = arena_printf(arena, "unmasking unit \"%.*s\"",
								 SLICE_ARGS(planner->unit->name)),
					.origin = planner->unit->origin,
				});
}

static int plan_unit(const struct unit_planner *planner, struct error *err)
{
	const struct unit_request *unit = planner->unit;
	int r = 0;

	for (size_t i = 0; r == 0 && i < unit->dropin_count; i++)
		r = plan_dropin(planner, &unit->dropins[i], err);
	/* A mask takes the place of the unit file that would be written before it. */
	if (r == 0 && unit->mask == HOST_YES)
		return plan_mask(planner, err);
	if (r == 0 && unit->contents.length)
		return plan_unit_file(planner, err);
	if (r == 0 && unit->mask == HOST_NO)
		plan_unmask(planner);
	return r;
}

int host_plan_units(struct plan *plan, const struct host_plan_params *params,
		    const struct unit_request *requests, size_t count, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct unit_planner planner = { plan, params, &requests[i] };

		r = plan_unit(&planner, err);
	}
	return r < 0 ? r : host_plan_presets(plan, params, requests, count, err);
}

/* Whether a file at "<unit directory>/<unit><rest>" is at @path or below it. */
static bool leads_to(const struct unit_request *unit, const char *rest, struct slice name,
		     const char *path)
{
	AUTO_FREE char *file = xasprintf(HOST_UNIT_DIRECTORY "/%.*s%s%.*s", SLICE_ARGS(unit->name),
					 rest, SLICE_ARGS(name));
	size_t length = strlen(path);

	return strncmp(file, path, length) == 0 && (file[length] == '/' || !file[length]);
}

static bool makes(const struct unit_request *unit, const char *path)
{
	if ((unit->contents.length || unit->mask == HOST_YES) &&
	    leads_to(unit, "", SLICE(""), path))
		return true;
	for (size_t i = 0; i < unit->dropin_count; i++) {
		const struct dropin_request *dropin = &unit->dropins[i];

		if (dropin->contents.data && leads_to(unit, ".d/", dropin->name, path))
			return true;
	}
	return false;
}

bool host_units_expect(const struct unit_request *requests, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (makes(&requests[i], path))
			return true;
	return false;
}
