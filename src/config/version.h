/*
 * version - which version of the spec a text names.
 *
 * Owns: semantic versions as upstream compares them.
 */
#ifndef SLIPWAY_CONFIG_VERSION_H
#define SLIPWAY_CONFIG_VERSION_H

#include "base/error.h"
#include "config/schema.h"

/**
 * spec_version_parse - the version that @text names; leading zeros of its numbers do not count.
 *
 * Return: 0; -EINVAL (ERROR_INPUT, "invalid config version (couldn't parse)", "unsupported config
 * version").
 */
int spec_version_parse(struct slice text, enum spec_version *ret, struct error *err);

#endif
