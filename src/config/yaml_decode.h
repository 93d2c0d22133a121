/*
 * yaml_decode - nodes of YAML into typed structs, as the Go packages before yaml.v3 do.
 *
 * Owns: which scalars fit which types (spec configs 5.2), keys that no table knows, and the two
 * ways to take a value that does not fit: an error (Container Linux Config), or a warning and the
 * value is dropped (CoreOS cloud-config).
 * Leaves to others: the tables (the dialects), repeated keys (base/yaml), yaml.v3 (config/butane).
 *
 * Tables are those of config/schema.h; versions in them are not looked at.  An object that the text
 * does not have keeps an origin without a source.
 */
#ifndef SLIPWAY_CONFIG_YAML_DECODE_H
#define SLIPWAY_CONFIG_YAML_DECODE_H

#include "base/node.h"
#include "config/schema.h"

enum yaml_decode_flag {
	/* Keys are spelled with '-' or '_', and what does not fit is dropped with a warning. */
	YAML_DECODE_COREOS = 1 << 0,
};

struct yaml_decode {
	struct arena *arena;
	struct document *document;
	struct report *report;
	unsigned flags; /* enum yaml_decode_flag */
};

/* A value that its owner decodes: a member whose item is yaml_node_schema. */
struct yaml_node {
	struct origin origin;
	uint32_t node; /* a mapping */
};

extern const struct schema yaml_node_schema;

/** yaml_decode_object - the mapping @node into @object, a zeroed struct of @schema. */
void yaml_decode_object(const struct yaml_decode *decode, const struct schema *schema, void *object,
			uint32_t node);

/* What the value of an option may be. */
enum yaml_type {
	YAML_TYPE_STRING,
	YAML_TYPE_INT,
	YAML_TYPE_BOOL,
	YAML_TYPE_FLOAT,
};

/**
 * yaml_decode_scalar - the value @node of the member @key.
 * @ret: as it is printed: strings as they are, "true", "12", "0.5"; data NULL when the value is
 *	null or does not fit, which is reported
 */
struct slice yaml_decode_scalar(const struct yaml_decode *decode, enum yaml_type type,
				struct slice key, uint32_t node);

/** yaml_decode_same_key - whether the text's @key is the table's @name in this dialect. */
bool yaml_decode_same_key(const struct yaml_decode *decode, struct slice key, const char *name);

/** yaml_decode_get - the value of @name in the mapping @node; 0: it has none. */
uint32_t yaml_decode_get(const struct yaml_decode *decode, uint32_t node, const char *name);

/**
 * yaml_decode_unknown - report that nobody knows @key.
 * @folded: a known key that differs in case only; NULL: there is none
 */
void yaml_decode_unknown(const struct yaml_decode *decode, uint32_t key, const char *folded);

#endif
