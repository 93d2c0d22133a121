#include "disk/projection.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "disk/device_use.h"
#include "disk/kernel.h"

/* udev's name of a mapping: /dev/disk/by-id/dm-name-root. */
#define BY_ID_DM "/dev/disk/by-id/dm-name-"
#define MAPPER	 "/dev/mapper/"
/* And of an array that belongs to no host in particular. */
#define BY_ID_MD "/dev/disk/by-id/md-name-any:"
#define MD	 "/dev/md/"

static const struct {
	const char *alias;
	const char *name;
} volume_aliases[] = {
	{ BY_ID_DM, MAPPER },
	{ BY_ID_MD, MD },
};

void place_done(struct place *place)
{
	device_done(&place->device);
	probe_result_done(&place->found);
}

void projection_add(struct projection *projection, const char *path)
{
	const char **grown =
		arena_array(projection->arena, projection->volume_count + 1, sizeof(*grown));

	if (projection->volume_count)
		memcpy(grown, projection->volumes, projection->volume_count * sizeof(*grown));
	grown[projection->volume_count++] = arena_strdup(projection->arena, path);
	projection->volumes = grown;
}

static bool names_volume(const char *volume, const char *path)
{
	if (strcmp(volume, path) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(volume_aliases); i++) {
		size_t alias = strlen(volume_aliases[i].alias);
		size_t name = strlen(volume_aliases[i].name);

		if (strncmp(path, volume_aliases[i].alias, alias) == 0 &&
		    strncmp(volume, volume_aliases[i].name, name) == 0 &&
		    strcmp(path + alias, volume + name) == 0)
			return true;
	}
	return false;
}

static bool is_volume(const struct projection *projection, const char *path)
{
	for (size_t i = 0; i < projection->volume_count; i++)
		if (names_volume(projection->volumes[i], path))
			return true;
	return false;
}

/* In the table that will be there. */
static bool find_in_layout(struct place *place, const struct partition_layout *layout)
{
	const struct table_partition *partition = partition_layout_find(layout, place->path);
	const uint32_t sector_bytes = layout->after->disk.sector_bytes;

	if (!partition)
		return false;
	place->node = layout->node;
	place->range = (struct probe_range){ partition->start * sector_bytes,
					     partition->size * sector_bytes };
	place->layout = layout;
	place->number = partition->number;
	return true;
}

/* The partition stays where it is, if it is there. */
static bool stays(const struct place *place)
{
	const struct table_partition *before = NULL;
	const struct table_partition *after = NULL;

	if (!place->layout)
		return true;
	before = table_find(place->layout->before, place->number);
	after = table_find(place->layout->after, place->number);
	return before && after && before->start == after->start && before->size == after->size;
}

/* There now as well, or not: its users matter if it is. */
static int find_device(const struct projection *projection, struct place *place, struct error *err)
{
	const struct partition_layout *layout = place->layout;
	AUTO_FREE char *name = NULL;

	if (!layout)
		return device_find(projection->machine, place->path, &place->device, err);
	if (!layout->device.name)
		return 0;
	name = kernel_partition_name(layout->device.name, place->number);
	return device_read(projection->machine, name, &place->device, err);
}

int projection_find(const struct projection *projection, const char *path, struct place *ret,
		    struct error *err)
{
	AUTO(place_done) struct place place = { .path = path };
	AUTO(error_done) struct error failure = ERROR_INIT;
	int r = 0;

	if (!is_volume(projection, path)) {
		for (size_t i = 0; i < projection->layout_count && !place.layout; i++)
			find_in_layout(&place, projection->layouts[i]);
		r = find_device(projection, &place, &failure);
		if (r == 0 && !place.layout)
			place.node = place.device.node;
		place.is_there = place.device.name && stays(&place);
	}
	if (r < 0 && r != -ENOENT)
		return error_set(err, failure.kind, -r, "%s", failure.text);
	*ret = place;
	place = (struct place){ .path = NULL };
	return 0;
}

int place_probe(struct place *place, struct error *err)
{
	probe_result_done(&place->found);
	if (!place->node)
		return 0;
	return probe_device(place->node, place->range.size_bytes ? &place->range : NULL,
			    &place->found, err);
}

bool place_is_same(const struct place *left, const struct place *right)
{
	if (left->layout || right->layout)
		return left->layout == right->layout && left->number == right->number;
	if (left->device.name && right->device.name)
		return strcmp(left->device.name, right->device.name) == 0;
	return strcmp(left->path, right->path) == 0;
}

int place_refuse_in_use(const struct machine *machine, const struct place *place, const char *what,
			struct error *err)
{
	AUTO(device_uses_done) struct device_uses uses = { 0 };
	int r = 0;

	if (!place->device.name)
		return 0;
	r = device_uses_find(machine, &place->device, &uses, err);
	if (r < 0 || uses.count == 0)
		return r;

	AUTO_FREE char *who = device_use_text(&uses.uses[0]);

	return error_set(err, ERROR_BUSY, EBUSY, "refusing to %s \"%s\": it is %s", what,
			 place->path, who);
}
