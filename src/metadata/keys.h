/*
 * keys - the SSH keys that a platform gives, in a file of a user's own (spec providers 4.20).
 *
 * Owns: which of a platform's keys are for a user, and the file's name.
 * Leaves to others: writing with no more than the user's rights (host/passwd_keys).
 */
#ifndef SLIPWAY_METADATA_KEYS_H
#define SLIPWAY_METADATA_KEYS_H

#include "base/event.h"
#include "base/machine.h"
#include "providers/metadata.h"

/**
 * keys_append - the lines for @user: keys that name nobody, or that user, each once.
 *
 * What is no key (spec: "<type> <base64> …", perhaps behind options) is left out, and told.
 *
 * Return: number of keys.
 */
size_t keys_append(struct text *out, const struct metadata *metadata, const char *user,
		   const struct event_observer *observer);

/**
 * keys_write - ~/.ssh/authorized_keys.d/<file> of @user; no key at all removes it.
 * @machine: with "/" as its root
 * @file: "afterburn" or "coreos-metadata"
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when there is no such user.
 */
int keys_write(const struct machine *machine, const struct metadata *metadata, const char *user,
	       const char *file, const struct event_observer *observer, struct error *err);

#endif
