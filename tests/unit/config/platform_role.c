/* The words for what configs want to know of a platform. */
#include "config/platform_role.h"

#include "tap.h"

static const struct {
	const char *label;
	const char *name;
	enum platform_role want; /* PLATFORM_ROLE_COUNT: there is none */
} rows[] = {
	{ "in capitals", "PRIVATE_IPV4", PLATFORM_ROLE_PRIVATE_IPV4 },
	{ "in small letters", "public_ipv6", PLATFORM_ROLE_PUBLIC_IPV6 },
	{ "a prefix is none", "private_ipv", PLATFORM_ROLE_COUNT },
	{ "more is none", "hostname2", PLATFORM_ROLE_COUNT },
	{ "nothing is none", "", PLATFORM_ROLE_COUNT },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum platform_role role = PLATFORM_ROLE_COUNT;

		platform_role_find(slice_of(rows[i].name), &role);
		tap_int(role, rows[i].want, rows[i].label);
	}
	for (size_t i = 0; i < PLATFORM_ROLE_COUNT; i++) {
		const char *name = platform_role_name((enum platform_role)i);
		enum platform_role role = PLATFORM_ROLE_COUNT;

		tap_ok(platform_role_find(slice_of(name), &role) && role == i, "%s", name);
	}
	return tap_done();
}
