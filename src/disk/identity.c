#include "disk/identity.h"

#include <stdio.h>

#include "disk/table.h"

_Static_assert(REQUEST_UUID_SIZE == TABLE_GUID_SIZE, "a GUID is a UUID");

static void lower_case(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

int identity_settle(const struct history *history, const struct operation_class *class,
		    const char *object, struct slice given, char ret[static REQUEST_UUID_SIZE],
		    struct error *err)
{
	const struct history_record *record =
		history_find(history, class->name, object, /* entry= */ 0);
	int r = 0;

	ret[0] = '\0';
	if (given.length && (!record || record->progress == OPERATION_PLANNED))
		return 0;
	if (given.length)
		snprintf(ret, REQUEST_UUID_SIZE, "%.*s", SLICE_ARGS(given));
	else if (record && record->identity.uuid)
		snprintf(ret, REQUEST_UUID_SIZE, "%s", record->identity.uuid);
	else
		r = table_draw_guid(ret, err);
	lower_case(ret);
	return r;
}
