/*
 * attributes - what a platform says about a machine, as a file that systemd and shells read.
 *
 * Owns: the names (AFTERBURN_…, COREOS_…) and quoting (spec providers 8.2).
 */
#ifndef SLIPWAY_METADATA_ATTRIBUTES_H
#define SLIPWAY_METADATA_ATTRIBUTES_H

#include "providers/provider.h"

/* Where the peers have it. */
#define ATTRIBUTES_AFTERBURN_PATH "/run/metadata/afterburn"
#define ATTRIBUTES_COREOS_PATH	  "/run/metadata/coreos"

/**
 * attributes_append - a line for each attribute and each of its two names.
 *
 * A value is as it is, where systemd and a shell read it so; else it is quoted for both.
 *
 * Return: 0; -E2BIG.
 */
int attributes_append(struct text *out, const struct provider *provider,
		      const struct metadata *metadata);

/** attributes_write - the file, world-readable, replaced as a whole. */
int attributes_write(const char *path, const struct provider *provider,
		     const struct metadata *metadata, struct error *err);

#endif
