/*
 * fields - members of a JSON or YAML document by name, as text.
 *
 * Owns: what every parser of a platform's documents does over and over.  Made for workers: the
 * documents are somebody else's.
 */
#ifndef SLIPWAY_PROVIDERS_FIELDS_H
#define SLIPWAY_PROVIDERS_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/node.h"

/* A document that is read by the names of its members. */
struct fields {
	struct source *source;
	struct document *document; /* node 0 is the top */
};

/** fields_of_json - parse @text; @what is its name in messages.  Return: 0; -EINVAL. */
int fields_of_json(struct slice text, const char *what, struct fields *ret, struct error *err);
/** fields_of_yaml - likewise. */
int fields_of_yaml(struct slice text, const char *what, struct fields *ret, struct error *err);
void fields_done(struct fields *fields);

/*
 * A place in the document: node, or absent.  Whatever is asked of an absent place is absent, so
 * that paths need no checks on the way.
 */
struct place {
	const struct fields *fields;
	uint32_t node;
	uint32_t key; /* of a value that was reached in its object; 0: none */
	bool is_present;
};

/** fields_top - the whole document. */
struct place fields_top(const struct fields *fields);
/** place_member - member @name of an object; absent for anything else and for null. */
struct place place_member(struct place place, const char *name);
/** place_first - first element of an array, or first value of an object; absent if there is none.
 */
struct place place_first(struct place place);
/** place_next - the one after @place in its array or object. */
struct place place_next(struct place place);
/** place_name - name of a value in its object, which place_first() and place_next() led to. */
struct slice place_name(struct place place);
/** place_text - a string, number or boolean as text; absent for anything else. */
struct slice place_text(struct place place);
/** place_member_text - place_text() of a member. */
struct slice place_member_text(struct place place, const char *name);

DEFINE_DONE(struct fields, fields_done)

#endif
