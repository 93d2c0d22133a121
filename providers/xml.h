/*
 * xml - a small XML document as a tree (expat).
 *
 * Owns: ceilings, and the refusal of what such documents never need: entities and a document type.
 * Made for workers: the documents are somebody else's.  Elements and attributes are found by their
 * local names; the namespace stands beside.
 */
#ifndef SLIPWAY_PROVIDERS_XML_H
#define SLIPWAY_PROVIDERS_XML_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define XML_BYTES_MAX	 ((size_t)4 << 20)
#define XML_DEPTH_MAX	 64
#define XML_ELEMENTS_MAX 20000

struct xml_attribute {
	const char *name;
	const char *namespace; /* "" without one */
	const char *value;
	const struct xml_attribute *next;
};

struct xml_element {
	const char *name;
	const char *namespace; /* "" without one */
	struct slice text;     /* all character data directly in it, as it stands */
	const struct xml_attribute *attributes;
	const struct xml_element *first; /* child */
	const struct xml_element *next;	 /* sibling */
};

/**
 * xml_parse - the tree of @text.
 * @what: name of the document in messages
 * @arena: the tree lives in it
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for what is no XML, has a document type or exceeds a ceiling.
 */
int xml_parse(struct slice text, const char *what, struct arena *arena,
	      const struct xml_element **ret, struct error *err);

/** xml_child - first child of that local name; NULL when there is none, or @element is NULL. */
const struct xml_element *xml_child(const struct xml_element *element, const char *name);
/** xml_next - the sibling behind @element with the same local name; NULL when there is none. */
const struct xml_element *xml_next(const struct xml_element *element);
/** xml_path - xml_child() for each part of "Container/RoleInstanceList". */
const struct xml_element *xml_path(const struct xml_element *element, const char *path);
/** xml_text - the text without white space around it; absent when @element is NULL. */
struct slice xml_text(const struct xml_element *element);
/** xml_attribute - value of the attribute of that local name; absent when there is none. */
struct slice xml_attribute(const struct xml_element *element, const char *name);

#endif
