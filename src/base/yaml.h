/*
 * yaml - YAML 1.1 text into the same nodes that base/json fills.
 *
 * Owns: libyaml's events, scalar typing as Go's yaml.v3 resolves it (quoted: string; plain: null,
 * bool, integer, float, string), merge keys, anchors with a ceiling on expansion, positions.
 */
#ifndef SLIPWAY_BASE_YAML_H
#define SLIPWAY_BASE_YAML_H

#include "base/error.h"
#include "base/node.h"

#define YAML_DEPTH_MAX 1000
#define YAML_SIZE_MAX  ((size_t)64 << 20)
/* Nodes that aliases may expand to, in all: a "billion laughs" ends here. */
#define YAML_NODES_MAX ((uint32_t)4 << 20)

/**
 * yaml_parse - read the first document of the text of @source.
 * @source: borrowed, must outlive the document
 * @ret: freed with document_free(); an empty text gives one NODE_NULL
 * @ret_origin: may be NULL; where the text is wrong, set on -EINVAL only
 *
 * Return: 0; -EINVAL on a syntax error, an unknown alias, or a ceiling (ERROR_INPUT).
 */
int yaml_parse(const struct source *source, struct document **ret, struct origin *ret_origin,
	       struct error *err);

#endif
