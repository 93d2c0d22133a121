/*
 * validate - run the rules and the duplicate checks over a typed config.
 *
 * Owns: the walks and their order (spec ignition 3.3): an object's own rules before its members,
 * members in table order.
 * Leaves to others: the rules themselves (rules), keys that no table knows (unused), where in the
 * text a path is (positions).
 */
#ifndef SLIPWAY_CONFIG_VALIDATE_H
#define SLIPWAY_CONFIG_VALIDATE_H

#include "config/schema.h"

/**
 * validate_rules - every rule of @version on @config; entries have paths only.
 * @dialect: enum config_dialect
 */
void validate_rules(const struct config *config, enum spec_version version, unsigned dialect,
		    struct report *report);

/** validate_duplicates - elements of keyed lists that share a key; entries have paths only. */
void validate_duplicates(const struct config *config, enum spec_version version,
			 struct report *report);

#endif
