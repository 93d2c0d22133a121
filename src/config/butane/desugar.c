/* desugar - texts that are in local files, and the order of the steps. */
#include "config/butane/lowering.h"
#include "config/butane/schema.h"

static void lower_unit(struct butane_lowering *lowering, struct slice *contents,
		       const struct butane_unit *beside)
{
	if (beside->contents_local.data && !contents->data)
		*contents = butane_supply(lowering, beside->contents_local, beside->origin, "");
}

/* Lines end in LF or CRLF; empty ones are no keys, comments are. */
static struct slice take_key(struct slice *text)
{
	struct slice line = slice_take_line(text);

	if (line.length && line.data[line.length - 1] == '\r')
		line.length--;
	return line;
}

static size_t count_keys(struct slice text)
{
	size_t count = 0;

	while (text.length)
		count += take_key(&text).length > 0;
	return count;
}

/* Keys of one file behind those that are there, with the origin of the file's name. */
static void add_keys(struct butane_lowering *lowering, struct config_list *keys, struct slice text,
		     struct origin origin)
{
	const size_t count = keys->count + count_keys(text);
	struct config_text *all = arena_array(lowering->arena, count, sizeof(*all));
	struct config_text *next = all + keys->count;

	if (keys->count)
		memcpy(all, keys->items, keys->count * sizeof(*all));
	while (text.length) {
		struct slice key = take_key(&text);

		if (key.length)
			*next++ = (struct config_text){ .origin = origin, .text = key };
	}
	*keys = (struct config_list){ all, count };
}

static void lower_user(struct butane_lowering *lowering, struct config_user *user,
		       const struct butane_user *beside)
{
	CONFIG_EACH (const struct config_text, file, &beside->ssh_authorized_keys_local)
		add_keys(lowering, &user->ssh_authorized_keys,
			 butane_supply(lowering, file->text, file->origin, ""), file->origin);
}

static void lower_texts(struct butane_lowering *lowering)
{
	for (size_t i = 0; i < lowering->object_count; i++) {
		const struct butane_object *object = &lowering->objects[i];

		if (!object->beside)
			continue;
		if (strcmp(object->schema->go_name, "Unit") == 0)
			lower_unit(lowering, &((struct config_unit *)object->object)->contents,
				   object->beside);
		else if (strcmp(object->schema->go_name, "Dropin") == 0)
			lower_unit(lowering, &((struct config_dropin *)object->object)->contents,
				   object->beside);
		else if (object->beside_schema == &butane_user_schema)
			lower_user(lowering, object->object, object->beside);
	}
}

void butane_desugar(struct butane_lowering *lowering)
{
	butane_lower_resources(lowering);
	lower_texts(lowering);
	butane_lower_mounts(lowering);
	butane_lower_trees(lowering);
	butane_lower_boot_device(lowering);
	butane_lower_grub(lowering);
	butane_lower_openshift(lowering);
}
