/* user.ign in one of the system's config directories (spec ignition 1.7, 4.6). */
#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "config/parse.h"
#include "providers/provider.h"

#define USER_CONFIG_NAME "user.ign"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	for (size_t i = 0; context->config_directories[i]; i++) {
		AUTO_FREE char *path =
			xasprintf("%s/%s", context->config_directories[i], USER_CONFIG_NAME);
		AUTO(error_done) struct error problem = ERROR_INIT;

		event_message(context->observer, EVENT_INFO, "reading system config file \"%s\"",
			      path);

		int r = file_read(path, CONFIG_SIZE_MAX, /* flags= */ 0, &ret->data, &ret->length,
				  &problem);

		if (r == 0) {
			ret->name = take_ptr(&path);
			return 0;
		}
		if (r != -ENOENT)
			return error_set(err, problem.kind, -r, "%s", problem.text);
		event_message(context->observer, EVENT_INFO, "no config at \"%s\"", path);
	}
	return error_set(err, ERROR_EMPTY, ENODATA, "no %s", USER_CONFIG_NAME);
}

const struct provider provider_system = { .name = "system", .fetch_config = fetch_config };
