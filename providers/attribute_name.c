#include "providers/attribute_name.h"

#include "base/alloc.h"

char *attribute_name_coreos(const struct provider *provider, const char *attribute)
{
	const char *word = provider->coreos_word;
	const char *rest = strchr(attribute, '_');

	return word && rest ? xasprintf(ATTRIBUTE_COREOS "%s%s", word, rest)
			    : xasprintf(ATTRIBUTE_COREOS "%s", attribute);
}

const char *attribute_name_of_role(const struct provider *provider, enum platform_role role)
{
	const struct provider_roles *roles = &provider->roles;
	const char *const names[PLATFORM_ROLE_COUNT] = {
		[PLATFORM_ROLE_HOSTNAME] = roles->hostname,
		[PLATFORM_ROLE_PRIVATE_IPV4] = roles->private_ipv4,
		[PLATFORM_ROLE_PUBLIC_IPV4] = roles->public_ipv4,
		[PLATFORM_ROLE_PRIVATE_IPV6] = roles->private_ipv6,
		[PLATFORM_ROLE_PUBLIC_IPV6] = roles->public_ipv6,
	};

	return names[role];
}

const char *attribute_find(const struct provider *provider, const struct metadata *metadata,
			   const char *name)
{
	if (slice_starts(slice_of(name), ATTRIBUTE_AFTERBURN))
		return metadata_get(metadata, name + strlen(ATTRIBUTE_AFTERBURN));
	for (size_t i = 0; i < metadata->attribute_count; i++) {
		AUTO_FREE char *coreos =
			attribute_name_coreos(provider, metadata->attributes[i].name);

		if (strcmp(coreos, name) == 0)
			return metadata->attributes[i].value;
	}
	return metadata_get(metadata, name);
}
