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

/* Container Linux' helper for PXE: sshkey="ssh-rsa AAAA… me" on the kernel command line. */
static int fetch_metadata(const struct provider_context *context, unsigned parts,
			  struct metadata *ret, struct error *err)
{
	AUTO_FREE char *key = NULL;

	machine_karg(context->machine, "sshkey", &key);
	return parts & METADATA_KEYS && key
		       ? metadata_add_keys(ret, /* user= */ NULL, slice_of(key), err)
		       : 0;
}

const struct provider provider_metal = {
	.name = "metal",
	.title = "bare metal",
	.aliases = { "pxe" },
	.fetch_config = fetch_config,
	.fetch_metadata = fetch_metadata,
};
