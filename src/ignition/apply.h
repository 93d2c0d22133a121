/*
 * apply - run a plan: journalled, observed, stopped at the first failure.
 */
#ifndef SLIPWAY_IGNITION_APPLY_H
#define SLIPWAY_IGNITION_APPLY_H

#include "base/plan.h"
#include "ignition/journal.h"

/**
 * apply_plan - do every operation of @plan in order.
 * @journal: records each; NULL: none is kept
 *
 * Return: 0; what the first failing operation returned, its object named.
 */
int apply_plan(const struct plan *plan, struct machine *machine, struct journal *journal,
	       const char *stage, const struct event_observer *observer, struct error *err);

#endif
