/*
 * passwd_adopt - make an account of the image local, so that it can be changed.
 *
 * Images keep accounts in read-only databases (/usr/lib/passwd, /usr/share/baselayout/passwd) that
 * NSS reads and the shadow suite does not: usermod fails on such a user, useradd --groups on such a
 * group, and upstream with them.  What people do by hand is to copy the line to /etc, and this is
 * that copy, as an operation of its own that a plan shows: same ids, members, home and shell, and
 * no password.  It happens only when something about the account must change, or a user shall be
 * its member; a user of the image who only gets SSH keys stays where he is.
 *
 * Owns: rows of the target's passwd, shadow, group and gshadow, written under /etc/.pwd.lock.
 */
#ifndef SLIPWAY_HOST_PASSWD_ADOPT_H
#define SLIPWAY_HOST_PASSWD_ADOPT_H

#include "base/plan.h"

/* Detail: the name, a C string in the plan's arena. */
extern const struct operation_class passwd_adopt_user_class;
extern const struct operation_class passwd_adopt_group_class;

#endif
