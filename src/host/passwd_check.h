/*
 * passwd_check - what can be refused about groups and users before anything is touched.
 *
 * Owns: values that the shadow suite would refuse half-way, or that would break its files or its
 * command line; programs that are missing; settings of the target that decide what useradd does.
 * Messages never repeat a hash.
 */
#ifndef SLIPWAY_HOST_PASSWD_CHECK_H
#define SLIPWAY_HOST_PASSWD_CHECK_H

#include "base/error.h"
#include "host/accounts.h"
#include "host/request.h"

/** passwd_check_group - values alone.  Return: 0; -EINVAL, -ERANGE (ERROR_INPUT). */
int passwd_check_group(const struct group_request *request, struct error *err);

/** passwd_check_user - as passwd_check_group(). */
int passwd_check_user(const struct user_request *request, struct error *err);

/** passwd_check_tool - that @name is in PATH.  Return: 0; -ENOENT (ERROR_NOT_FOUND). */
int passwd_check_tool(const char *name, struct error *err);

/** passwd_check_uid - that no other local user has @uid.  Return: 0; -EEXIST (ERROR_INPUT). */
int passwd_check_uid(const struct accounts *accounts, struct slice name, int64_t uid,
		     struct error *err);

/** passwd_check_gid - as passwd_check_uid(), for groups. */
int passwd_check_gid(const struct accounts *accounts, struct slice name, int64_t gid,
		     struct error *err);

/** passwd_default_home - parent of new homes, as /etc/default/useradd has it; freed with free(). */
char *passwd_default_home(int root_fd);

/** passwd_has_user_groups - whether useradd makes a group for each user (/etc/login.defs). */
bool passwd_has_user_groups(int root_fd);

#endif
