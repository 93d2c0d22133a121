#include <string.h>

#include "base/scope.h"
#include "providers/provider.h"

/* In order of their names. */
static const struct provider *const platforms[] = {
	&provider_file,
	&provider_metal,
	&provider_qemu,
};

const struct provider *provider_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		if (strcmp(platforms[i]->name, name) == 0)
			return platforms[i];
	}
	return NULL;
}

const struct provider *provider_at(size_t index)
{
	return index < ARRAY_SIZE(platforms) ? platforms[index] : NULL;
}
