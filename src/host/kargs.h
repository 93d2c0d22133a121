/*
 * kargs - kernel arguments of the next boot, by the distribution's helper (spec ignition 6.2).
 *
 * Owns: the helper's words.  The helper owns the rest: where the boot loader keeps arguments, that
 * an argument which is (not) there already is no change, and the reboot when something changed.
 */
#ifndef SLIPWAY_HOST_KARGS_H
#define SLIPWAY_HOST_KARGS_H

#include "base/plan.h"
#include "host/request.h"

/** kargs_is_empty - whether nothing is asked for. */
bool kargs_is_empty(const struct kargs_request *request);

/**
 * kargs_pending - of @request what is not so yet on a kernel command line: arguments that shall be
 * and are not, and those that shall not be and are.
 * @line: as /proc/cmdline; absent: unknown, so that all is pending
 *
 * An argument is there when it stands in @line between spaces, as the helpers compare it.
 *
 * Return: slices of @request in @arena; kargs_is_empty() when nothing would change.
 */
struct kargs_request kargs_pending(const struct kargs_request *request, struct slice line,
				   struct arena *arena);

/**
 * host_plan_kargs - one call of the helper, unless nothing is asked for.
 * @request: borrowed, must outlive @plan
 *
 * What the boot loader has is known to the helper only, so that the plan always has the call.  The
 * helper hears PLATFORM_ID and OEM_ID, which the units set, beside PATH.
 */
void host_plan_kargs(struct plan *plan, const struct kargs_request *request);

#endif
