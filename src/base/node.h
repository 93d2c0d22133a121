/*
 * node - a parsed JSON or YAML text as one flat array.
 *
 * Owns: the shape that base/json and base/yaml fill and that decoders read.  A node is a kind, the
 * bytes it was written with, and the index of its next sibling; the children of an object or array
 * follow it directly, an object's as key, value, key, value.  Strings stay escaped in the source
 * until somebody asks for them.
 */
#ifndef SLIPWAY_BASE_NODE_H
#define SLIPWAY_BASE_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/source.h"
#include "base/text.h"

enum node_kind {
	NODE_NULL,
	NODE_BOOL,
	NODE_NUMBER,
	NODE_STRING,
	NODE_ARRAY,
	NODE_OBJECT,
};

/* Flags of a node. */
enum {
	NODE_ESCAPED = 1 << 0, /* string: contains escapes or bytes that need repair */
	NODE_EXTERNAL =
		1 << 1,	    /* scalar: its value is document->values[value], not the source text */
	NODE_TRUE = 1 << 2, /* bool: true */
	NODE_INVALID_UTF8 = 1 << 3, /* string: had invalid UTF-8, which reading repairs */
};

struct node {
	uint32_t start;	 /* byte offset of its first character (the quote, the bracket) */
	uint32_t length; /* bytes as written, quotes and brackets included */
	uint32_t next;	 /* index of the next sibling; 0 = last */
	uint32_t value;	 /* object: pairs; array: elements; NODE_EXTERNAL: index into values */
	uint8_t kind;	 /* enum node_kind */
	uint8_t flags;
};

/* A whole text.  Node 0 is the top-level value. */
struct document {
	const struct source *source; /* borrowed; its text is what nodes point into */
	struct node *nodes;	     /* owned */
	uint32_t count;
	struct slice *values; /* of NODE_EXTERNAL nodes; owned, the bytes live in strings */
	uint32_t value_count;
	struct arena *strings; /* owned; unescaped strings */
};

/** document_free - release nodes and unescaped strings; the source stays its owner's. */
void document_free(struct document *document);

/**
 * document_add_value - one more entry of values, for the parsers.
 * @value: its bytes must live as long as @document
 *
 * Return: its index.
 */
uint32_t document_add_value(struct document *document, struct slice value);

/** node_first - index of the first child of @parent (an object's first key), or 0. */
uint32_t node_first(const struct document *document, uint32_t parent);

/** node_next - index of the next sibling, or 0.  For an object's key that is its value. */
static inline uint32_t node_next(const struct document *document, uint32_t node)
{
	return document->nodes[node].next;
}

/**
 * node_string - value of a string node, unescaped, invalid UTF-8 replaced by U+FFFD.
 *
 * The first call that has to replace something keeps the result (the node becomes NODE_EXTERNAL).
 *
 * Return: a slice of the source when nothing had to be replaced, else of memory owned by @document.
 */
struct slice node_string(struct document *document, uint32_t node);

/**
 * node_text - a number or other scalar as it was written, except that a YAML number is as JSON
 * would write it; a string has its quotes and escapes, an object or array its brackets.
 */
struct slice node_text(const struct document *document, uint32_t node);

/** node_get - value of @key in object @object, the last one if it is repeated; 0 if absent. */
uint32_t node_get(struct document *document, uint32_t object, const char *key);

/** node_origin - position of the first byte of @node. */
struct origin node_origin(const struct document *document, uint32_t node);

/**
 * node_marker - the position that reports point at: a scalar's first byte, but the byte after the
 * opening bracket of an object or array (spec ignition 3.3), where there is one.
 */
struct origin node_marker(const struct document *document, uint32_t node);

DEFINE_RELEASE(struct document *, document_free)

#endif
