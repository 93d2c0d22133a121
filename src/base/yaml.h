/*
 * yaml - YAML text into the same nodes that base/json fills.
 *
 * Owns: merge keys, aliases with a ceiling on their expansion, unique keys, as Go's yaml.v3 has
 * them. Keys are strings, whatever they look like; a key that is itself an object or array is an
 * error. Strings and numbers are NODE_EXTERNAL, numbers as JSON writes them (0644 is 420; the bytes
 * at the node's position are as written); a !!binary string has whatever bytes were encoded. Leaves
 * to others: events and positions (base/yaml_graph), what a scalar means (base/yaml_scalar).
 */
#ifndef SLIPWAY_BASE_YAML_H
#define SLIPWAY_BASE_YAML_H

#include "base/error.h"
#include "base/node.h"

/* Of nesting, and of what aliases and merge keys lead to. */
#define YAML_DEPTH_MAX 1000
#define YAML_SIZE_MAX  ((size_t)64 << 20)
/*
 * Nodes in all, once aliases and merge keys are expanded.  A "billion laughs" ends long before: not
 * more than 99 of 100 nodes may come by aliases, of many nodes fewer.
 */
#define YAML_NODES_MAX ((uint32_t)4 << 20)

/**
 * yaml_parse - read the first document of the text of @source.
 * @source: borrowed, must outlive the document
 * @ret: freed with document_free(); an empty text gives one NODE_NULL
 * @ret_origin: may be NULL; where the text is wrong, set on -EINVAL only
 *
 * Return: 0; -EINVAL on a syntax error, a repeated key, an unknown alias, or a ceiling on depth or
 * nodes (ERROR_INPUT); -EFBIG when the text exceeds YAML_SIZE_MAX.
 */
int yaml_parse(const struct source *source, struct document **ret, struct origin *ret_origin,
	       struct error *err);

#endif
