#include "host/passwd_groups.h"

#include <errno.h>
#include <inttypes.h>

#include "host/passwd_check.h"
#include "host/passwd_planner.h"

/*
 * groupdel of the shadow suite refuses it, and upstream's order is groups before users; but which
 * groupdel there is, and whether it does, is the distribution's.
 */
static void warn_of_primary(const struct passwd_planner *planner, const struct account_group *group)
{
	const struct account_user *user;

	for (size_t i = 0; group->has_id && (user = accounts_user_at(planner->params->accounts, i));
	     i++) {
		if (user->has_ids && user->gid == group->gid)
			event_message(planner->params->observer, EVENT_WARNING,
				      "group %s is the primary group of user %s, and groups are "
				      "removed before users: groupdel may refuse it; give him "
				      "another one first, or remove the user only, whose own group "
				      "goes with him",
				      group->name, user->name);
	}
}

static int plan_group_removal(const struct passwd_planner *planner,
			      const struct group_request *request,
			      const struct account_group *group, struct error *err)
{
	struct passwd_words words = passwd_planner_words(planner);

	if (!group)
		return 0;
	if (group->is_in_image)
		return error_set(err, ERROR_INPUT, EROFS,
				 "the group is part of the image, which is read-only; it cannot be "
				 "removed");
	warn_of_primary(planner, group);
	passwd_words_groupdel(&words, request->name);
	accounts_plan_remove_group(planner->params->accounts, request->name);
	return passwd_planner_call(
		planner,
		&(struct passwd_planned_call){
			.action = PASSWD_GROUP_REMOVE,
			.name = request->name,
			.origin = request->origin,
			.words = &words,
			.summary = "remove",
			.log_text = passwd_planner_log(planner, "deleting group", request->name),
		},
		err);
}

static unsigned compare_group(const struct account_group *group,
			      const struct group_request *request)
{
	struct slice hash =
		passwd_hash_value(request->password_hash, slice_of(group->password_hash));
	unsigned differences = 0;

	if (request->has_gid && (!group->has_id || group->gid != request->gid))
		differences |= DIFFERS_GID;
	if (!slice_is(hash, group->password_hash))
		differences |= DIFFERS_HASH;
	return differences;
}

static const char *group_summary(const struct passwd_planner *planner,
				 const struct group_request *request)
{
	const char *kind = request->is_system ? "create a system group" : "create";

	if (!request->has_gid)
		return kind;
	return arena_printf(planner->plan->arena, "%s, gid %" PRId64, kind, request->gid);
}

/* groupadd or groupmod; @differences only of an existing group. */
static int call_group_tool(const struct passwd_planner *planner,
			   const struct group_request *request, const unsigned *differences,
			   enum passwd_hash_way way, struct error *err)
{
	struct passwd_words words = passwd_planner_words(planner);

	(differences ? passwd_words_groupmod : passwd_words_groupadd)(&words, request, way);
	return passwd_planner_call(
		planner,
		&(struct passwd_planned_call){
			.action = differences ? PASSWD_GROUP_CHANGE : PASSWD_GROUP_ADD,
			.name = request->name,
			.origin = request->origin,
			.words = &words,
			.summary = differences ? passwd_planner_changes(planner, *differences)
					       : group_summary(planner, request),
			.log_text = passwd_planner_log(planner, "adding group", request->name),
		},
		err);
}

static void set_hash_apart(const struct passwd_planner *planner,
			   const struct group_request *request, bool is_change)
{
	passwd_planner_hash(planner, &(struct passwd_planned_hash){
					     .class = &passwd_hash_group_class,
					     .name = request->name,
					     .hash = request->password_hash,
					     .what = "setting password for group",
					     .is_change = is_change,
					     .origin = request->origin,
				     });
}

static int plan_existing_group(const struct passwd_planner *planner,
			       const struct group_request *request,
			       const struct account_group *group, struct error *err)
{
	unsigned differences = compare_group(group, request);
	int r = 0;

	if (!differences)
		return 0;
	passwd_planner_adopt_group(planner, group, &request->origin);

	enum passwd_hash_way way = passwd_planner_way(planner);
	bool is_apart = way == PASSWD_HASH_APART && passwd_hash_is_secret(request->password_hash);
	unsigned by_tool = is_apart ? differences & ~(unsigned)DIFFERS_HASH : differences;

	if (by_tool)
		r = call_group_tool(planner, request, &by_tool, way, err);
	if (r == 0 && is_apart && (differences & DIFFERS_HASH))
		set_hash_apart(planner, request, /* is_change= */ true);
	return r;
}

static int plan_new_group(const struct passwd_planner *planner, const struct group_request *request,
			  struct error *err)
{
	enum passwd_hash_way way = passwd_planner_way(planner);
	int r = call_group_tool(planner, request, /* differences= */ NULL, way, err);

	if (r == 0 && way == PASSWD_HASH_APART && passwd_hash_is_secret(request->password_hash))
		set_hash_apart(planner, request, /* is_change= */ false);
	return r;
}

int passwd_plan_group(const struct passwd_planner *planner, const struct group_request *request,
		      struct error *err)
{
	struct accounts *accounts = planner->params->accounts;
	const struct account_group *group = accounts_find_group(accounts, request->name);
	size_t before = planner->plan->count;
	int r = passwd_check_group(request, err);

	if (r < 0)
		return r;
	if (!request->should_exist)
		return plan_group_removal(planner, request, group, err);
	if (request->has_gid)
		r = passwd_check_gid(accounts, request->name, request->gid, err);
	if (r == 0)
		r = group ? plan_existing_group(planner, request, group, err)
			  : plan_new_group(planner, request, err);
	if (r == 0 && planner->plan->count > before)
		accounts_plan_group(accounts, request->name, request->has_gid ? request->gid : -1);
	return r;
}
