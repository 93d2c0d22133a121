/*
 * lint_secrets - secrets that a config writes where every user of the machine can read them.
 *
 * Owns: what looks like a secret: names of files, the head of a private key, variables of units.
 */
#ifndef SLIPWAY_CONFIG_LINT_SECRETS_H
#define SLIPWAY_CONFIG_LINT_SECRETS_H

#include "config/schema.h"

/** lint_secrets - a warning for each; it has a path, and never tells the secret. */
void lint_secrets(const struct config *config, struct report *report);

#endif
