/*
 * platform - names of what a platform tells its machines (spec configs 3.6).
 *
 * Owns: the platforms that Container Linux Configs know, and the variables that stand for an
 * address or a name in /run/metadata/coreos.
 */
#ifndef SLIPWAY_CONFIG_CLC_PLATFORM_H
#define SLIPWAY_CONFIG_CLC_PLATFORM_H

#include "config/platform_role.h"

struct clc_platform {
	const char *name;
	bool overrides_provider; /* coreos-metadata has to be told which one it is on */
	const char *fields[PLATFORM_ROLE_COUNT]; /* NULL: it has none */
};

/** clc_platform_find - by name; NULL: there is none. */
const struct clc_platform *clc_platform_find(const char *name);

/**
 * clc_platform_variable - what @field, "PRIVATE_IPV4", is called on @platform; NULL: it has none.
 */
const char *clc_platform_variable(const struct clc_platform *platform, struct slice field);

#endif
