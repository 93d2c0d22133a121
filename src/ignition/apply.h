/*
 * apply - run a plan: journalled, observed, stopped at the first failure.
 *
 * Owns: the order of operations, and which of them may run side by side: those of one phase whose
 * class hands back a running program (plan.h), each with a resource that no other one uses.  They
 * begin in the order of the plan.
 */
#ifndef SLIPWAY_IGNITION_APPLY_H
#define SLIPWAY_IGNITION_APPLY_H

#include "base/plan.h"
#include "ignition/journal.h"

/* Programs at a time: they wait for disks more than they compute. */
#define APPLY_RUNNING_MAX 8

/**
 * apply_plan - do every operation of @plan.
 * @journal: records each; NULL: none is kept
 *
 * Once one has failed none is begun any more; those that run beside it are waited for, and are done
 * or have failed on their own.
 *
 * Return: 0; what the first failing operation in the order of the plan returned; each that failed
 * is a line of the message, with the position that asked for it and its object.
 */
int apply_plan(const struct plan *plan, struct machine *machine, struct journal *journal,
	       const char *stage, const struct event_observer *observer, struct error *err);

#endif
