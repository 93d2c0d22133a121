#include "resize/resize.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "disk/kernel.h"
#include "disk/layer.h"
#include "disk/mount_table.h"
#include "disk/probe.h"
#include "resize/grow_filesystem.h"
#include "resize/grow_partition.h"
#include "resize/stack.h"

/* A partition that nobody named: the one that asks to be grown, looked for up to this number. */
#define PARTITIONS_MAX 128

/* --- items */

/* The item of what is planned from now on. */
static struct resize_item *begin_item(struct resize *resize, const char *name)
{
	resize->items = xreallocarray(resize->items, resize->count + 1, sizeof(*resize->items));

	struct resize_item *item = &resize->items[resize->count++];

	*item = (struct resize_item){ .name = xstrdup(name), .first = resize->work.plan->count };
	return item;
}

/* @r: what planning it came to.  What cannot be grown is no failure, and has no operations. */
static void end_item(struct resize *resize, int r, const struct error *problem)
{
	struct resize_item *item = &resize->items[resize->count - 1];

	if (r < 0) {
		resize->work.plan->count = item->first;
		item->result = problem->kind == ERROR_UNSUPPORTED ? RESIZE_SKIPPED : RESIZE_FAILED;
		item->reason = xstrdup(problem->text);
	}
	item->count = resize->work.plan->count - item->first;
	if (item->count)
		item->result = RESIZE_PLANNED;
}

/* --- filesystems that are mounted */

static int plan_mounted(struct resize *resize, const struct mount_entry *entry,
			const struct layer *layer, struct error *err)
{
	const struct grow_filesystem_target target = {
		.type = entry->type,
		.node = layer->device.node,
		.mount_point = entry->place,
	};
	uint64_t bytes = 0;

	if (!filesystem_can_grow(entry->type))
		return error_set(
			err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			"%s is a %s filesystem, which is not grown; ext4, xfs and btrfs are",
			entry->place, entry->type);
	if (entry->is_read_only)
		return error_set(err, ERROR_UNSUPPORTED, EROFS, "%s is mounted read-only",
				 entry->place);

	int r = stack_plan(&resize->work, layer, &bytes, err);

	return r < 0 ? r : grow_filesystem_plan(&resize->work, &target, bytes, err);
}

/* The device that a mount is of: by its number, or by its source when it has none (btrfs). */
static int read_layer(const struct machine *machine, const struct mount_entry *entry,
		      struct layer *ret, struct error *err)
{
	AUTO(device_done) struct device device = { .node = NULL };
	int r = 0;

	if (major(entry->number))
		r = device_read_number(machine, entry->number, &device, err);
	else if (entry->source[0] == '/')
		r = device_find(machine, entry->source, &device, err);
	else
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s is a %s filesystem, which has no device", entry->place,
				 entry->type);
	return r < 0 ? r : layer_read(machine, device.name, ret, err);
}

static void plan_mount(struct resize *resize, const struct mount_entry *entry)
{
	AUTO(layer_done) struct layer layer = { .below_count = 0 };
	AUTO(error_done) struct error problem = ERROR_INIT;

	begin_item(resize, entry->place);

	int r = read_layer(resize->work.machine, entry, &layer, &problem);

	if (r == 0)
		r = plan_mounted(resize, entry, &layer, &problem);
	end_item(resize, r, &problem);
}

/* Whether the filesystem of mount @index was met before, as when it is mounted twice. */
static bool is_repeated(const struct mount_table *mounts, size_t index)
{
	const struct mount_entry *entry = &mounts->entries[index];

	for (size_t i = 0; i < index; i++) {
		const struct mount_entry *other = &mounts->entries[i];

		if (strcmp(other->type, entry->type) == 0 && !other->is_read_only &&
		    (other->number == entry->number ||
		     (major(entry->number) == 0 && strcmp(other->source, entry->source) == 0)))
			return true;
	}
	return false;
}

/* What asks to be grown at every boot. */
static int plan_chosen(struct resize *resize, struct error *err)
{
	AUTO(mount_table_done) struct mount_table mounts = { .count = 0 };
	int r = mount_table_read(resize->work.machine, &mounts, err);

	for (size_t i = 0; i < mounts.count; i++) {
		const struct mount_entry *entry = &mounts.entries[i];
		AUTO(layer_done) struct layer layer = { .below_count = 0 };

		if (filesystem_can_grow(entry->type) && !entry->is_read_only &&
		    !is_repeated(&mounts, i) &&
		    read_layer(resize->work.machine, entry, &layer, /* err= */ NULL) == 0 &&
		    stack_is_chosen(resize->work.machine, &layer))
			plan_mount(resize, entry);
	}
	return r;
}

/* --- what was named */

/* The writable mount of @device; NULL when it has none; borrowed from @mounts. */
static const struct mount_entry *mount_of(const struct machine *machine,
					  const struct mount_table *mounts,
					  const struct device *device)
{
	const struct mount_entry *found = NULL;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct mount_entry *entry = &mounts->entries[i];
		AUTO(device_done) struct device source = { .node = NULL };
		bool is_same = entry->number == device->number;

		if (!is_same && major(entry->number) == 0 && entry->source[0] == '/')
			is_same = device_find(machine, entry->source, &source, /* err= */ NULL) ==
					  0 &&
				  source.number == device->number;
		if (is_same && (!found || found->is_read_only))
			found = entry;
	}
	return found;
}

static int plan_unmounted(struct resize *resize, const struct layer *layer, struct error *err)
{
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };
	struct grow_filesystem_target target = { .node = layer->device.node };
	uint64_t bytes = 0;
	int r = probe_device(layer->device.node, /* range= */ NULL, &found, err);

	if (r == 0 && found.type && strcmp(found.type, "swap") == 0)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s is swap, which is left as "
				 "it is",
				 layer->device.node);
	if (r == 0)
		r = stack_plan(&resize->work, layer, &bytes, err);
	target.type = found.type;
	/* A partition may grow for something else than a filesystem. */
	if (r == 0 && found.type && filesystem_can_grow(found.type))
		r = grow_filesystem_plan(&resize->work, &target, bytes, err);
	return r;
}

static int plan_device(struct resize *resize, const char *path, struct error *err)
{
	struct machine *machine = resize->work.machine;
	AUTO(mount_table_done) struct mount_table mounts = { .count = 0 };
	AUTO(device_done) struct device device = { .node = NULL };
	AUTO(layer_done) struct layer layer = { .below_count = 0 };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = device_find(machine, path, &device, err);

	if (r == 0)
		r = mount_table_read(machine, &mounts, err);
	if (r < 0)
		return r;

	const struct mount_entry *entry = mount_of(machine, &mounts, &device);

	if (entry) {
		plan_mount(resize, entry);
		return 0;
	}
	begin_item(resize, device.node);
	r = layer_read(machine, device.name, &layer, &problem);
	if (r == 0)
		r = plan_unmounted(resize, &layer, &problem);
	end_item(resize, r, &problem);
	return 0;
}

static int plan_partition_of(struct resize *resize, const char *path, unsigned number,
			     struct error *err)
{
	AUTO(device_done) struct device disk = { .node = NULL };
	int r = device_find(resize->work.machine, path, &disk, err);

	if (r < 0)
		return r;

	AUTO_FREE char *name = kernel_partition_name(disk.name, number);
	AUTO_FREE char *node = xasprintf("/dev/%s", name);

	return plan_device(resize, node, err);
}

static int plan_directory(struct resize *resize, const char *path, struct error *err)
{
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
	plan_mount(resize, entry);
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
	int r = grow_partition_plan(&resize->work, object, disk, room, &bytes, err);

	if (r == 0)
		r = probe_device(disk->node, &range, &found, err);
	target.type = found.type;
	if (r == 0 && found.type && filesystem_can_grow(found.type))
		r = grow_filesystem_plan(&resize->work, &target, bytes, err);
	return r;
}

/* The only partition whose type asks to be grown. */
static int find_chosen(const struct label_disk *disk, unsigned *ret, struct error *err)
{
	*ret = 0;
	for (unsigned number = 1; number <= PARTITIONS_MAX; number++) {
		AUTO(label_room_done) struct label_room room = { .backend = NULL };
		AUTO(error_done) struct error problem = ERROR_INIT;
		int r = label_measure(disk, number, &room, &problem);

		if (r < 0 && r != -ENOENT && problem.kind != ERROR_UNSUPPORTED)
			return error_set(err, problem.kind, -r, "%s", problem.text);
		if (r < 0 || strcmp(room.type, RESIZE_PARTITION_TYPE) != 0)
			continue;
		if (*ret)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "partitions %u and %u of %s both ask to be grown; say "
					 "which with --partition",
					 *ret, number, disk->node);
		*ret = number;
	}
	if (*ret == 0)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "no partition of %s asks to be grown; say which with --partition",
				 disk->node);
	return 0;
}

static int plan_image(struct resize *resize, const struct resize_options *options,
		      struct error *err)
{
	const struct label_disk disk = { .node = options->target,
					 .sector_bytes = options->sector_bytes };
	AUTO(label_room_done) struct label_room room = { .backend = NULL };
	AUTO(error_done) struct error problem = ERROR_INIT;
	unsigned number = options->partition;
	int r = number ? 0 : find_chosen(&disk, &number, err);

	if (r < 0)
		return r;
	begin_item(resize, options->target);
	r = label_measure(&disk, number, &room, &problem);
	if (r == 0)
		r = plan_in_image(resize, &disk, &room, &problem);
	end_item(resize, r, &problem);
	return 0;
}

static int plan_named(struct resize *resize, const struct resize_options *options,
		      struct error *err)
{
	struct stat st;

	if (stat(options->target, &st) < 0)
		return error_errno(err, errno, "look at %s", options->target);
	if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode)) {
		if (options->partition && S_ISBLK(st.st_mode))
			return plan_partition_of(resize, options->target, options->partition, err);
		return S_ISDIR(st.st_mode) ? plan_directory(resize, options->target, err)
					   : plan_device(resize, options->target, err);
	}
	if (S_ISREG(st.st_mode))
		return plan_image(resize, options, err);
	return error_set(err, ERROR_INPUT, EINVAL,
			 "%s is no mount point, no block device and no image file",
			 options->target);
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
	int r = 0;

	event_operation(observer, EVENT_OPERATION_BEGIN, operation->log_text, /* cause= */ NULL);
	r = operation->class->apply(operation, resize->work.machine, observer, err);
	event_operation(observer, r < 0 ? EVENT_OPERATION_FAILED : EVENT_OPERATION_DONE,
			operation->log_text, r < 0 ? err->text : NULL);
	return r;
}

static void apply_item(struct resize *resize, struct resize_item *item)
{
	for (size_t i = item->first; i < item->first + item->count; i++) {
		AUTO(error_done) struct error problem = ERROR_INIT;

		if (apply_one(resize, &resize->work.plan->operations[i], &problem) < 0) {
			item->result = RESIZE_FAILED;
			item->reason = xstrdup(problem.text);
			return;
		}
		item->result = RESIZE_CHANGED;
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
