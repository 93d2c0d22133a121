#include "providers/raw_device.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"

int raw_device_get_config(const struct device *device, struct provider_config *ret,
			  struct error *err)
{
	int r = file_read(device->node, PROVIDER_CONFIG_MAX, /* flags= */ 0, &ret->data,
			  &ret->length, err);

	if (r < 0)
		return r;
	while (ret->length && ret->data[ret->length - 1] == '\0')
		ret->length--;
	ret->name = xstrdup(device->node);
	return 0;
}
