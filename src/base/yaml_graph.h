/*
 * yaml_graph - libyaml's events as nodes, before aliases and merge keys are followed.
 *
 * Owns: libyaml, its errors, anchors, tags, and the conversion of its positions, which count
 * characters, into bytes.
 * Leaves to others: expansion, and what an object's keys may be (base/yaml).
 */
#ifndef SLIPWAY_BASE_YAML_GRAPH_H
#define SLIPWAY_BASE_YAML_GRAPH_H

#include "base/error.h"
#include "base/node.h"

/* A kind beyond enum node_kind: value is the index of the node that it stands for. */
#define YAML_ALIAS (NODE_OBJECT + 1)

/* A flag beyond those of nodes: this key is a plain <<. */
#define YAML_MERGE (1 << 7)

/* What is read, and where a failure goes. */
struct yaml_context {
	const struct source *source;
	struct origin *ret_origin; /* may be NULL */
	struct error *err;	   /* may be NULL */
};

/** yaml_fail - the text is wrong at byte @offset.  Return: -EINVAL. */
int yaml_fail(const struct yaml_context *context, size_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * yaml_graph_load - the first document of the text as written.
 * @document: gets nodes and values; an object's keys are NODE_STRING or YAML_ALIAS, objects and
 *	arrays; an alias refers to a node before it that is complete
 *
 * Return: 0; -EINVAL.
 */
int yaml_graph_load(const struct yaml_context *context, struct document *document);

#endif
