#include "config/platform_role.h"

static const char *const names[] = {
	[PLATFORM_ROLE_HOSTNAME] = "hostname",	     [PLATFORM_ROLE_PRIVATE_IPV4] = "private_ipv4",
	[PLATFORM_ROLE_PUBLIC_IPV4] = "public_ipv4", [PLATFORM_ROLE_PRIVATE_IPV6] = "private_ipv6",
	[PLATFORM_ROLE_PUBLIC_IPV6] = "public_ipv6",
};
_Static_assert(ARRAY_SIZE(names) == PLATFORM_ROLE_COUNT, "every role has a name");

const char *platform_role_name(enum platform_role role)
{
	return names[role];
}

static bool is_name(struct slice text, const char *name)
{
	if (text.length != strlen(name))
		return false;
	for (size_t i = 0; i < text.length; i++)
		if (char_lower(text.data[i]) != name[i])
			return false;
	return true;
}

bool platform_role_find(struct slice name, enum platform_role *ret)
{
	for (size_t i = 0; i < PLATFORM_ROLE_COUNT; i++) {
		if (is_name(name, names[i])) {
			*ret = (enum platform_role)i;
			return true;
		}
	}
	return false;
}
