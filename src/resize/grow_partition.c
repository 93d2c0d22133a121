#include "resize/grow_partition.h"

#include <errno.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "base/number.h"
#include "disk/device_use.h"
#include "disk/kernel.h"

#define NUMBER_MAX 64

struct growth {
	struct resize_work *work;
	struct label_disk disk;
	struct label_room room;
	uint64_t size; /* sectors to be */
};

/* What the kernel counts. */
static struct kernel_partition in_kernel(const struct growth *growth, uint64_t size)
{
	const uint64_t factor = growth->room.sector_bytes / KERNEL_SECTOR_BYTES;

	return (struct kernel_partition){ .number = growth->room.number,
					  .start = growth->room.start * factor,
					  .size = size * factor };
}

/*
 * With the disk in our hands: it is as it was, unless another program grew the partition as far
 * meanwhile, at boot perhaps, which is as well.
 */
static int look_again(const struct growth *growth, bool *ret_done, struct error *err)
{
	AUTO(label_room_done) struct label_room now = { .backend = NULL };
	int r = label_measure(&growth->disk, growth->room.number, &now, err);

	if (r < 0)
		return r;
	*ret_done = now.start == growth->room.start && now.size == growth->size && !now.is_damaged;
	if (*ret_done)
		return 0;
	if (now.start != growth->room.start || now.size != growth->room.size ||
	    now.limit < growth->size)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s: partition %u changed since it was looked at; run again",
				 growth->disk.node, growth->room.number);
	return 0;
}

/* The kernel refused: the table must not promise what the running system does not have. */
static int restore(const struct growth *growth, int fd, int refusal, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;

	if (growth->room.backend->extend(&growth->disk, fd, &growth->room, growth->room.size,
					 &problem) < 0)
		return error_wrap(err, refusal,
				  "the table of %s could not be put back (%s) after a failure",
				  growth->disk.node, problem.text);
	return error_wrap(err, refusal, "the table of %s was put back", growth->disk.node);
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct growth *growth = operation->detail;
	const struct kernel_partition want = in_kernel(growth, growth->size);
	bool is_done = false;
	int fd = work_hold(growth->work, growth->disk.node, err);
	int r = fd < 0 ? fd : look_again(growth, &is_done, err);

	(void)observer;
	if (r < 0)
		return r;
	if (!is_done)
		r = growth->room.backend->extend(&growth->disk, fd, &growth->room, growth->size,
						 err);
	if (r < 0 || !growth->disk.name)
		return r;
	r = kernel_grow(machine, growth->disk.name, fd, &want, err);
	return r < 0 && !is_done && growth->size != growth->room.size ? restore(growth, fd, r, err)
								      : r;
}

const struct operation_class grow_partition_class = {
	.name = "partition.grow",
	.noun = "partition",
	.apply = apply,
};

/* New ends are multiples of what the disk likes to be written in, when that is more. */
static uint64_t grain_of(const struct growth *growth)
{
	const uint64_t grain = growth->work->grain_bytes;
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	uint64_t optimal = 0;

	if (!growth->disk.name || grain == 1)
		return grain;
	path = xasprintf("sys/class/block/%s/queue/optimal_io_size", growth->disk.name);
	if (machine_read(growth->work->machine, path, NUMBER_MAX, &text, /* ret_length= */ NULL,
			 /* err= */ NULL) < 0 ||
	    number_parse_u64(slice_trim(slice_of(text)), 0, UINT32_MAX, &optimal) < 0)
		return grain;
	return optimal > grain && optimal % grain == 0 ? optimal : grain;
}

/* Sectors that it should have: more, when that is worth a write. */
static int decide_size(struct growth *growth, struct error *err)
{
	const struct label_room *room = &growth->room;
	uint64_t size = 0;
	int r = label_fit(&growth->disk, room, label_align(room, room->limit, grain_of(growth)),
			  &size, err);

	growth->size = room->size;
	if (r == 0 && size > room->size &&
	    (size - room->size) * room->sector_bytes >= growth->work->minimum_bytes)
		growth->size = size;
	return r;
}

/* An earlier run that was cut short has written the table, and the kernel still has the old one. */
static int kernel_lags(const struct growth *growth, bool *ret, struct error *err)
{
	struct kernel_partition known = { 0 };
	const struct kernel_partition want = in_kernel(growth, growth->room.size);
	int r = 0;

	*ret = false;
	if (!growth->disk.name)
		return 0;
	r = kernel_find(growth->work->machine, growth->disk.name, want.number, &known, err);
	*ret = r == 0 && known.start == want.start && known.size < want.size;
	return r;
}

/* Whether anything uses the disk, or a partition of it. */
static int is_used(const struct machine *machine, const char *disk, bool *ret, struct error *err)
{
	AUTO(kernel_partitions_done) struct kernel_partitions known = { .count = 0 };
	int r = kernel_partitions_read(machine, disk, &known, err);

	*ret = false;
	for (size_t i = 0; r == 0 && !*ret && i < known.count; i++) {
		AUTO(device_done) struct device device = { .node = NULL };
		AUTO(device_uses_done) struct device_uses uses = { .count = 0 };

		r = device_read(machine, known.partitions[i].name, &device, err);
		if (r == 0)
			r = device_uses_find(machine, &device, &uses, err);
		*ret = uses.count > 0;
	}
	return r;
}

/* Some labels are changed only where nobody could be misled meanwhile. */
static int check_offline(const struct growth *growth, struct error *err)
{
	bool used = false;
	int r = growth->room.is_offline && growth->disk.name
			? is_used(growth->work->machine, growth->disk.name, &used, err)
			: 0;

	return used ? error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				"%s has a %s label, which is changed only while nothing on the "
				"disk is in use",
				growth->disk.node, growth->room.kind)
		    : r;
}

/* "4 GiB -> 64 GiB", and what else there is to do. */
static const char *summarize(const struct growth *growth)
{
	const struct label_room *room = &growth->room;
	struct arena *arena = growth->work->plan->arena;
	const char *sizes = work_size_text(growth->work, room->size * room->sector_bytes,
					   growth->size * room->sector_bytes);

	if (growth->size == room->size)
		sizes = room->is_damaged ? "as large as it is"
					 : "the kernel learns the size that its table says";
	return room->is_damaged
		       ? arena_printf(arena, "%s, a damaged copy of its table is written again",
				      sizes)
		       : sizes;
}

static void add_operation(struct resize_work *work, const char *object, const struct growth *growth)
{
	const char *summary = summarize(growth);
	const struct operation operation = {
		.class = &grow_partition_class,
		.phase = "partitions",
		.object = arena_strdup(work->plan->arena, object),
		.summary = summary,
		.log_text = arena_printf(work->plan->arena, "growing partition %s: %s", object,
					 summary),
		.detail = growth,
	};

	plan_add(work->plan, &operation);
}

int grow_partition_plan(struct resize_work *work, const char *object, const struct label_disk *disk,
			const struct label_room *room, uint64_t *ret_bytes, struct error *err)
{
	struct arena *arena = work->plan->arena;
	struct growth *growth = arena_alloc(arena, sizeof(*growth));
	bool lags = false;

	*growth = (struct growth){ .work = work, .disk = *disk, .room = *room };
	growth->disk.node = arena_strdup(arena, disk->node);
	/* What the kernel does not have as large as it is needs no telling. */
	growth->disk.name =
		disk->name && !room->is_container ? arena_strdup(arena, disk->name) : NULL;
	growth->room.kind = arena_strdup(arena, room->kind);
	growth->room.type = arena_strdup(arena, room->type);

	int r = decide_size(growth, err);

	if (r == 0)
		r = kernel_lags(growth, &lags, err);
	if (r == 0)
		r = check_offline(growth, err);
	if (r < 0)
		return r;
	if (growth->size != room->size || lags || room->is_damaged)
		add_operation(work, object, growth);
	*ret_bytes = growth->size * room->sector_bytes;
	return 0;
}
