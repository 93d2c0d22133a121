/*
 * schema - Butane's members as tables: Ignition's under other names, and those of its own.
 *
 * Owns: the rule by which a member of Ignition is spelled in Butane and its exceptions, and the
 * tables of what only Butane has.  Versions in them are those of Ignition that a dialect stands
 * for.
 */
#ifndef SLIPWAY_CONFIG_BUTANE_SCHEMA_H
#define SLIPWAY_CONFIG_BUTANE_SCHEMA_H

#include "config/butane/dialect.h"
#include "config/butane/model.h"
#include "config/schema.h"

extern const struct schema butane_top_schema;
extern const struct schema butane_resource_schema;
extern const struct schema butane_filesystem_schema;
extern const struct schema butane_unit_schema;
extern const struct schema butane_user_schema;
extern const struct schema butane_storage_schema;
extern const struct schema butane_systemd_schema;
extern const struct schema butane_tree_schema;
extern const struct schema butane_quadlet_schema;
extern const struct schema butane_quadlet_dropin_schema;
extern const struct schema butane_boot_device_schema;
extern const struct schema butane_boot_luks_schema;
extern const struct schema butane_grub_user_schema;
/* A mapping of struct butane_labels: it has no members that a table could name. */
extern const struct schema butane_labels_schema;

/** butane_append_name - how Butane spells the member @json of Ignition: "typeGuid" "type_guid". */
void butane_append_name(struct text *out, struct slice json);

/** butane_schema_beside - what Butane adds to objects of @schema; NULL: nothing. */
const struct schema *butane_schema_beside(const struct schema *schema);

/** butane_schema_find - the member that Butane calls @key in @dialect; NULL: there is none. */
const struct schema_field *butane_schema_find(const struct schema *schema, struct slice key,
					      const struct butane_dialect *dialect);

/**
 * butane_schema_each - tell @visit of every member that objects of @schema have in @dialect, in the
 * order of the tables, with Butane's name for it.
 * @name: lives during the call
 */
void butane_schema_each(const struct schema *schema, const struct butane_dialect *dialect,
			void (*visit)(void *context, const struct schema_field *field,
				      struct slice name),
			void *context);

#endif
