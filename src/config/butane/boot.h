/*
 * boot - the partition layouts of OS images that boot_device knows.
 *
 * Owns: their names and what holds for each.
 */
#ifndef SLIPWAY_CONFIG_BUTANE_BOOT_H
#define SLIPWAY_CONFIG_BUTANE_BOOT_H

#include "base/text.h"
#include "config/schema.h"

struct butane_layout {
	const char *name;
	enum spec_version since;
	bool is_s390x;
	const char *device_prefix;  /* of boot_device.luks.device; NULL: it is not needed */
	const char *root_partition; /* what its root's device adds to that */
};

/** butane_layout_find - the layout that a dialect for @spec calls @name; NULL: there is none. */
const struct butane_layout *butane_layout_find(struct slice name, enum spec_version spec);

#endif
