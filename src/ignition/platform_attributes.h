/*
 * platform_attributes - what the platform says about this machine, for configs that ask for it.
 *
 * Owns: the one interface behind $private_ipv4, {PRIVATE_IPV4} and ${…} at boot.  The platform is
 * asked when a front end wants to know something, never before, and once in a boot
 * (providers/metadata_cache).
 * Leaves to others: which dialect wants what (config), how a platform is asked (providers).
 */
#ifndef SLIPWAY_IGNITION_PLATFORM_ATTRIBUTES_H
#define SLIPWAY_IGNITION_PLATFORM_ATTRIBUTES_H

#include "ignition/interpret.h"
#include "providers/provider.h"

struct platform_attributes {
	const struct provider *platform; /* proven: named, or found with evidence */
	const struct provider_context *context;
	struct metadata *metadata; /* NULL: nobody has asked yet; owned */
	struct error failure;	   /* why asking failed: it is not waited for twice */
};

void platform_attributes_done(struct platform_attributes *attributes);

/**
 * platform_attributes_source - an interface to @attributes, borrowed.
 *
 * It knows the names of enum platform_role, "private_ipv4", and every attribute by its own name,
 * with a prefix (AFTERBURN_…, COREOS_…) or without.  What the platform does not say is taken from
 * the environment, as upstream does: COREOS_PRIVATE_IPV4 (spec configs 1.5).  A role that the
 * platform knows and this machine does not have is empty.
 */
struct attribute_source platform_attributes_source(struct platform_attributes *attributes);

/** platform_attributes_variables - the names of the roles in units' environment; in @arena. */
void platform_attributes_variables(const struct provider *platform, struct arena *arena,
				   struct platform_variables *ret);

DEFINE_DONE(struct platform_attributes, platform_attributes_done)

#endif
