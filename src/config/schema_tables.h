/*
 * schema_tables - how the tables of the schema are written, and the ones that several files name.
 *
 * Owns: nothing at run time; only config/schema*.c include it.
 */
#ifndef SLIPWAY_CONFIG_SCHEMA_TABLES_H
#define SLIPWAY_CONFIG_SCHEMA_TABLES_H

#include <stddef.h>

#include "config/rules.h"
#include "config/schema.h"

/* The part that every row has: JSON key, Go name, type, place in the struct. */
#define MEMBER(json, go, field_type, holder, member)                                               \
	.name = (json), .go_name = (go), .type = (field_type),                                     \
	.offset = offsetof(struct holder, member)

#define SCHEMA(go, holder, table)                                                                  \
	.go_name = (go), .size = sizeof(struct holder), .fields = (table),                         \
	.field_count = ARRAY_SIZE(table)

#define KEYED_BY(holder, member) .key_offset = offsetof(struct holder, member)

extern const struct schema ignition_schema;
extern const struct schema kernel_arguments_schema;
extern const struct schema passwd_schema;
extern const struct schema storage_schema;
extern const struct schema systemd_schema;

extern const struct schema file_contents_3_0_schema;

extern const struct schema disk_schema;
extern const struct schema filesystem_schema;
extern const struct schema luks_schema;
extern const struct schema raid_schema;

#endif
