/*
 * options - the options of services that CoreOS cloud-configs know.
 *
 * Owns: the tables, in the order in which variables are printed (spec configs 1.7), and what a
 * section becomes.
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_OPTIONS_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_OPTIONS_H

#include "config/cloud_config/values.h"
#include "config/yaml_decode.h"

struct cloud_option {
	const char *key;
	const char *variable;	/* of the environment; NULL: the section's prefix and the key */
	const char *deprecated; /* NULL: it is not */
	enum yaml_type type;
	enum cloud_value value; /* what a string may be */
};

struct cloud_section {
	const char *key;
	const char *prefix; /* "ETCD_" */
	const char *unit;   /* whose drop-in says it */
	const char *deprecated;
	const struct cloud_option *options;
	size_t option_count;
	size_t offset; /* of its struct yaml_node in struct cloud_coreos */
};

/** cloud_section_at - the section at @index; NULL past the last. */
const struct cloud_section *cloud_section_at(size_t index);

#endif
