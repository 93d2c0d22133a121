/*
 * dialect - the variants of Butane, their versions, and the Ignition version of each.
 *
 * Owns: the table of spec configs 4.1, and what a version has that does not follow from the
 * Ignition version it stands for.
 */
#ifndef SLIPWAY_CONFIG_BUTANE_DIALECT_H
#define SLIPWAY_CONFIG_BUTANE_DIALECT_H

#include "base/error.h"
#include "config/schema.h"

enum butane_feature {
	BUTANE_BOOT_DEVICE = 1 << 0, /* boot_device, and rules about the boot disk's partitions */
	BUTANE_GRUB = 1 << 1,	     /* grub.users */
	BUTANE_MACHINE_CONFIG = 1 << 2, /* metadata, openshift */
	BUTANE_NO_GZIP = 1 << 3,	/* contents are never compressed */
	BUTANE_NO_HASH = 1 << 4,	/* openshift: users have no passwords */
};

struct butane_dialect {
	const char *variant;
	const char *version;
	enum spec_version spec;
	unsigned features; /* enum butane_feature */
};

/**
 * butane_dialect_find - the dialect that a text says it is in.
 * @variant: absent when the text does not say
 * @ret_key: set on failure, to the key at fault
 *
 * Return: 0; -EINVAL (ERROR_INPUT) in upstream's words.
 */
int butane_dialect_find(struct slice variant, struct slice version,
			const struct butane_dialect **ret, const char **ret_key, struct error *err);

/** butane_dialect_at - the dialect at @index of the table; NULL past the last. */
const struct butane_dialect *butane_dialect_at(size_t index);

#endif
