#include "resize/growpart.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/command.h"
#include "disk/device.h"
#include "disk/kernel.h"
#include "disk/probe.h"
#include "resize/grow_partition.h"

/* Kept free at the end whatever the label is: a backup GPT and its 32 sectors of entries. */
#define RESERVED_SECTORS 33
/* Sectors that a DOS label can count. */
#define DOS_SECTORS_MAX	    ((uint64_t)1 << 32)
#define PVRESIZE_TIMEOUT_MS 60000

struct run {
	struct machine *machine;
	const struct growpart_options *options;
	struct resize_work *work;
	struct text *line;
	struct label_disk disk;
	struct device device; /* of the disk; node NULL: an image file */
	struct label_room room;
};

static void run_done(struct run *run)
{
	label_room_done(&run->room);
	device_done(&run->device);
}

DEFINE_DONE(struct run, run_done)

static enum growpart_status fail(const struct run *run, const struct error *problem)
{
	text_printf(run->line, "FAILED: %s", problem->text);
	return GROWPART_FAILED;
}

/* The kernel's part, as --update asks for it: a disk without a name is not told about. */
static int decide_update(struct run *run, struct error *err)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct kernel_partition known = { 0 };
	int r = 0;

	if (!run->device.node || run->options->update == GROWPART_UPDATE_OFF)
		return 0;
	r = kernel_find(run->machine, run->device.name, run->options->number, &known, &problem);
	if (r == 0)
		run->disk.name = run->device.name;
	if (r < 0 && run->options->update == GROWPART_UPDATE_ON)
		return error_move(err, &problem, r);
	return 0;
}

static int open_disk(struct run *run, struct error *err)
{
	struct stat st;
	AUTO_FREE char *path = realpath(run->options->disk, NULL);

	if (!path || stat(path, &st) < 0)
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "%s: does not exist",
				 run->options->disk);
	run->disk.node = run->options->disk;
	if (S_ISREG(st.st_mode))
		return 0;

	int r = device_find(run->machine, path, &run->device, err);

	run->disk.node = run->device.node;
	return r < 0 ? r : decide_update(run, err);
}

/* What --free-percent leaves free, less what a DOS label cannot use anyway. */
static uint64_t free_sectors(const struct run *run)
{
	const uint64_t sectors = run->room.disk_sectors;
	const uint64_t wanted = sectors / 100 * run->options->free_percent;
	const bool is_dos = slice_is(slice_of(run->room.kind), "dos");
	const uint64_t lost = is_dos && sectors > DOS_SECTORS_MAX ? sectors - DOS_SECTORS_MAX : 0;

	return wanted > lost ? wanted - lost : 0;
}

/* The last sector that it may have: a neighbour's space is left free, too. */
static uint64_t last_sector(const struct run *run)
{
	const uint64_t sectors = run->room.disk_sectors;
	const uint64_t limit = run->room.start + run->room.limit - 1;
	const uint64_t reserved = RESERVED_SECTORS + 1;
	const uint64_t unreserved = sectors > reserved ? sectors - reserved : 0;
	const uint64_t last = limit < unreserved ? limit : unreserved;
	const uint64_t left = free_sectors(run);

	return last > left ? last - left : 0;
}

/* Why nothing is done; false: something is. */
static bool is_needless(const struct run *run, uint64_t last)
{
	const uint64_t end = run->room.start + run->room.size - 1;
	/* No label has sectors of nothing. */
	const uint64_t fudge = run->options->fudge_bytes / (run->room.sector_bytes ?: 1);

	if (last < end && run->options->free_percent)
		text_printf(run->line,
			    "NOCHANGE: partition %u could not be grown while leaving %u%% (%" PRIu64
			    " sectors) free on device",
			    run->room.number, run->options->free_percent,
			    run->room.disk_sectors / 100 * run->options->free_percent);
	else if (last == end)
		text_printf(run->line,
			    "NOCHANGE: partition %u is size %" PRIu64 ". it cannot be grown",
			    run->room.number, run->room.size);
	else if (last < end + fudge)
		text_printf(run->line,
			    "NOCHANGE: partition %u could only be grown by %" PRId64
			    " [fudge=%" PRIu64 "]",
			    run->room.number, (int64_t)(last - end), fudge);
	else
		return false;
	return true;
}

static int grow(struct run *run, uint64_t size, struct error *err)
{
	AUTO_FREE char *object = xasprintf("%u of %s", run->room.number, run->disk.node);
	uint64_t bytes = 0;

	run->room.limit = size;

	int r = grow_partition_plan(run->work, object, &run->disk, &run->room, &bytes, err);

	for (size_t i = 0; i < run->work->plan->count && r == 0; i++) {
		const struct operation *operation = &run->work->plan->operations[i];

		r = operation->class->apply(operation, run->machine, run->work->observer, err);
	}
	work_release(run->work);
	return r;
}

/* A physical volume of LVM learns of its new size; its volumes are somebody's choice. */
static int grow_physical_volume(const struct run *run, struct error *err)
{
	if (!run->disk.name)
		return 0;

	AUTO_FREE char *name = kernel_partition_name(run->disk.name, run->room.number);
	AUTO_FREE char *node = xasprintf("/dev/%s", name);
	AUTO(probe_result_done) struct probe_result found = { .type = NULL };
	const char *const argv[] = { "pvresize", "--", node, NULL };
	const struct command command = { .argv = argv,
					 .timeout_ms = PVRESIZE_TIMEOUT_MS,
					 .observer = run->work->observer };

	if (probe_device(node, /* range= */ NULL, &found, /* err= */ NULL) < 0 || !found.type ||
	    strcmp(found.type, "LVM2_member") != 0)
		return 0;
	return command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
}

static enum growpart_status grow_measured(struct run *run)
{
	AUTO(error_done) struct error problem = ERROR_INIT;
	const uint64_t end = run->room.start + run->room.size - 1;
	const uint64_t old = run->room.size;
	uint64_t last = last_sector(run);
	uint64_t size = last + 1 - run->room.start;

	if (last > end && label_fit(&run->disk, &run->room, size, &size, &problem) < 0)
		return fail(run, &problem);
	last = last > end ? run->room.start + size - 1 : last;
	if (is_needless(run, last))
		return GROWPART_UNCHANGED;
	if (!run->options->is_dry_run &&
	    (grow(run, size, &problem) < 0 || grow_physical_volume(run, &problem) < 0))
		return fail(run, &problem);
	text_printf(run->line,
		    "%s: partition=%u start=%" PRIu64 " old: size=%" PRIu64 " end=%" PRIu64
		    " new: size=%" PRIu64 " end=%" PRIu64,
		    run->options->is_dry_run ? "CHANGE" : "CHANGED", run->room.number,
		    run->room.start, old, run->room.start + old - 1, size, last);
	return GROWPART_CHANGED;
}

enum growpart_status growpart_run(struct machine *machine, const struct growpart_options *options,
				  const struct event_observer *observer, struct text *line)
{
	AUTO(work_done)
	struct resize_work work = { .machine = machine,
				    .observer = observer,
				    .plan = plan_new(),
				    .grain_bytes = 1,
				    .minimum_bytes = 1 };
	AUTO(run_done)
	struct run run = { .machine = machine, .options = options, .work = &work, .line = line };
	AUTO(error_done) struct error problem = ERROR_INIT;
	int r = open_disk(&run, &problem);

	if (r == 0)
		r = label_measure(&run.disk, options->number, &run.room, &problem);
	return r < 0 ? fail(&run, &problem) : grow_measured(&run);
}
