/*
 * volume_keys - keys of encrypted volumes on their way from the disks stage to the files stage.
 *
 * Owns: their form in the state (spec ignition 1.8): an object of data URLs by volume name.
 */
#ifndef SLIPWAY_IGNITION_VOLUME_KEYS_H
#define SLIPWAY_IGNITION_VOLUME_KEYS_H

#include "base/error.h"
#include "disk/luks_key.h"
#include "ignition/state.h"

/**
 * volume_keys_load - what @state holds, into @ret, which is empty before.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it is no such object.
 */
int volume_keys_load(const struct state *state, struct luks_keyring *ret, struct error *err);

/** volume_keys_store - @ring instead of what @state holds; null when it is empty. */
void volume_keys_store(struct state *state, const struct luks_keyring *ring);

#endif
