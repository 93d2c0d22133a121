/*
 * detect - which platform a machine is on, from what can be seen of it.
 *
 * Owns: looking facts up, weighing proofs, and the sentence that names the evidence.  Purely local:
 * nothing is asked over a network, and without proof nothing is assumed.
 * Leaves to others: what a platform looks like (the providers' tables).
 */
#ifndef SLIPWAY_PROVIDERS_DETECT_H
#define SLIPWAY_PROVIDERS_DETECT_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "providers/provider.h"

/* A platform that has proof. */
struct evidence {
	const struct provider *provider;
	enum proof_rank rank;
	char *text; /* "DMI vendor is \"Hetzner\""; owned */
};

struct detection {
	const struct provider *provider; /* the one; never NULL on success */
	const char *argument;	/* the kernel argument that names it; NULL: evidence does */
	struct evidence *items; /* of every platform, in order of their names */
	size_t count;
};

/**
 * detect - find the platform of @machine.
 * @ret: release with detection_done(), on failure too: the evidence may then help a person
 *
 * ignition.platform.id, flatcar.oem.id or coreos.oem.id on the kernel command line is proof and
 * ends the search.
 *
 * Return: 0; -ENODATA (ERROR_EMPTY) without proof; -ENOTUNIQ (ERROR_INPUT) when several platforms
 * have proof of the same rank; -EINVAL (ERROR_INPUT) for a kernel argument that names none.
 */
int detect(const struct machine *machine, struct detection *ret, struct error *err);
void detection_done(struct detection *detection);

/** detection_reason - why it is the one that was found: evidence, or a kernel argument; borrowed.
 */
const char *detection_reason(const struct detection *detection);

/**
 * detect_named - the platform that the kernel command line names.
 * @ret_argument: the name of the argument
 *
 * Return: 0; -ENODATA (ERROR_EMPTY) when it names none; -EINVAL (ERROR_INPUT) when nobody knows it.
 */
int detect_named(const struct machine *machine, const struct provider **ret,
		 const char **ret_argument, struct error *err);

DEFINE_DONE(struct detection, detection_done)

#endif
