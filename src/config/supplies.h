/*
 * supplies - what a front end asked for from outside, and what it was given.
 *
 * Owns: questions and answers, each asked once. Pure: who reads files and asks platforms adds what
 * it found.
 */
#ifndef SLIPWAY_CONFIG_SUPPLIES_H
#define SLIPWAY_CONFIG_SUPPLIES_H

#include <stddef.h>

#include "base/scope.h"
#include "base/source.h"
#include "base/text.h"

enum supply_kind {
	SUPPLY_FILE,	  /* bytes of a local file; name is as the config has it */
	SUPPLY_TREE,	  /* a local directory, walked */
	SUPPLY_ATTRIBUTE, /* of the platform, "private_ipv4": a short text */
	SUPPLY_URL,	  /* bytes of a remote resource (an #include, an import of keys) */
	SUPPLY_KIND_COUNT,
};

enum supply_entry_kind {
	SUPPLY_ENTRY_FILE,
	SUPPLY_ENTRY_DIRECTORY,
	SUPPLY_ENTRY_LINK,
	SUPPLY_ENTRY_OTHER, /* a device, a socket: dialects refuse it */
};

/* Something in a tree. */
struct supply_entry {
	struct slice path; /* relative to the tree, "etc/motd" */
	enum supply_entry_kind kind;
	unsigned mode;	     /* permission bits */
	struct slice data;   /* of a file */
	struct slice target; /* of a link */
};

/* An answer. */
struct supply {
	const char *problem;		    /* why it could not be had; NULL: it is there */
	struct slice data;		    /* not of a tree */
	const struct supply_entry *entries; /* of a tree, in the order of a walk by name */
	size_t entry_count;
};

struct supply_question {
	enum supply_kind kind;
	struct slice name;
	struct origin origin;	     /* of what asked first */
	const struct supply *answer; /* NULL: nobody has answered yet */
};

struct supplies;

/** supplies_new - nothing is known; free with supplies_free(). */
struct supplies *supplies_new(void);
void supplies_free(struct supplies *supplies);

/** supplies_add - answer a question; @name and @supply are borrowed while @supplies lives. */
void supplies_add(struct supplies *supplies, enum supply_kind kind, struct slice name,
		  const struct supply *supply);

/**
 * supplies_find - the answer to a question; NULL when nobody has answered it yet, and then it is
 * noted as missing.
 * @name: borrowed while @supplies lives
 * @origin: of what asks, for messages
 */
const struct supply *supplies_find(struct supplies *supplies, enum supply_kind kind,
				   struct slice name, struct origin origin);

/** supplies_peek - as supplies_find(), for what nobody needs to be asked for. */
const struct supply *supplies_peek(const struct supplies *supplies, enum supply_kind kind,
				   struct slice name);

/**
 * supplies_next_missing - the next question without an answer, in the order in which they came up.
 * @position: 0 at first; moved on
 *
 * Return: NULL past the last; valid until the next question comes up.
 */
const struct supply_question *supplies_next_missing(const struct supplies *supplies,
						    size_t *position);

DEFINE_RELEASE(struct supplies *, supplies_free)

#endif
