#include "host/passwd.h"

#include "host/passwd_groups.h"
#include "host/passwd_planner.h"
#include "host/passwd_users.h"

int host_plan_groups(struct plan *plan, const struct host_plan_params *params,
		     const struct group_request *requests, size_t count, unsigned flags,
		     struct error *err)
{
	AUTO(passwd_planner_done) struct passwd_planner planner;

	passwd_planner_init(&planner, plan, params, flags);
	for (size_t i = 0; i < count; i++) {
		int r = passwd_plan_group(&planner, &requests[i], err);

		if (r < 0)
			return passwd_planner_wrap(err, r, &requests[i].origin, "group",
						   requests[i].name);
	}
	return 0;
}

int host_plan_users(struct plan *plan, const struct host_plan_params *params,
		    const struct user_request *requests, size_t count, unsigned flags,
		    struct error *err)
{
	AUTO(passwd_planner_done) struct passwd_planner planner;

	passwd_planner_init(&planner, plan, params, flags);
	for (size_t i = 0; i < count; i++) {
		int r = passwd_plan_user(&planner, &requests[i], err);

		if (r < 0)
			return passwd_planner_wrap(err, r, &requests[i].origin, "user",
						   requests[i].name);
	}
	return 0;
}
