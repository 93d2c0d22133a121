/*
 * platform_role - what configs of several dialects want to know of a machine's platform.
 *
 * Owns: the five words that Container Linux Configs, cloud-configs and their like have for it.
 * Leaves to others: which attribute of a platform stands for one (providers).
 */
#ifndef SLIPWAY_CONFIG_PLATFORM_ROLE_H
#define SLIPWAY_CONFIG_PLATFORM_ROLE_H

#include <stdbool.h>

#include "base/text.h"

enum platform_role {
	PLATFORM_ROLE_HOSTNAME,
	PLATFORM_ROLE_PRIVATE_IPV4,
	PLATFORM_ROLE_PUBLIC_IPV4,
	PLATFORM_ROLE_PRIVATE_IPV6,
	PLATFORM_ROLE_PUBLIC_IPV6,
	PLATFORM_ROLE_COUNT,
};

/** platform_role_name - "private_ipv4". */
const char *platform_role_name(enum platform_role role);

/** platform_role_find - the role called @name, in either case.  Return: whether there is one. */
bool platform_role_find(struct slice name, enum platform_role *ret);

/* Variables of /run/metadata/coreos that stand for what a platform tells its machines. */
struct platform_variables {
	const char *platform;			/* its id, for messages */
	const char *names[PLATFORM_ROLE_COUNT]; /* NULL: it does not tell that */
};

#endif
