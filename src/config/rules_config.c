/* rules_config - nodes and systemd units that want the same path. */
#include "config/rules_common.h"

#include "config/key_map.h"

#define UNIT_DIRECTORY "/etc/systemd/system/"

/* "<unit>.d/<dropin>", in @arena. */
static struct slice dropin_name(struct arena *arena, struct slice unit, struct slice dropin)
{
	AUTO(text_done) struct text name = TEXT_INIT(RULES_TEXT_MAX);

	text_append_slice(&name, unit);
	text_append_str(&name, ".d/");
	text_append_slice(&name, dropin);
	return (struct slice){ arena_strndup(arena, name.data, name.length), name.length };
}

/* Paths below the directory of units that units and drop-ins with contents are written to. */
static void collect_units(const struct config_systemd *systemd, struct arena *arena,
			  struct key_map *names)
{
	CONFIG_EACH (struct config_unit, unit, &systemd->units) {
		if (unit->contents.length)
			key_map_add(names, unit->name, 0);
		CONFIG_EACH (struct config_dropin, dropin, &unit->dropins)
			if (dropin->contents.length)
				key_map_add(names, dropin_name(arena, unit->name, dropin->name), 0);
	}
}

static void check_unit_path(const struct check_context *context,
			    const struct report_path *node_path, const struct config_node *node,
			    const struct key_map *names)
{
	if (!slice_starts(node->path, UNIT_DIRECTORY))
		return;
	if (key_map_find(names, slice_from(node->path, strlen(UNIT_DIRECTORY)), NULL))
		rules_error(context, RULES_KEY(node_path, "path"),
			    "path conflicts with systemd unit or dropin");
}

static void check_unit_paths(const struct check_context *context, const void *object)
{
	const struct config *config = object;
	const struct report_path *storage = RULES_KEY(context->path, "storage");
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(key_map_done) struct key_map names = { 0 };
	size_t index = 0;

	collect_units(&config->systemd, arena, &names);
	CONFIG_EACH (struct config_file, file, &config->storage.files)
		check_unit_path(context, RULES_INDEX(RULES_KEY(storage, "files"), index++),
				&file->node, &names);
	index = 0;
	CONFIG_EACH (struct config_directory, directory, &config->storage.directories)
		check_unit_path(context, RULES_INDEX(RULES_KEY(storage, "directories"), index++),
				&directory->node, &names);
	index = 0;
	CONFIG_EACH (struct config_link, link, &config->storage.links)
		check_unit_path(context, RULES_INDEX(RULES_KEY(storage, "links"), index++),
				&link->node, &names);
}

const struct schema_check rules_config[] = { RULES_ALWAYS(check_unit_paths), RULES_END };
