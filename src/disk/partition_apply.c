#include "disk/partition_apply.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/device_use.h"
#include "disk/kernel.h"
#include "disk/table_write.h"

/* udev probes a disk for a second or two; longer, and something else is wrong. */
#define LOCK_MS 60000
#define UDEV_MS 10000

/* "mounted on /var, held by dm-0 (vg-root)"; freed with free(). */
static char *uses_text(const struct device_uses *uses)
{
	AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < uses->count; i++) {
		AUTO_FREE char *one = device_use_text(&uses->uses[i]);

		text_printf(&out, "%s%s", i ? ", " : "", one);
	}
	return xstrdup(text_str(&out));
}

int partition_refuse_in_use(const struct machine *machine, const struct partition_layout *layout,
			    unsigned number, struct error *err)
{
	AUTO(device_done) struct device partition = { 0 };
	AUTO(device_uses_done) struct device_uses uses = { 0 };

	if (!layout->device.name)
		return 0;

	AUTO_FREE char *name = kernel_partition_name(layout->device.name, number);
	/* What the kernel does not know cannot be in use. */
	int r = device_read(machine, name, &partition, /* err= */ NULL);

	if (r < 0)
		return 0;
	r = device_uses_find(machine, &partition, &uses, err);
	if (r < 0 || uses.count == 0)
		return r;

	AUTO_FREE char *who = uses_text(&uses);

	return error_set(
		err, ERROR_BUSY, EBUSY,
		"refusing to modify active partition %u on \"%s\": it is %s; unmount or release "
		"it first",
		number, layout->path, who);
}

static const struct partition_step *step_of(const struct operation *operation)
{
	return operation->detail;
}

/* One write brings all of them about: here is only looked once more who uses it. */
static int check_partition(const struct operation *operation, struct machine *machine,
			   const struct event_observer *observer, struct error *err)
{
	const struct partition_step *step = step_of(operation);

	(void)observer;
	return partition_refuse_in_use(machine, step->layout, step->number, err);
}

static int nothing_to_check(const struct operation *operation, struct machine *machine,
			    const struct event_observer *observer, struct error *err)
{
	(void)operation;
	(void)machine;
	(void)observer;
	(void)err;
	return 0;
}

/* Open for writing, once for all operations on the disk, and alone with it until tell_kernel(). */
static int lock(struct partition_layout *layout, const struct event_observer *observer,
		struct error *err)
{
	if (layout->lock_fd >= 0)
		return kernel_lock(layout->lock_fd, layout->node, LOCK_MS, observer, err);

	AUTO_CLOSE int fd = open(layout->node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", layout->node);

	int r = kernel_lock(fd, layout->node, LOCK_MS, observer, err);

	if (r == 0)
		layout->lock_fd = take_fd(&fd);
	return r;
}

static bool is_same_partition(const struct table_partition *a, const struct table_partition *b)
{
	return a->number == b->number && a->start == b->start && a->size == b->size &&
	       strcmp(a->guid, b->guid) == 0;
}

static bool is_same_table(const struct table *a, const struct table *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!is_same_partition(&a->partitions[i], &b->partitions[i]))
			return false;
	return true;
}

/* Somebody may have been at the disk since the plan was made. */
static int check_unchanged(const struct partition_layout *layout, struct error *err)
{
	AUTO(table_free) struct table *now = NULL;
	int r = table_read_fd(layout->lock_fd, layout->node, layout->before->disk.sector_bytes,
			      &now, err);

	if (r == 0 && !is_same_table(now, layout->before))
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s: its label was changed since it was looked at; run again",
				 layout->node);
	return r;
}

static int tell_kernel(const struct partition_layout *layout, const struct table *table,
		       const struct machine *machine, struct error *err)
{
	const char *disk = layout->device.name;
	int r = 0;

	if (!disk)
		return 0;
	r = kernel_tell(machine, disk, layout->lock_fd, table, err);
	if (r == 0)
		r = kernel_share(layout->lock_fd, layout->node, err);
	if (r == 0)
		r = kernel_notify(machine, disk, UDEV_MS, err);
	for (size_t i = 0; i < table->count && r == 0; i++) {
		AUTO_FREE char *name = kernel_partition_name(disk, table->partitions[i].number);

		r = kernel_notify(machine, name, UDEV_MS, err);
	}
	return r;
}

/* What cannot be read cannot be compared: a label that is damaged is wiped as it is. */
static int wipe_table(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	struct partition_layout *layout = step_of(operation)->layout;
	int r = lock(layout, observer, err);

	if (r == 0 && layout->before->kind == TABLE_GPT)
		r = check_unchanged(layout, err);
	if (r == 0)
		r = table_zap(layout->lock_fd, layout->node, layout->before->disk.sector_bytes,
			      err);
	if (r < 0)
		return r;

	AUTO(table_free) struct table *empty = xcalloc(1, sizeof(*empty));

	empty->disk = layout->before->disk;
	r = tell_kernel(layout, empty, machine, err);
	if (r == 0) {
		table_free(layout->before);
		layout->before = take_ptr(&empty);
	}
	return r;
}

static int write_table(const struct operation *operation, struct machine *machine,
		       const struct event_observer *observer, struct error *err)
{
	struct partition_layout *layout = step_of(operation)->layout;
	enum table_write_mode mode = layout->before->kind == TABLE_GPT ? TABLE_EDIT : TABLE_MAKE;
	int r = lock(layout, observer, err);

	if (r == 0)
		r = check_unchanged(layout, err);
	if (r == 0)
		r = table_write(layout->lock_fd, layout->node, layout->after, mode, err);
	return r < 0 ? r : tell_kernel(layout, layout->after, machine, err);
}

/* A run that was killed after the write left a kernel that knows another table. */
static int tell(const struct operation *operation, struct machine *machine,
		const struct event_observer *observer, struct error *err)
{
	struct partition_layout *layout = step_of(operation)->layout;
	int r = lock(layout, observer, err);

	if (r == 0)
		r = check_unchanged(layout, err);
	return r < 0 ? r : tell_kernel(layout, layout->before, machine, err);
}

const struct operation_class partition_delete_class = {
	.name = "partition.delete",
	.noun = "disk",
	.apply = check_partition,
};
const struct operation_class partition_create_class = {
	.name = "partition.create",
	.noun = "disk",
	.apply = nothing_to_check,
};
const struct operation_class partition_resize_class = {
	.name = "partition.resize",
	.noun = "disk",
	.apply = check_partition,
};
const struct operation_class table_wipe_class = {
	.name = "table.wipe",
	.noun = "disk",
	.apply = wipe_table,
};
const struct operation_class table_write_class = {
	.name = "table.write",
	.noun = "disk",
	.apply = write_table,
};
const struct operation_class partition_tell_class = {
	.name = "partition.tell",
	.noun = "disk",
	.apply = tell,
};
