/* supplies - questions of front ends, and their answers. */
#include "config/supplies.h"

#include "tap.h"

#define NOWHERE ((struct origin){ .source = NULL })

int main(void)
{
	static const struct supply motd = { .data = SLICE("hello\n") };
	static const struct supply gone = { .problem = "no such file" };
	AUTO(supplies_free) struct supplies *supplies = supplies_new();
	size_t position = 0;

	tap_ok(!supplies_next_missing(supplies, &position), "nothing is missing at first");
	tap_ok(!supplies_find(supplies, SUPPLY_FILE, SLICE("motd"), NOWHERE) &&
		       !supplies_find(supplies, SUPPLY_FILE, SLICE("issue"), NOWHERE) &&
		       !supplies_find(supplies, SUPPLY_FILE, SLICE("motd"), NOWHERE),
	       "what nobody supplied is not found");

	const struct supply_question *first = supplies_next_missing(supplies, &position);

	tap_ok(first && slice_is(first->name, "motd") && first->kind == SUPPLY_FILE,
	       "what was asked for first is missing first");

	const struct supply_question *second = supplies_next_missing(supplies, &position);

	tap_ok(second && slice_is(second->name, "issue"), "then what was asked for next");
	tap_ok(!supplies_next_missing(supplies, &position), "a question is asked once");

	supplies_add(supplies, SUPPLY_FILE, SLICE("motd"), &motd);
	supplies_add(supplies, SUPPLY_FILE, SLICE("issue"), &gone);
	position = 0;
	tap_ok(!supplies_next_missing(supplies, &position),
	       "what could not be had is answered as well");
	tap_ok(supplies_find(supplies, SUPPLY_FILE, SLICE("motd"), NOWHERE) == &motd,
	       "an answer is found");
	tap_ok(!supplies_find(supplies, SUPPLY_TREE, SLICE("motd"), NOWHERE),
	       "a tree of the same name is another question");
	for (size_t i = 0; i < 100; i++)
		supplies_find(supplies, SUPPLY_ATTRIBUTE, (struct slice){ "aaaaaaaaaa", i % 10 },
			      NOWHERE);
	tap_ok(supplies_find(supplies, SUPPLY_FILE, SLICE("issue"), NOWHERE) == &gone,
	       "answers stay while questions are added");
	return tap_done();
}
