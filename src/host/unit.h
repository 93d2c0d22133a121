/*
 * unit - systemd units, drop-ins, masks and presets of the target root (spec ignition 6.13).
 */
#ifndef SLIPWAY_HOST_UNIT_H
#define SLIPWAY_HOST_UNIT_H

#include "host/node.h"

#define HOST_UNIT_DIRECTORY "/etc/systemd/system"
#define HOST_PRESET_FILE    "/etc/systemd/system-preset/20-ignition.preset"

/** host_plan_units - units in their order, then presets.  Return: as host_plan_nodes(). */
int host_plan_units(struct plan *plan, const struct host_plan_params *params,
		    const struct unit_request *requests, size_t count, struct error *err);

/**
 * host_units_expect - whether @requests make a file at @path, or below it.
 * @path: resolved inside the root
 */
bool host_units_expect(const struct unit_request *requests, size_t count, const char *path);

#endif
