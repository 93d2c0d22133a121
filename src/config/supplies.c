#include "config/supplies.h"

#include "base/alloc.h"
#include "config/key_map.h"

struct supplies {
	struct supply_question *questions; /* in the order in which they came up */
	size_t count;
	size_t capacity;
	struct key_map by_name[SUPPLY_KIND_COUNT]; /* to an index into questions */
};

struct supplies *supplies_new(void)
{
	return xcalloc(1, sizeof(struct supplies));
}

void supplies_free(struct supplies *supplies)
{
	if (!supplies)
		return;
	for (size_t i = 0; i < SUPPLY_KIND_COUNT; i++)
		key_map_done(&supplies->by_name[i]);
	free(supplies->questions);
	free(supplies);
}

/* The question, new without an answer unless it came up before. */
static struct supply_question *question(struct supplies *supplies, enum supply_kind kind,
					struct slice name, struct origin origin)
{
	size_t index = supplies->count;

	if (key_map_find(&supplies->by_name[kind], name, &index))
		return &supplies->questions[index];
	if (supplies->count == supplies->capacity) {
		supplies->capacity = supplies->capacity ? 2 * supplies->capacity : 16;
		supplies->questions = xreallocarray(supplies->questions, supplies->capacity,
						    sizeof(*supplies->questions));
	}
	key_map_add(&supplies->by_name[kind], name, index);
	supplies->questions[supplies->count++] =
		(struct supply_question){ .kind = kind, .name = name, .origin = origin };
	return &supplies->questions[index];
}

void supplies_add(struct supplies *supplies, enum supply_kind kind, struct slice name,
		  const struct supply *supply)
{
	question(supplies, kind, name, (struct origin){ .source = NULL })->answer = supply;
}

const struct supply *supplies_find(struct supplies *supplies, enum supply_kind kind,
				   struct slice name, struct origin origin)
{
	return question(supplies, kind, name, origin)->answer;
}

const struct supply *supplies_peek(const struct supplies *supplies, enum supply_kind kind,
				   struct slice name)
{
	size_t index = 0;

	return key_map_find(&supplies->by_name[kind], name, &index)
		       ? supplies->questions[index].answer
		       : NULL;
}

const struct supply_question *supplies_next_missing(const struct supplies *supplies,
						    size_t *position)
{
	while (*position < supplies->count) {
		const struct supply_question *next = &supplies->questions[(*position)++];

		if (!next->answer)
			return next;
	}
	return NULL;
}
