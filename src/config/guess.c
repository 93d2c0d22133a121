#include "config/guess.h"

/* One slip of the finger for every so many letters. */
#define GUESS_LETTERS_PER_EDIT 3

static size_t min_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, taken out or replaced to make @b of @a (Levenshtein). */
static size_t edit_distance(struct slice a, struct slice b)
{
	size_t row[GUESS_BYTES_MAX + 1];

	for (size_t j = 0; j <= b.length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			size_t replaced = diagonal + (a.data[i - 1] != b.data[j - 1]);

			diagonal = row[j];
			row[j] = min_of(replaced, min_of(row[j - 1], row[j]) + 1);
		}
	}
	return row[b.length];
}

struct guess guess_begin(struct slice key)
{
	return (struct guess){ .key = key, .limit = key.length / GUESS_LETTERS_PER_EDIT + 1 };
}

void guess_offer(struct guess *guess, struct slice name)
{
	if (guess->key.length > GUESS_BYTES_MAX || name.length > GUESS_BYTES_MAX)
		return;

	const size_t distance = edit_distance(guess->key, name);

	if (distance >= guess->limit)
		return;
	guess->limit = distance;
	memcpy(guess->name, name.data, name.length);
	guess->name[name.length] = '\0';
}

const char *guess_hint(const struct guess *guess, struct arena *arena)
{
	return guess->name[0] ? arena_printf(arena, "did you mean %s?", guess->name) : NULL;
}
