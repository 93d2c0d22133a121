/*
 * guess - which of the names that are known was meant by one that is not.
 *
 * Owns: the distance between two names, and how far apart they may be.  Leaves to others: which
 * names there are at a place (unused, the dialects).
 */
#ifndef SLIPWAY_CONFIG_GUESS_H
#define SLIPWAY_CONFIG_GUESS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

/* Names are shorter; a longer key resembles none of them. */
#define GUESS_BYTES_MAX 32

struct guess {
	struct slice key;		/* borrowed */
	size_t limit;			/* a name must be nearer than this */
	char name[GUESS_BYTES_MAX + 1]; /* "": none yet */
};

/** guess_begin - nothing resembles @key yet. */
struct guess guess_begin(struct slice key);

/** guess_offer - @name, copied, is known here; of equally near names the first stays. */
void guess_offer(struct guess *guess, struct slice name);

/** guess_hint - "did you mean mode?", allocated in @arena; NULL when no name is near. */
const char *guess_hint(const struct guess *guess, struct arena *arena);

#endif
