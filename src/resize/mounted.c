#include "resize/mounted.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "disk/btrfs.h"
#include "resize/grow_filesystem.h"
#include "resize/stack.h"

/* The device that a mount is of: by its number, or by its source when it has none (btrfs). */
static int find_device(const struct machine *machine, const struct mount_entry *entry,
		       struct device *ret, struct error *err)
{
	if (major(entry->number))
		return device_read_number(machine, entry->number, ret, err);
	if (entry->source[0] == '/')
		return device_find(machine, entry->source, ret, err);
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
			 "%s is of type %s, which has no device", entry->place, entry->type);
}

/* The names of all its devices. */
static int find_devices(const struct machine *machine, const struct mount_entry *entry,
			struct btrfs *ret, struct error *err)
{
	AUTO(device_done) struct device device = { .node = NULL };
	int r = find_device(machine, entry, &device, err);

	if (r < 0)
		return r;
	btrfs_find(machine, device.name, ret);
	if (ret->count)
		return 0;
	ret->devices = xcalloc(1, sizeof(*ret->devices));
	ret->devices[ret->count++] = xstrdup(device.name);
	return 0;
}

bool mounted_is_chosen(const struct machine *machine, const struct mount_entry *entry)
{
	AUTO(btrfs_done) struct btrfs found = { .count = 0 };

	if (!filesystem_can_grow(entry->type) ||
	    find_devices(machine, entry, &found, /* err= */ NULL) < 0)
		return false;
	for (size_t i = 0; i < found.count; i++) {
		AUTO(layer_done) struct layer layer = { .below_count = 0 };

		if (layer_read(machine, found.devices[i], &layer, /* err= */ NULL) == 0 &&
		    stack_is_chosen(machine, &layer))
			return true;
	}
	return false;
}

static int plan_device(struct resize_work *work, const struct mount_entry *entry, const char *name,
		       const struct mounted_choice *choice, struct error *err)
{
	AUTO(layer_done) struct layer layer = { .below_count = 0 };
	uint64_t bytes = 0;
	int r = layer_read(work->machine, name, &layer, err);

	if (r < 0 || (choice->must_ask && !stack_is_chosen(work->machine, &layer)))
		return r;
	r = stack_plan(work, &layer, &bytes, err);
	if (r < 0)
		return r;

	const struct grow_filesystem_target target = {
		.type = entry->type,
		.node = layer.device.node,
		.mount_point = entry->place,
		.mount_id = entry->id,
	};

	return grow_filesystem_plan(work, &target, bytes, err);
}

int mounted_plan(struct resize_work *work, const struct mount_entry *entry,
		 const struct mounted_choice *choice, struct error *err)
{
	AUTO(btrfs_done) struct btrfs found = { .count = 0 };
	int r = find_devices(work->machine, entry, &found, err);

	if (r < 0)
		return r;
	if (!filesystem_can_grow(entry->type))
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "%s is of type %s, which is not grown; ext4, xfs and btrfs are",
				 entry->place, entry->type);
	if (entry->is_read_only)
		return error_set(err, ERROR_UNSUPPORTED, EROFS, "%s is mounted read-only",
				 entry->place);
	for (size_t i = 0; i < found.count && r == 0; i++)
		if (!choice->device || strcmp(choice->device, found.devices[i]) == 0)
			r = plan_device(work, entry, found.devices[i], choice, err);
	return r;
}

static bool is_mount_of(const struct machine *machine, const struct mount_entry *entry,
			const struct device *device)
{
	AUTO(btrfs_done) struct btrfs found = { .count = 0 };

	if (major(entry->number))
		return entry->number == device->number;
	return filesystem_can_grow(entry->type) &&
	       find_devices(machine, entry, &found, /* err= */ NULL) == 0 &&
	       btrfs_has(&found, device->name);
}

const struct mount_entry *mounted_find(const struct machine *machine,
				       const struct mount_table *mounts,
				       const struct device *device)
{
	const struct mount_entry *found = NULL;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct mount_entry *entry = &mounts->entries[i];

		if ((!found || (found->is_read_only && !entry->is_read_only)) &&
		    is_mount_of(machine, entry, device))
			found = entry;
	}
	return found;
}

bool mounted_is_repeated(const struct mount_table *mounts, size_t index)
{
	const struct mount_entry *entry = &mounts->entries[index];

	for (size_t i = 0; i < mounts->count; i++) {
		const struct mount_entry *other = &mounts->entries[i];
		const bool is_same = other->number == entry->number &&
				     strcmp(other->type, entry->type) == 0 &&
				     strcmp(other->source, entry->source) == 0;
		const bool is_better = entry->is_read_only && !other->is_read_only;
		const bool is_equal = entry->is_read_only == other->is_read_only && i < index;

		if (is_same && (is_better || is_equal))
			return true;
	}
	return false;
}
