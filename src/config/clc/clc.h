/*
 * clc - Container Linux Configs, for programs that want to know more of one than the Ignition
 * config it stands for (config/front_end.h).
 */
#ifndef SLIPWAY_CONFIG_CLC_CLC_H
#define SLIPWAY_CONFIG_CLC_CLC_H

#include "config/front_end.h"

/* Hint of the warnings that upstream's program rates as "deprecated". */
#define CLC_DEPRECATED_HINT "the key is deprecated"

#endif
