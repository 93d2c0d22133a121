/*
 * raw_device - block devices that hold a config and nothing else, filled up with NULs.
 */
#ifndef SLIPWAY_PROVIDERS_RAW_DEVICE_H
#define SLIPWAY_PROVIDERS_RAW_DEVICE_H

#include "disk/device.h"
#include "providers/provider.h"

/**
 * raw_device_get_config - the contents of @device without the NULs at their end.
 *
 * Return: 0; -EFBIG (ERROR_INPUT) for a device larger than any config.
 */
int raw_device_get_config(const struct device *device, struct provider_config *ret,
			  struct error *err);

#endif
