#include "host/passwd_planner.h"

#include <inttypes.h>

#include "host/passwd_adopt.h"
#include "host/passwd_check.h"

#define SUMMARY_MAX ((size_t)4096)

static const struct {
	enum passwd_difference bit;
	const char *name;
} difference_names[] = {
	{ DIFFERS_UID, "uid" },
	{ DIFFERS_GID, "gid" },
	{ DIFFERS_PRIMARY, "primary group" },
	{ DIFFERS_GROUPS, "groups" },
	{ DIFFERS_GECOS, "gecos" },
	{ DIFFERS_HOME, "home" },
	{ DIFFERS_SHELL, "shell" },
	{ DIFFERS_HASH, "password" },
};

static const char *scope_of(const struct operation_class *class)
{
	return strcmp(class->noun, "group") == 0 ? PASSWD_GROUPS_SCOPE : PASSWD_USERS_SCOPE;
}

void passwd_planner_init(struct passwd_planner *planner, struct plan *plan,
			 const struct host_plan_params *params, unsigned flags)
{
	*planner = (struct passwd_planner){
		.plan = plan,
		.params = params,
		.flags = flags,
		.has_user_groups = passwd_has_user_groups(params->machine->root_fd),
		.default_home = passwd_default_home(params->machine->root_fd),
	};
}

void passwd_planner_done(struct passwd_planner *planner)
{
	free(planner->default_home);
}

char *passwd_planner_copy(const struct passwd_planner *planner, struct slice s)
{
	return arena_strndup(planner->plan->arena, s.data, s.length);
}

/* "adding group \"x\"" */
const char *passwd_planner_log(const struct passwd_planner *planner, const char *what,
			       struct slice name)
{
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_printf(&text, "%s ", what);
	text_append_quoted(&text, name);
	return arena_strdup(planner->plan->arena, text_str(&text));
}

const char *passwd_planner_changes(const struct passwd_planner *planner, unsigned differences)
{
	AUTO(text_done) struct text text = TEXT_INIT(SUMMARY_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(difference_names); i++) {
		if (differences & difference_names[i].bit)
			text_printf(&text, "%s%s", text.length ? ", " : "change ",
				    difference_names[i].name);
	}
	return arena_strdup(planner->plan->arena, text_str(&text));
}

struct passwd_words passwd_planner_words(const struct passwd_planner *planner)
{
	return (struct passwd_words){
		.arena = planner->plan->arena,
		.root = arena_strdup(planner->plan->arena, planner->params->machine->root_path),
	};
}

/* Whether the tool is there is known now; it is asked before the first operation runs. */
int passwd_planner_call(const struct passwd_planner *planner,
			const struct passwd_planned_call *call, struct error *err)
{
	int r = passwd_check_tool(call->words->argv[0], err);

	if (r < 0)
		return r;

	struct arena *arena = planner->plan->arena;
	const char **argv = arena_array(arena, call->words->count + 1, sizeof(*argv));
	struct passwd_call *detail = arena_alloc(arena, sizeof(*detail));

	memcpy(argv, call->words->argv, call->words->count * sizeof(*argv));
	*detail = (struct passwd_call){
		.action = call->action,
		.name = passwd_planner_copy(planner, call->name),
		.argv = argv,
		.secrets = call->words->secrets,
		.parent = call->parent,
	};

	const struct operation_class *class = passwd_call_class(call->action);

	plan_add(planner->plan, &(struct operation){
					.class = class,
					.phase = PASSWD_PHASE,
					.object = detail->name,
					.summary = call->summary,
					.log_text = call->log_text,
					.scope = scope_of(class),
					.origin = call->origin,
					.detail = detail,
					.receipt = call->receipt,
				});
	return 0;
}

enum passwd_hash_way passwd_planner_way(const struct passwd_planner *planner)
{
	return planner->flags & PASSWD_HASH_HIDDEN ? PASSWD_HASH_APART : PASSWD_HASH_AS_WORD;
}

void passwd_planner_hash(const struct passwd_planner *planner,
			 const struct passwd_planned_hash *planned)
{
	struct arena *arena = planner->plan->arena;
	struct passwd_hash *detail = arena_alloc(arena, sizeof(*detail));

	*detail = (struct passwd_hash){
		.name = passwd_planner_copy(planner, planned->name),
		.hash = passwd_planner_copy(planner, planned->hash),
		.is_change = planned->is_change,
	};
	plan_add(planner->plan,
		 &(struct operation){
			 .class = planned->class,
			 .phase = PASSWD_PHASE,
			 .object = detail->name,
			 .summary = "set password",
			 .log_text = passwd_planner_log(planner, planned->what, planned->name),
			 .scope = scope_of(planned->class),
			 .origin = planned->origin,
			 .detail = detail,
		 });
}

static void adopt(const struct passwd_planner *planner, const struct operation_class *class,
		  const char *name, const struct origin *origin)
{
	char *object = arena_strdup(planner->plan->arena, name);

	plan_add(planner->plan,
		 &(struct operation){
			 .class = class,
			 .phase = PASSWD_PHASE,
			 .object = object,
			 .summary = "copy from the image to /etc, so that it can be changed",
			 .log_text = passwd_planner_log(planner, "copying to /etc the account",
							slice_of(name)),
			 .scope = scope_of(class),
			 .origin = *origin,
			 .detail = object,
		 });
}

void passwd_planner_adopt_group(const struct passwd_planner *planner,
				const struct account_group *group, const struct origin *origin)
{
	if (group->is_local)
		return;
	adopt(planner, &passwd_adopt_group_class, group->name, origin);
	accounts_plan_group(planner->params->accounts, slice_of(group->name), -1);
}

void passwd_planner_adopt_user(const struct passwd_planner *planner,
			       const struct account_user *user, const struct origin *origin)
{
	if (user->is_local)
		return;
	adopt(planner, &passwd_adopt_user_class, user->name, origin);
}

int passwd_planner_wrap(struct error *err, int r, const struct origin *origin, const char *what,
			struct slice name)
{
	if (r == 0)
		return 0;
	error_wrap(err, r, "%s %.*s", what, SLICE_ARGS(name));
	if (origin->source && origin->line)
		error_wrap(err, r, "%s:%" PRIu32 ":%" PRIu32, source_name(origin->source),
			   origin->line, origin->column);
	return r;
}
