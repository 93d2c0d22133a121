/* Nutanix: OpenStack's drive, always attached (spec providers 4.12). */
#include "providers/config_drive.h"

static int fetch_config(const struct provider_context *context, struct provider_config *ret,
			struct error *err)
{
	return config_drive_fetch(context, config_drive_openstack, "/openstack/latest/user_data",
				  ret, err);
}

static const struct proof proofs[] = { { PROOF_PLATFORM, { { FACT_VENDOR, "Nutanix" } } } };

const struct provider provider_nutanix = {
	.name = "nutanix",
	.title = "Nutanix AHV",
	.proofs = proofs,
	.proof_count = ARRAY_SIZE(proofs),
	.fetch_config = fetch_config,
};
