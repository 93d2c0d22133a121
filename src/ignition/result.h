/*
 * result - the report of a run inside the provisioned machine (spec ignition 1.9).
 */
#ifndef SLIPWAY_IGNITION_RESULT_H
#define SLIPWAY_IGNITION_RESULT_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "ignition/state.h"

enum result_kind {
	RESULT_OF_BOOT,
	RESULT_OF_REHEARSAL, /* may come again; an earlier one is nothing to warn of */
};

/**
 * result_write - write RESULT_PATH (of configure) durably, mode 0600; nothing where there is none
 * (--with-result-file=no).  A report of an earlier run is embedded;
 * at a boot with a warning, unless the helper is-live-image says that this is a live system.
 *
 * Return: 0; -EINVAL when the earlier report is not JSON; -errno.
 */
int result_write(const struct machine *machine, const struct state *state, enum result_kind kind,
		 const struct event_observer *observer, struct error *err);

/** result_exists - whether the target has a report of an earlier run. */
bool result_exists(const struct machine *machine);

#endif
