#include "ignition/lower_value.h"

bool lower_is_true(struct config_bool value)
{
	return value.is_set && value.value;
}

bool lower_is_not_false(struct config_bool value)
{
	return !value.is_set || value.value;
}

struct slice *lower_texts(struct arena *arena, const struct config_list *list)
{
	struct slice *out = arena_array(arena, list->count, sizeof(*out));
	size_t i = 0;

	CONFIG_EACH (struct config_text, text, list)
		out[i++] = text->text;
	return out;
}
