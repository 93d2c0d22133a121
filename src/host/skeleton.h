/*
 * skeleton - the least that an empty directory needs to be provisioned as a target root.
 *
 * Owns: what `slipway rehearse` lays down when the root is empty: /etc/passwd, group, shadow,
 * gshadow with root alone, login.defs, /root, /home, /tmp, /var, /usr.  docs/rehearse.md lists it.
 */
#ifndef SLIPWAY_HOST_SKELETON_H
#define SLIPWAY_HOST_SKELETON_H

#include <stdbool.h>

#include "base/plan.h"

/** skeleton_is_needed - whether the root has neither /etc/passwd nor a read-only user database. */
bool skeleton_is_needed(int root_fd);

/** skeleton_plan - an operation for each entry that the root does not have. */
void skeleton_plan(int root_fd, struct plan *plan);

#endif
