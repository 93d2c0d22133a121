#include "resize/resize.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "disk/kernel.h"
#include "disk/probe.h"
#include "disk/table.h"
#include "resize/grow_filesystem.h"
#include "resize/grow_partition.h"
#include "resize/mounted.h"
#include "resize/stack.h"

/* --- items */

/* The item of what is planned from now on. */
static void begin_item(struct resize *resize, const char *name)
{
	resize->items = xreallocarray(resize->items, resize->count + 1, sizeof(*resize->items));
	resize->items[resize->count++] = (struct resize_item){
		.name = xstrdup(name),
		.first = resize->work.plan->count,
	};
}

/* What cannot be grown is no failure. */
static void refuse_item(struct resize_item *item, const struct error *problem)
{
	item->result = problem->kind == ERROR_UNSUPPORTED ? RESIZE_SKIPPED : RESIZE_FAILED;
	item->reason = xstrdup(problem->text);
}

/* @r: what planning it came to. */
static void end_item(struct resize *resize, int r, const struct error *problem)
{
	struct resize_item *item = &resize->items[resize->count - 1];

	if (r < 0) {
		resize->work.plan->count = item->first;
		refuse_item(item, problem);
	}
	item->count = resize->work.plan->count - item->first;
	if (item->count)
		item->result = RESIZE_PLANNED;
}

/* --- filesystems that are mounted */

static void plan_mount(struct resize *resize, const struct mount_entry *entry,
		       const struct mounted_choice *choice)
{
	AUTO(error_done) struct error problem = ERROR_INIT;

	begin_item(resize, entry->place);
	end_item(resize, mounted_plan(&resize->work, entry, choice, &problem), &problem);
}

/* What asks to be grown at every boot. */
static int plan_chosen(struct resize *resize, struct error *err)
{
	const struct mounted_choice choice = { .must_ask = true };
	const struct machine *machine = resize->work.machine;
	AUTO(mount_table_done) struct mount_table mounts = { .count = 0 };
	int r = mount_table_read(machine, &mounts, err);

	for (size_t i = 0; i < mounts.count; i++)
		if (!mounted_is_repeated(&mounts, i) &&
		    mounted_is_chosen(machine, &mounts.entries[i]))
			plan_mount(resize, &mounts.entries[i], &choice);
	return r;
}

static int plan_directory(struct resize *resize, const char *path, struct error *err)
{
	const struct mounted_choice choice = { .must_ask = false };
	AUTO(mount_table_done) struct mount_table mounts = { .count = 0 };
	AUTO_FREE char *place = realpath(path, NULL);
	int r = mount_table_read(resize->work.machine, &mounts, err);
	const struct mount_entry *entry = place ? mount_table_at(&mounts, place) : NULL;

	if (r < 0)
		return r;
	if (!entry)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "nothing is mounted on %s; name a mount point, a device or an "
				 "image file",
				 path);
	plan_mount(resize, entry, &choice);
	return 0;
}

/* --- devices */

/* What is on a device, and does not only leave the filesystem alone, but the partition too. */
static const struct {
	const char *type; /* as libblkid says it */
	const char *text;
} left_alone[] = {
	{ "swap", "is swap, which is left as it is" },
	{ "LVM2_member", "is a physical volume of LVM: how its space is used is your choice" },
	{ "linux_raid_member", "is a member of a RAID array: name the array, or what is on it" },
	{ "ddf_raid_member", "is a member of a firmware RAID, which is not grown" },
	{ "isw_raid_member", "is a member of a firmware RAID, which is not grown" },
};

static int check_content(const char *node, const char *type, struct error *err)
{
	for (size_t i = 0; type && i < ARRAY_SIZE(left_alone); i++)
		if (strcmp(left_alone[i].type, type) == 0)
			return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "%s %s", node,
					 left_alone[i].text);
	return 0;
}

/* A partition may grow for whatever is on it; of other devices only a filesystem could. */
static int check_purpose(const struct layer *layer, const struct probe_result *found,
			 struct error *err)
{
	const char *node = layer->device.node;
	AUTO_FREE char *content = probe_text(found);

	if (layer->kind == LAYER_PARTITION || (found->type && filesystem_can_grow(found->type)))
		return 0;
	if (found->usage && strcmp(found->usage, "label") == 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "%s has partitions; say with --partition which one is meant",
				 node);
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "%s holds %s: only ext4, xfs and btrfs are grown", node, content);
}

static int check_unmounted(const struct layer *layer, const struct probe_result *found,
			   struct error *err)
{
	const char *node = layer->device.node;

	if (layer->device.is_read_only)
		return error_set(err, ERROR_UNSUPPORTED, EROFS, "%s is read-only", node);

	int r = check_content(node, found->type, err);

	return r < 0 ? r : check_purpose(layer, found, err);
}

static int plan_unmounted(struct resize *resize, const struct device *device, struct error *err)
{
	AUTO(layer_done) struct layer layer = { .below_count = 0 };
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };
	uint64_t bytes = 0;
	int r = layer_read(resize->work.machine, device->name, &layer, err);

	if (r == 0)
		r = stack_plan(&resize->work, &layer, &bytes, err);
	if (r == 0)
		r = probe_device(device->node, /* range= */ NULL, &found, err);
	if (r == 0)
		r = check_unmounted(&layer, &found, err);

	const struct grow_filesystem_target target = { .type = found.type, .node = device->node };

	return r == 0 && found.type && filesystem_can_grow(found.type)
		       ? grow_filesystem_plan(&resize->work, &target, bytes, err)
		       : r;
}

static int plan_device(struct resize *resize, const struct device *device, struct error *err)
{
	const struct machine *machine = resize->work.machine;
	const struct mounted_choice choice = { .device = device->name };
	AUTO(mount_table_done) struct mount_table mounts = { .count = 0 };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = mount_table_read(machine, &mounts, err);

	if (r < 0)
		return r;

	const struct mount_entry *entry = mounted_find(machine, &mounts, device);

	if (entry) {
		plan_mount(resize, entry, &choice);
		return 0;
	}
	begin_item(resize, device->node);
	end_item(resize, plan_unmounted(resize, device, &problem), &problem);
	return 0;
}

/* --- image files */

static int plan_in_image(struct resize *resize, const struct label_disk *disk,
			 const struct label_room *room, struct error *err)
{
	const struct probe_range range = { room->start * room->sector_bytes,
					   room->size * room->sector_bytes };
	struct grow_filesystem_target target = { .image = disk->node,
						 .sector_bytes = room->sector_bytes,
						 .offset_bytes = range.offset_bytes };
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };
	AUTO_FREE char *object = xasprintf("%u of %s", room->number, disk->node);
	uint64_t bytes = 0;
	int r = probe_device(disk->node, &range, &found, err);

	if (r == 0)
		r = check_content(object, found.type, err);
	if (r == 0)
		r = grow_partition_plan(&resize->work, object, disk, room, &bytes, err);
	target.type = found.type;
	if (r == 0 && found.type && filesystem_can_grow(found.type))
		r = grow_filesystem_plan(&resize->work, &target, bytes, err);
	return r;
}

static int plan_image(struct resize *resize, const struct label_disk *disk, unsigned number,
		      struct error *err)
{
	AUTO(label_room_done) struct label_room room = { .backend = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = number ? 0 : stack_find_chosen(disk, &number, err);

	if (r < 0)
		return r;
	begin_item(resize, disk->node);
	r = label_measure(disk, number, &room, &problem);
	if (r == 0)
		r = plan_in_image(resize, disk, &room, &problem);
	end_item(resize, r, &problem);
	return 0;
}

/* --- what was named */

static bool has_gpt(const struct device *device)
{
	AUTO(table_free) struct table *table = NULL;

	return table_read(device->node, /* sector_bytes= */ 0, &table, /* err= */ NULL) == 0 &&
	       table->kind == TABLE_GPT;
}

/* Of a disk with partitions one is meant: that with the number, or the one that asks. */
static int plan_named_device(struct resize *resize, const struct resize_options *options,
			     struct error *err)
{
	const struct machine *machine = resize->work.machine;
	AUTO(device_done) struct device device = { .node = NULL };
	AUTO(device_done) struct device partition = { .node = NULL };
	unsigned number = options->partition;
	int r = device_find(machine, options->target, &device, err);
	const struct label_disk disk = { .node = device.node, .name = device.name };

	if (r == 0 && !number && !device.partition_number && has_gpt(&device))
		r = stack_find_chosen(&disk, &number, err);
	if (r < 0)
		return r;
	if (!number)
		return plan_device(resize, &device, err);

	AUTO_FREE char *name = kernel_partition_name(device.name, number);

	r = device_read(machine, name, &partition, err);
	return r < 0 ? error_wrap(err, r, "partition %u of %s", number, device.node)
		     : plan_device(resize, &partition, err);
}

static int plan_named(struct resize *resize, const struct resize_options *options,
		      struct error *err)
{
	const struct label_disk image = { .node = options->target,
					  .sector_bytes = options->sector_bytes };
	struct stat st;

	if (stat(options->target, &st) < 0)
		return error_errno(err, errno, "look at %s", options->target);
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		if (options->partition)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "--partition belongs to a disk or an image file, and %s "
					 "is a directory",
					 options->target);
		return plan_directory(resize, options->target, err);
	case S_IFBLK:
		return plan_named_device(resize, options, err);
	case S_IFREG:
		return plan_image(resize, &image, options->partition, err);
	default:
		return error_set(err, ERROR_INPUT, EINVAL,
				 "%s is no mount point, no block device and no image file",
				 options->target);
	}
}

int resize_plan(struct machine *machine, const struct resize_options *options,
		const struct event_observer *observer, struct resize *ret, struct error *err)
{
	ret->work = (struct resize_work){ .machine = machine,
					  .observer = observer,
					  .plan = plan_new(),
					  .grain_bytes = RESIZE_GRAIN_BYTES,
					  .minimum_bytes = RESIZE_MINIMUM_BYTES };
	return options->target ? plan_named(ret, options, err) : plan_chosen(ret, err);
}

/* --- carrying it out */

static int apply_one(struct resize *resize, const struct operation *operation, struct error *err)
{
	const struct event_observer *observer = resize->work.observer;

	event_operation(observer, EVENT_OPERATION_BEGIN, operation->log_text, /* cause= */ NULL);

	int r = operation->class->apply(operation, resize->work.machine, observer, err);

	event_operation(observer, r < 0 ? EVENT_OPERATION_FAILED : EVENT_OPERATION_DONE,
			operation->log_text, r < 0 ? err->text : NULL);
	return r;
}

static void apply_item(struct resize *resize, struct resize_item *item)
{
	for (size_t i = item->first; i < item->first + item->count; i++) {
		AUTO(error_done) struct error problem = ERROR_INIT;

		if (apply_one(resize, &resize->work.plan->operations[i], &problem) < 0) {
			refuse_item(item, &problem);
			return;
		}
		item->result = RESIZE_CHANGED;
		item->done++;
	}
}

void resize_apply(struct resize *resize)
{
	for (size_t i = 0; i < resize->count; i++)
		apply_item(resize, &resize->items[i]);
	work_release(&resize->work);
}

void resize_done(struct resize *resize)
{
	for (size_t i = 0; i < resize->count; i++) {
		free(resize->items[i].name);
		free(resize->items[i].reason);
	}
	free(resize->items);
	work_done(&resize->work);
	*resize = (struct resize){ .count = 0 };
}

bool resize_has_failed(const struct resize *resize)
{
	for (size_t i = 0; i < resize->count; i++)
		if (resize->items[i].result == RESIZE_FAILED)
			return true;
	return false;
}
