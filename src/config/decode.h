/*
 * decode - nodes into typed structs, by the schema tables and as Go's encoding/json would.
 *
 * Owns: Go's semantics (case-folded names, repeated keys, null) and the words of its type errors.
 * Leaves to others: syntax (base/json), what values are legal (rules), unknown keys (unused).
 *
 * One thing differs from Go: a list that is given twice is replaced by the later one, while Go
 * decodes the later elements over the earlier ones (docs/compatibility.md).
 */
#ifndef SLIPWAY_CONFIG_DECODE_H
#define SLIPWAY_CONFIG_DECODE_H

#include "base/node.h"
#include "config/schema.h"

/* The first value whose type does not fit. */
struct decode_error {
	size_t offset;	     /* of the byte where Go's decoder stood */
	size_t start;	     /* of the value's first byte */
	const char *message; /* "json: cannot unmarshal …", in the arena */
};

/**
 * config_decode - the top-level value of @document into @object, a zeroed struct of @schema.
 * @arena: lists and messages go there; strings are slices of @document's
 * @ret_error: set on -EINVAL only
 *
 * Return: 0; -EINVAL when a value has the wrong type.
 */
int config_decode(struct arena *arena, struct document *document, const struct schema *schema,
		  enum spec_version version, void *object, struct decode_error *ret_error);

#endif
