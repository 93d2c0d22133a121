/*
 * skeleton - the least that an empty directory needs to be provisioned as a target root.
 *
 * Owns: what `slipway rehearse` lays down when the root is empty: /etc/passwd, group, shadow,
 * gshadow with root alone, login.defs, /root, /home, /tmp, /var, /usr.  docs/rehearse.md lists it.
 */
#ifndef SLIPWAY_HOST_SKELETON_H
#define SLIPWAY_HOST_SKELETON_H

#include <stdbool.h>

#include "base/error.h"

/** skeleton_is_needed - whether the root has neither /etc/passwd nor a read-only user database. */
bool skeleton_is_needed(int root_fd);

/** skeleton_lay - write it; existing files are left as they are. */
int skeleton_lay(int root_fd, struct error *err);

#endif
