/* A file of the running system, for tests and for image builds (spec ignition 7.1). */
#include "base/alloc.h"
#include "base/file.h"
#include "config/parse.h"
#include "providers/provider.h"

#define CONFIG_FILE_DEFAULT "config.ign"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	const char *path = context->config_file ? context->config_file : CONFIG_FILE_DEFAULT;

	event_message(context->observer, EVENT_INFO, "using config file at \"%s\"", path);

	int r = file_read(path, CONFIG_SIZE_MAX, /* flags= */ 0, &ret->data, &ret->length, err);

	if (r < 0)
		return error_wrap(err, r, "couldn't read config");
	ret->name = xstrdup(path);
	return 0;
}

const struct provider provider_file = {
	.name = "file",
	.title = "a file, for tests",
	.fetch_config = fetch_config,
};
