/*
 * yaml_scalar - what kind of value the text of a YAML scalar stands for.
 *
 * Owns: the resolution that Go's yaml.v3 applies: YAML 1.2's null, booleans, integers and floats,
 * YAML 1.1's octal 0644, digits grouped by _; yes, no, on and off are strings; so are dates, since
 * no config has a type for them, and .inf and .nan, which JSON cannot write.
 * Leaves to others: which scalars are resolved at all (base/yaml: plain ones, and tagged ones).
 */
#ifndef SLIPWAY_BASE_YAML_SCALAR_H
#define SLIPWAY_BASE_YAML_SCALAR_H

#include "base/node.h"
#include "base/text.h"

struct yaml_scalar {
	enum node_kind kind; /* null, bool, number or string */
	unsigned flags;	     /* NODE_TRUE */
	bool is_float;	     /* number: not an integer to YAML */
};

/**
 * yaml_scalar_resolve - the meaning of a plain scalar.
 * @number: emptied; then, if the result is a number, the number as JSON writes it: integers in
 *	decimal, no sign but '-', no leading zeros, digits on both sides of a point
 */
struct yaml_scalar yaml_scalar_resolve(struct slice value, struct text *number);

#endif
