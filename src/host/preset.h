/*
 * preset - which units systemd enables and disables on the first boot.
 *
 * Owns: the lines of the preset file, instances of one template combined, and removing the links
 * of a unit that is enabled and shall not be.
 */
#ifndef SLIPWAY_HOST_PRESET_H
#define SLIPWAY_HOST_PRESET_H

#include "host/node.h"

/**
 * host_plan_presets - operations for those of @requests that say "enabled", sorted by unit.
 *
 * A line that the preset file has is not added again.  Disabling happens to units that systemctl
 * finds enabled in the target, and to no other; as long as @plan changes units, that is found out
 * when it is applied.  Without systemctl it cannot be found out: a warning says so.
 *
 * Return: as host_plan_nodes().
 */
int host_plan_presets(struct plan *plan, const struct host_plan_params *params,
		      const struct unit_request *requests, size_t count, struct error *err);

#endif
