/*
 * json_schema - what a dialect allows, as JSON Schema 2020-12, for editors and other programs.
 *
 * Owns: the form.  Leaves to others: what there is (the tables of config/schema and
 * config/butane/schema, which this is generated from).  It tells names, types and what must be
 * there; rules about values are the validator's.  Stricter than that in one thing: a key that
 * nobody reads is refused, not warned of.
 */
#ifndef SLIPWAY_CONFIG_JSON_SCHEMA_H
#define SLIPWAY_CONFIG_JSON_SCHEMA_H

#include "config/butane/dialect.h"
#include "config/schema.h"

/** json_schema_ignition - append the schema of Ignition's @version, indented, a newline at its end.
 */
void json_schema_ignition(enum spec_version version, struct text *out);

/** json_schema_butane - append the schema of a variant and version of Butane. */
void json_schema_butane(const struct butane_dialect *dialect, struct text *out);

#endif
