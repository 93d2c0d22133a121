/*
 * schema - the members of a CoreOS cloud-config as a table.
 *
 * Owns: keys and types (spec configs 1.7).  The options of services are in cloud_config/options.
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_SCHEMA_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_SCHEMA_H

#include "config/schema.h"

extern const struct schema cloud_config_schema; /* of struct cloud_config */

#endif
