#include "providers/provider.h"

#include <string.h>

#include "base/scope.h"

static const struct provider *const platforms[] = {
#define PLATFORM(word) &provider_##word,
#include "providers/platforms.h"
#undef PLATFORM
};

static bool has_name(const struct provider *provider, const char *name)
{
	if (strcmp(provider->name, name) == 0)
		return true;
	for (size_t i = 0; i < PROVIDER_ALIASES_MAX && provider->aliases[i]; i++)
		if (strcmp(provider->aliases[i], name) == 0)
			return true;
	return false;
}

const struct provider *provider_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++)
		if (has_name(platforms[i], name))
			return platforms[i];
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
	{ "xenserver", "metal" },
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

void provider_config_done(struct provider_config *config)
{
	free(config->data);
	free(config->name);
	free(config->output_files);
	*config = (struct provider_config){ .length = 0 };
}
