/* rules_storage - how nodes, disks and filesystems of one config fit together. */
#include "config/rules_common.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "config/key_map.h"
#include "config/path.h"

/* How many nodes of a list have each path. */
struct tally {
	struct key_map places; /* path -> index into counts */
	size_t *counts;	       /* owned */
	size_t longest;	       /* length of a path */
};

static void tally_done(struct tally *tally)
{
	key_map_done(&tally->places);
	free(tally->counts);
}
DEFINE_DONE(struct tally, tally_done)

/* @stride: from one node to the next; every element of the list begins with its node. */
static void tally_nodes(struct tally *tally, const struct config_list *list, size_t stride)
{
	tally->counts = xcalloc(list->count + 1, sizeof(*tally->counts));
	for (size_t i = 0; i < list->count; i++) {
		const struct config_node *node =
			(const void *)((const char *)list->items + i * stride);
		size_t place = i;

		if (!key_map_add(&tally->places, node->path, place))
			key_map_find(&tally->places, node->path, &place);
		tally->counts[place]++;
		if (node->path.length > tally->longest)
			tally->longest = node->path.length;
	}
}

static size_t tally_find(const struct tally *tally, struct slice path)
{
	size_t place;

	return key_map_find(&tally->places, path, &place) ? tally->counts[place] : 0;
}

/* How many links, by the text of their paths, @path lies below. */
static size_t links_above(const struct tally *links, struct slice path)
{
	size_t above = 0;

	for (size_t i = 0; links->places.count && i < path.length && i <= links->longest; i++)
		if (path.data[i] == '/')
			above += tally_find(links, (struct slice){ path.data, i });
	return above;
}

/* One entry for each link, as upstream adds them. */
static void check_below_links(const struct check_context *context, const struct tally *links,
			      const struct report_path *node_path, struct slice path,
			      const char *fault)
{
	for (size_t left = links_above(links, path); left > 0; left--)
		rules_error(context, node_path, fault);
}

static void warn_owner(const struct check_context *context, const struct report_path *owner_path,
		       const struct config_owner *owner)
{
	static const char ignored[] = "user/group ignored for hard link";

	if (owner->id.is_set)
		rules_warn(context, RULES_KEY(owner_path, "id"), ignored);
	if (owner->name.data)
		rules_warn(context, RULES_KEY(owner_path, "name"), ignored);
}

static void check_hard_link(const struct check_context *context,
			    const struct report_path *link_path, const struct config_link *link,
			    const struct tally *directories)
{
	AUTO(text_done) struct text target = TEXT_INIT(RULES_TEXT_MAX);

	/* A relative target is taken from the link itself, not from its directory. */
	if (path_is_absolute(link->target))
		path_clean(&target, link->target);
	else
		path_join(&target, link->node.path, link->target);
	for (size_t left = tally_find(directories, text_slice(&target)); left > 0; left--)
		rules_error(context, link_path, "hard link target is a directory");
	warn_owner(context, RULES_KEY(link_path, "user"), &link->node.user);
	warn_owner(context, RULES_KEY(link_path, "group"), &link->node.group);
}

static void check_link(const struct check_context *context, const struct report_path *link_path,
		       const struct config_link *link, const struct tally *directories)
{
	if (link->target.length == 0 && context->version >= SPEC_3_3)
		rules_error(context, RULES_KEY(link_path, "target"), "link target is required");
	else if (rules_is_true(link->hard))
		check_hard_link(context, link_path, link, directories);
}

static void check_nodes(const struct check_context *context, const struct config_storage *storage)
{
	const struct report_path *at = context->path;
	AUTO(tally_done) struct tally links = { 0 };
	AUTO(tally_done) struct tally directories = { 0 };
	size_t index = 0;

	tally_nodes(&links, &storage->links, sizeof(struct config_link));
	tally_nodes(&directories, &storage->directories, sizeof(struct config_directory));
	CONFIG_EACH (struct config_directory, directory, &storage->directories)
		check_below_links(context, &links,
				  RULES_INDEX(RULES_KEY(at, "directories"), index++),
				  directory->node.path, "directory path includes link in config");
	index = 0;
	CONFIG_EACH (struct config_file, file, &storage->files)
		check_below_links(context, &links, RULES_INDEX(RULES_KEY(at, "files"), index++),
				  file->node.path, "file path includes link in config");
	index = 0;
	CONFIG_EACH (struct config_link, link, &storage->links) {
		const struct report_path *link_path = RULES_INDEX(RULES_KEY(at, "links"), index++);

		check_below_links(context, &links, link_path, link->node.path,
				  "link path includes link in config");
		check_link(context, link_path, link, &directories);
	}
}

static const char *overwritten(const struct config_filesystem *filesystem,
			       const struct config_disk *disk)
{
	if (disk->partitions.count)
		return "filesystem overwrites partitioned device";
	if (rules_is_true(disk->wipe_table) && !rules_is_true(filesystem->wipe_filesystem))
		return "device matches disk with wipeTable enabled; filesystem will be wiped";
	return NULL;
}

static void check_filesystems(const struct check_context *context,
			      const struct config_storage *storage)
{
	const struct report_path *list = RULES_KEY(context->path, "filesystems");
	AUTO(key_map_done) struct key_map disks = { 0 };
	size_t index = 0;

	/* Of disks with the same device the last one counts. */
	for (size_t i = storage->disks.count; i > 0; i--)
		key_map_add(&disks, CONFIG_AT(struct config_disk, &storage->disks, i - 1)->device,
			    i - 1);
	CONFIG_EACH (struct config_filesystem, filesystem, &storage->filesystems) {
		const struct report_path *at = RULES_KEY(RULES_INDEX(list, index++), "device");
		size_t disk;

		if (key_map_find(&disks, filesystem->device, &disk))
			rules_warn(context, at,
				   overwritten(filesystem, CONFIG_AT(struct config_disk,
								     &storage->disks, disk)));
	}
}

static void check_storage(const struct check_context *context, const void *object)
{
	check_nodes(context, object);
	check_filesystems(context, object);
}

const struct schema_check rules_storage[] = { RULES_ALWAYS(check_storage), RULES_END };
