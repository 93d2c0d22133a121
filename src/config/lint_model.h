/*
 * lint_model - what a config may legally say and hardly means.
 *
 * Owns: warnings beyond validity, each with a rule's name: modes in the wrong base, root
 * filesystems that will not last, secrets that everybody on the machine can read, and texts that a
 * cloud does not take.
 * Leaves to others: keys and encoding (lint), which secrets there are (lint_secrets).
 */
#ifndef SLIPWAY_CONFIG_LINT_MODEL_H
#define SLIPWAY_CONFIG_LINT_MODEL_H

#include "config/schema.h"

enum lint_flag {
	LINT_MODES = 1 << 0, /* also what every dialect but Ignition checks by itself */
};

/**
 * lint_model - look at @config; entries have paths in Ignition's names, and no positions.
 * @flags: enum lint_flag
 */
void lint_model(const struct config *config, unsigned flags, struct report *report);

/**
 * lint_size - warn when @platform does not take user data of @size_bytes.
 * @platform: id, "ec2"; NULL: not known
 * @source: of the config, for messages
 */
void lint_size(size_t size_bytes, const char *platform, const struct source *source,
	       struct report *report);

#endif
