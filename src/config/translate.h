/*
 * translate - a config of an older 3.x spec into the newest (spec ignition 4.7).
 *
 * Owns: what changes beside the version, in place.  Upstream copies field by field through each
 * version; the structs here are the same for all versions, so little remains to be done.
 */
#ifndef SLIPWAY_CONFIG_TRANSLATE_H
#define SLIPWAY_CONFIG_TRANSLATE_H

#include "config/schema.h"

/**
 * config_translate - @config, decoded and validated at @from, becomes one of SPEC_NEWEST.
 *
 * Strings that were not pointers at @from and are absent become empty; special mode bits of configs
 * before 3.6 are cleared, as those specs never set them.  Upstream's step from 3.4 to 3.5 loses
 * tang advertisements; here they are kept (docs/compatibility.md).
 */
void config_translate(struct config *config, enum spec_version from);

#endif
