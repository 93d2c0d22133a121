/*
 * hostname - the name of a system that runs.
 *
 * Owns: setting it at once, as the kernel has it and in /etc/hostname, without a bus.
 */
#ifndef SLIPWAY_LIVE_HOSTNAME_H
#define SLIPWAY_LIVE_HOSTNAME_H

#include "base/plan.h"

/** live_hostname_get - the name the kernel has now, in @arena. */
struct slice live_hostname_get(struct arena *arena);

/**
 * live_plan_hostname - an operation that sets @name, unless it is set.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) unless it is of letters, digits, '-', '_' and '.'.
 */
int live_plan_hostname(struct plan *plan, const struct machine *machine, struct slice name,
		       struct error *err);

#endif
