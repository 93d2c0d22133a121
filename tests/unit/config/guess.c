/* Which name was meant, and when none was. */
#include "config/guess.h"

#include "tap.h"

static const struct {
	const char *label, *key, *names[3], *want;
} rows[] = {
	{ "a letter too few", "conten", { "contents", "mode" }, "did you mean contents?" },
	{ "two letters changed places", "enabeld", { "enabled" }, "did you mean enabled?" },
	{ "the nearest of several", "paths", { "parts", "path" }, "did you mean path?" },
	{ "of equally near ones the first", "gad", { "gid", "gud" }, "did you mean gid?" },
	{ "too far", "colour", { "contents", "mode" }, NULL },
	{ "one letter resembles nothing", "x", { "y" }, NULL },
	{ "no names", "path", { NULL }, NULL },
	{ "a key longer than any name", "contentscontentscontentscontentsc", { "contents" }, NULL },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(arena_free) struct arena *arena = arena_new();
		struct guess guess = guess_begin(slice_of(rows[i].key));

		for (size_t j = 0; j < ARRAY_SIZE(rows[i].names) && rows[i].names[j]; j++)
			guess_offer(&guess, slice_of(rows[i].names[j]));
		tap_str(guess_hint(&guess, arena), rows[i].want, rows[i].label);
	}
	return tap_done();
}
