/* Bare metal: no place of its own; a config comes from the kernel command line or user.ign. */
#include "base/alloc.h"
#include "providers/provider.h"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	(void)context;
	(void)err;
	ret->data = xstrdup("");
	ret->name = xstrdup("metal");
	return 0;
}

const struct provider provider_metal = {
	.name = "metal",
	.title = "bare metal",
	.aliases = { "pxe" },
	.fetch_config = fetch_config,
};
