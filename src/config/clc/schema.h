/*
 * schema - the members of a Container Linux Config as a table.
 *
 * Owns: keys and types (spec configs 3.2).  The options of etcd and flannel are in
 * config/clc/options.
 */
#ifndef SLIPWAY_CONFIG_CLC_SCHEMA_H
#define SLIPWAY_CONFIG_CLC_SCHEMA_H

#include "config/schema.h"

extern const struct schema clc_schema; /* of struct clc_config */

#endif
