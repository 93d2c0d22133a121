/*
 * virtualbox - configs in guest properties, through any driver.
 */
#ifndef SLIPWAY_PROVIDERS_VIRTUALBOX_H
#define SLIPWAY_PROVIDERS_VIRTUALBOX_H

#include "providers/provider.h"

/* The driver of the guest: /dev/vboxguest, or a test's stand-in for it. */
struct guest_driver {
	/* As ioctl(2) on the device; -1 with errno. */
	int (*control)(const struct guest_driver *driver, unsigned long request, void *argument);
	int fd;	       /* of the device */
	void *context; /* of a test's driver */
};

/** virtualbox_get_config - as fetch_config of a provider. */
int virtualbox_get_config(const struct guest_driver *driver, struct provider_config *ret,
			  struct error *err);

/** virtualbox_remove_config - as delete_config of a provider. */
int virtualbox_remove_config(const struct guest_driver *driver, struct error *err);

#endif
