/*
 * removal - delete the config from the platform it came from (spec ignition 1.4).
 */
#ifndef SLIPWAY_IGNITION_REMOVAL_H
#define SLIPWAY_IGNITION_REMOVAL_H

#include "base/event.h"
#include "providers/provider.h"

/**
 * removal_run - delete the config of @platform (NULL: it is found out); what happened is said to
 * @observer.
 *
 * Return: 0; -EOPNOTSUPP where a platform keeps what it was given; what the platform returns.
 */
int removal_run(const struct provider *platform, const struct event_observer *observer);

/**
 * removal_announce - what becomes of a config that was found at @place: whether it is removed after
 * success, and who can read it where it stays.
 */
void removal_announce(const struct provider *platform, const char *place,
		      const struct event_observer *observer);

#endif
