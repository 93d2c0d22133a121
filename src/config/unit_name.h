/*
 * unit_name - names of systemd units that are made of something else.
 *
 * Owns: systemd's escaping of paths (systemd.unit(5), systemd-escape --path).
 */
#ifndef SLIPWAY_CONFIG_UNIT_NAME_H
#define SLIPWAY_CONFIG_UNIT_NAME_H

#include "base/text.h"

/** unit_name_escape_path - append @path as the stem of a unit's name: "/a-b//c" "a\x2db-c". */
int unit_name_escape_path(struct text *out, struct slice path);

#endif
