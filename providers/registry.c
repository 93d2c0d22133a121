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

/* Flatcar's names of platforms that are called otherwise here, and of those with no config. */
static const struct alias {
	const char *oem;
	const char *name;
} aliases[] = {
	{ "cloudsigma", "metal" }, { "ec2", "aws" },
	{ "gce", "gcp" },	   { "interoute", "metal" },
	{ "niftycloud", "metal" }, { "pxe", "metal" },
	{ "rackspace", "metal" },  { "rackspace-onmetal", "metal" },
	{ "vagrant", "metal" },	   { "vagrant-virtualbox", "virtualbox" },
};

const struct provider *provider_find_oem(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (strcmp(aliases[i].oem, name) == 0)
			return provider_find(aliases[i].name);
	}
	return provider_find(name);
}

const struct provider *provider_at(size_t index)
{
	return index < ARRAY_SIZE(platforms) ? platforms[index] : NULL;
}
