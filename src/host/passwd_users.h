/*
 * passwd_users - what has to be done for one user.
 *
 * Owns: comparing a user of the target with what is asked for, what useradd and usermod would
 * refuse, and the order: the image's accounts, the user, the hash, the home, the keys.
 */
#ifndef SLIPWAY_HOST_PASSWD_USERS_H
#define SLIPWAY_HOST_PASSWD_USERS_H

#include "host/passwd_planner.h"

/** passwd_plan_user - operations for @request.  Return: as host_plan_users(). */
int passwd_plan_user(const struct passwd_planner *planner, const struct user_request *request,
		     struct error *err);

#endif
