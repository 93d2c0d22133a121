/*
 * container - apply a config inside a container, where an image is built (spec ignition 1.3).
 *
 * Owns: whether this is a container, what of a config cannot be had there, and the order of the
 * rest.  No platform, base config, state, report, account or label is involved.
 */
#ifndef SLIPWAY_IGNITION_CONTAINER_H
#define SLIPWAY_IGNITION_CONTAINER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/event.h"

struct container_params {
	const char *config; /* path; "-": standard input */
	const char *root;
	const char *variable; /* "container" of the environment; NULL: unset */
	bool ignores_unsupported;
	bool is_offline; /* what needs the network is refused */
	const struct event_observer *observer;
};

/**
 * container_apply - make of @root what the config says.  Failures are said to the observer.
 *
 * Return: 0; -errno.
 */
int container_apply(const struct container_params *params);

#endif
