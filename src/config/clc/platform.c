#include "config/clc/platform.h"

static const struct clc_platform platforms[] = {
	{ .name = "azure",
	  .fields = { NULL, "COREOS_AZURE_IPV4_DYNAMIC", "COREOS_AZURE_IPV4_VIRTUAL" } },
	{ .name = "digitalocean",
	  .fields = { "COREOS_DIGITALOCEAN_HOSTNAME", "COREOS_DIGITALOCEAN_IPV4_PRIVATE_0",
		      "COREOS_DIGITALOCEAN_IPV4_PUBLIC_0", "COREOS_DIGITALOCEAN_IPV6_PRIVATE_0",
		      "COREOS_DIGITALOCEAN_IPV6_PUBLIC_0" } },
	{ .name = "ec2",
	  .fields = { "COREOS_EC2_HOSTNAME", "COREOS_EC2_IPV4_LOCAL", "COREOS_EC2_IPV4_PUBLIC" } },
	{ .name = "gce",
	  .fields = { "COREOS_GCE_HOSTNAME", "COREOS_GCE_IP_LOCAL_0",
		      "COREOS_GCE_IP_EXTERNAL_0" } },
	{ .name = "packet",
	  .fields = { "COREOS_PACKET_HOSTNAME", "COREOS_PACKET_IPV4_PRIVATE_0",
		      "COREOS_PACKET_IPV4_PUBLIC_0", NULL, "COREOS_PACKET_IPV6_PUBLIC_0" } },
	{ .name = "openstack-metadata",
	  .overrides_provider = true,
	  .fields = { "COREOS_OPENSTACK_HOSTNAME", "COREOS_OPENSTACK_IPV4_LOCAL",
		      "COREOS_OPENSTACK_IPV4_PUBLIC" } },
	{ .name = "vagrant-virtualbox",
	  .fields = { "COREOS_VAGRANT_VIRTUALBOX_HOSTNAME",
		      "COREOS_VAGRANT_VIRTUALBOX_PRIVATE_IPV4" } },
	{ .name = "cloudstack-configdrive",
	  .overrides_provider = true,
	  .fields = { "CLOUDSTACK_LOCAL_HOSTNAME" } },
	{ .name = "custom",
	  .fields = { "COREOS_CUSTOM_HOSTNAME", "COREOS_CUSTOM_PRIVATE_IPV4",
		      "COREOS_CUSTOM_PUBLIC_IPV4", "COREOS_CUSTOM_PRIVATE_IPV6",
		      "COREOS_CUSTOM_PUBLIC_IPV6" } },
};

const struct clc_platform *clc_platform_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++)
		if (strcmp(platforms[i].name, name) == 0)
			return &platforms[i];
	return NULL;
}

const char *clc_platform_variable(const struct clc_platform *platform, struct slice field)
{
	enum platform_role role = PLATFORM_ROLE_COUNT;

	/* As upstream, which knows capitals only. */
	for (size_t i = 0; i < field.length; i++)
		if (field.data[i] != char_upper(field.data[i]))
			return NULL;
	return platform_role_find(field, &role) ? platform->fields[role] : NULL;
}
