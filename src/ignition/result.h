/*
 * result - the report of a run inside the provisioned machine (spec ignition 1.9).
 */
#ifndef SLIPWAY_IGNITION_RESULT_H
#define SLIPWAY_IGNITION_RESULT_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "ignition/state.h"

#define RESULT_PATH "/etc/.ignition-result.json"

/**
 * result_write - write RESULT_PATH durably, mode 0600.  A report of an earlier run is embedded,
 * with a warning, unless the helper is-live-image says that this is a live system.
 *
 * Return: 0; -EINVAL when the earlier report is not JSON; -errno.
 */
int result_write(const struct machine *machine, const struct state *state,
		 const struct event_observer *observer, struct error *err);

/** result_exists - whether the target has a report of an earlier run. */
bool result_exists(const struct machine *machine);

#endif
