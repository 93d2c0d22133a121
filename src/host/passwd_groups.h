/*
 * passwd_groups - what has to be done for one group.
 *
 * Owns: comparing a group of the target with what is asked for.
 */
#ifndef SLIPWAY_HOST_PASSWD_GROUPS_H
#define SLIPWAY_HOST_PASSWD_GROUPS_H

#include "host/passwd_planner.h"

/** passwd_plan_group - operations for @request.  Return: as host_plan_groups(). */
int passwd_plan_group(const struct passwd_planner *planner, const struct group_request *request,
		      struct error *err);

#endif
