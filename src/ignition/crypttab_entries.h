/*
 * crypttab_entries - encrypted volumes of a config as entries of the target's crypttab.
 *
 * Owns: bringing together what three rooms know: the config, the header of each volume, and the
 * keys in the state.
 */
#ifndef SLIPWAY_IGNITION_CRYPTTAB_ENTRIES_H
#define SLIPWAY_IGNITION_CRYPTTAB_ENTRIES_H

#include "ignition/files.h"

/**
 * crypttab_entries_plan - add the operations of host/crypttab for each volume of the config.
 *
 * Without a state this is a plan of another machine, or a rehearsal: no volume is looked for.
 *
 * Return: 0; as device_find(), volume_keys_load(), crypttab_plan(); -EINVAL (ERROR_INPUT) when a
 * device holds no volume.
 */
int crypttab_entries_plan(const struct files_params *params, struct plan *plan, struct error *err);

#endif
