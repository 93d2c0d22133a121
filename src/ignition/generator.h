/*
 * generator - what systemd is told early in a boot: which platform this is, and whether the machine
 * is provisioned now (spec ignition 7.3).
 *
 * Owns: /run/ignition.env, the links that pull the engine's units in, and in the real root drop-ins
 * for the agent's units when the platform was found out and not named.
 * Leaves to others: looking for proof (providers/detect), the units themselves.
 */
#ifndef SLIPWAY_IGNITION_GENERATOR_H
#define SLIPWAY_IGNITION_GENERATOR_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"

#define GENERATOR_ENVIRONMENT "run/ignition.env"

struct generator_params {
	const struct machine *machine;
	const char *host;      /* path of its "/"; "" for the running system */
	const char *directory; /* where units and links go: systemd's first argument */
	const struct event_observer *observer;
};

/** generator_is_first_boot - by the kernel's arguments: a bare word, or no word that says no. */
bool generator_is_first_boot(const struct machine *machine);

/**
 * generator_run - write what follows from what the machine looks like.
 *
 * In an initramfs PLATFORM_ID is the platform that the kernel command line names, or that names
 * itself; "auto" otherwise: drives appear later, and the engine, which then looks again, says what
 * it misses.
 *
 * Return: 0; -errno when something cannot be written.
 */
int generator_run(const struct generator_params *params, struct error *err);

#endif
