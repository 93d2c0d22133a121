/* CloudStack's drive, whatever service there is: an id of the agents only. */
#include "providers/cloudstack.h"

const struct provider provider_cloudstack_configdrive = {
	.name = "cloudstack-configdrive",
	.title = "CloudStack's config drive",
	.roles = { .hostname = "CLOUDSTACK_LOCAL_HOSTNAME" },
	.fetch_metadata = cloudstack_read_drive,
};
