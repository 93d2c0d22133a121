#include "base/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct history *history_new(void)
{
	struct history *history = xcalloc(1, sizeof(*history));

	history->arena = arena_new();
	return history;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	arena_free(history->arena);
	free(history->records);
	free(history);
}

static bool is_about(const struct history_record *record, const char *class_name,
		     const char *object, unsigned entry)
{
	return record->identity.entry == entry && strcmp(record->object, object) == 0 &&
	       strcmp(record->class_name, class_name) == 0;
}

/* Return: its index, or count. */
static size_t find(const struct history *history, const char *class_name, const char *object,
		   unsigned entry)
{
	size_t at = 0;

	while (at < history->count && !is_about(&history->records[at], class_name, object, entry))
		at++;
	return at;
}

const struct history_record *history_find(const struct history *history, const char *class_name,
					  const char *object, unsigned entry)
{
	if (!history)
		return NULL;

	size_t at = find(history, class_name, object, entry);

	return at < history->count ? &history->records[at] : NULL;
}

static struct history_record *append(struct history *history)
{
	if (history->count == history->capacity) {
		history->capacity = history->capacity ? 2 * history->capacity : 16;
		history->records = xreallocarray(history->records, history->capacity,
						 sizeof(*history->records));
	}
	return &history->records[history->count++];
}

size_t history_add(struct history *history, const struct history_record *record)
{
	const struct operation_identity *identity = &record->identity;
	struct arena *arena = history->arena;
	size_t at = find(history, record->class_name, record->object, identity->entry);

	if (at == history->count)
		*append(history) = (struct history_record){
			.class_name = arena_strdup(arena, record->class_name),
			.object = arena_strdup(arena, record->object),
		};
	history->records[at].identity = (struct operation_identity){
		.entry = identity->entry,
		.number = identity->number,
		.uuid = identity->uuid ? arena_strdup(arena, identity->uuid) : NULL,
	};
	return at;
}
