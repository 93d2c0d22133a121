#include "resize/stack.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "disk/table.h"
#include "resize/grow_array.h"
#include "resize/grow_crypt.h"
#include "resize/grow_partition.h"

/* Why a layer is not grown. */
static const char *const reasons[LAYER_KIND_COUNT] = {
	[LAYER_LVM] = "how its space is used is your choice",
	[LAYER_MULTIPATH] = "its table belongs to the multipath tools",
	[LAYER_VERITY] = "its contents are sealed",
	[LAYER_INTEGRITY] = "its checksums are laid out for the size it has",
	[LAYER_MAPPED] = "whoever made it has to change it",
};

/* The disk of the partition @device, as a label is looked for there; strings are borrowed. */
static int measure(const struct machine *machine, const struct device *device, struct device *disk,
		   struct label_room *ret, struct error *err)
{
	int r = device_disk(machine, device, disk, err);
	const struct label_disk label = { .node = disk->node, .name = disk->name };

	return r < 0 ? r : label_measure(&label, device->partition_number, ret, err);
}

/* Only a GPT has that type: other labels are not even looked at. */
static bool is_chosen_partition(const struct machine *machine, const struct device *device)
{
	AUTO(device_done) struct device disk = { .node = NULL };
	AUTO(table_free) struct table *table = NULL;

	if (device_disk(machine, device, &disk, /* err= */ NULL) < 0 ||
	    table_read(disk.node, /* sector_bytes= */ 0, &table, /* err= */ NULL) < 0)
		return false;

	const struct table_partition *partition = table_find(table, device->partition_number);

	return partition && strcmp(partition->type_guid, RESIZE_PARTITION_TYPE) == 0;
}

bool stack_is_chosen(const struct machine *machine, const struct layer *layer)
{
	if (layer->kind == LAYER_PARTITION)
		return is_chosen_partition(machine, &layer->device);
	for (size_t i = 0; i < layer->below_count; i++)
		if (!stack_is_chosen(machine, &layer->below[i]))
			return false;
	return layer->below_count > 0;
}

int stack_find_chosen(const struct label_disk *disk, unsigned *ret, struct error *err)
{
	AUTO(table_free) struct table *table = NULL;
	unsigned found = 0;
	int r = table_read(disk->node, disk->sector_bytes, &table, err);

	for (size_t i = 0; r == 0 && i < table->count; i++) {
		const struct table_partition *partition = &table->partitions[i];

		if (strcmp(partition->type_guid, RESIZE_PARTITION_TYPE) != 0)
			continue;
		if (found)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "partitions %u and %u of %s both ask to be grown; say "
					 "which with --partition",
					 found, partition->number, disk->node);
		found = partition->number;
	}
	if (r < 0)
		return r;
	if (!found)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "no partition of %s asks to be grown; say which with --partition",
				 disk->node);
	*ret = found;
	return 0;
}

static int plan_partition(struct resize_work *work, const struct layer *layer, uint64_t *ret_bytes,
			  struct error *err)
{
	AUTO(device_done) struct device disk = { .node = NULL };
	AUTO(label_room_done) struct label_room room = { .backend = NULL };
	int r = measure(work->machine, &layer->device, &disk, &room, err);
	const struct label_disk label = { .node = disk.node, .name = disk.name };

	return r < 0 ? r
		     : grow_partition_plan(work, layer->device.node, &label, &room, ret_bytes, err);
}

static int plan_array(struct resize_work *work, const struct layer *layer, uint64_t *ret_bytes,
		      struct error *err)
{
	AUTO_FREE uint64_t *members = xcalloc(layer->below_count ?: 1, sizeof(*members));
	int r = 0;

	for (size_t i = 0; i < layer->below_count && r == 0; i++)
		r = stack_plan(work, &layer->below[i], &members[i], err);
	return r < 0 ? r : grow_array_plan(work, layer, members, ret_bytes, err);
}

static int plan_crypt(struct resize_work *work, const struct layer *layer, uint64_t *ret_bytes,
		      struct error *err)
{
	uint64_t below = 0;
	int r = 0;

	if (layer->below_count != 1)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s stands on %zu devices, and is not grown", layer->device.node,
				 layer->below_count);
	r = stack_plan(work, &layer->below[0], &below, err);
	return r < 0 ? r : grow_crypt_plan(work, layer, below, ret_bytes, err);
}

int stack_plan(struct resize_work *work, const struct layer *layer, uint64_t *ret_bytes,
	       struct error *err)
{
	switch (layer->kind) {
	case LAYER_DISK:
		*ret_bytes = layer->device.size_bytes;
		return 0;
	case LAYER_PARTITION:
		return plan_partition(work, layer, ret_bytes, err);
	case LAYER_CRYPT:
		return plan_crypt(work, layer, ret_bytes, err);
	case LAYER_ARRAY:
		return plan_array(work, layer, ret_bytes, err);
	default:
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s is %s, which is not grown: %s", layer->device.node,
				 layer_kind_text(layer->kind), reasons[layer->kind]);
	}
}
