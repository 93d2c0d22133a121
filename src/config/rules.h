/*
 * rules - every validation rule of spec ignition 3.4, as checks that the schema tables list.
 *
 * Owns: upstream's messages and which path they are attached to.  Positions are found later, from
 * the path (config/validate), so rules only name keys and indices.
 *
 * An object's own checks run before those of its members; rules on lists of strings stand with the
 * object that has the list.
 */
#ifndef SLIPWAY_CONFIG_RULES_H
#define SLIPWAY_CONFIG_RULES_H

#include "config/schema.h"

/* Each array ends with an entry whose run is NULL. */
extern const struct schema_check rules_config[];
extern const struct schema_check rules_ignition[];
extern const struct schema_check rules_refs[];
extern const struct schema_check rules_proxy[];
extern const struct schema_check rules_tls[];
extern const struct schema_check rules_resource[];
extern const struct schema_check rules_reference_3_0[]; /* of a config, before 3.1 */
extern const struct schema_check rules_authority_3_0[]; /* of a CA bundle, before 3.1 */
extern const struct schema_check rules_header[];
extern const struct schema_check rules_verification[];
extern const struct schema_check rules_storage[];
extern const struct schema_check rules_owner[];
extern const struct schema_check rules_node[]; /* runs before those of what the node is in */
extern const struct schema_check rules_directory[];
extern const struct schema_check rules_file[];
extern const struct schema_check rules_disk[];
extern const struct schema_check rules_partition[];
extern const struct schema_check rules_raid[];
extern const struct schema_check rules_luks[];
extern const struct schema_check rules_clevis_custom[];
extern const struct schema_check rules_tang[];
extern const struct schema_check rules_filesystem[];
extern const struct schema_check rules_systemd[];
extern const struct schema_check rules_unit[];
extern const struct schema_check rules_dropin[];

#endif
