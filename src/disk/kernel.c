#include "disk/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <linux/blkpg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "base/number.h"
#include "disk/directory.h"

#define SYSFS_BLOCK   "sys/class/block"
#define ATTRIBUTE_MAX 4096
#define LOCK_POLL_MS  100
#define UDEV_POLL_MS  20
#define UDEV_CONTROL  "run/udev/control"
#define SAY_AGAIN_MS  5000
#define NUMBER_MAX    65535

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

char *kernel_partition_name(const char *disk, unsigned number)
{
	size_t length = strlen(disk);
	bool ends_in_digit = length && disk[length - 1] >= '0' && disk[length - 1] <= '9';

	return xasprintf("%s%s%u", disk, ends_in_digit ? "p" : "", number);
}

/* A number in a file of sysfs. */
static int read_number(const struct machine *machine, const char *name, const char *attribute,
		       uint64_t *ret, struct error *err)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/%s", name, attribute);
	AUTO_FREE char *text = NULL;
	int r = machine_read(machine, path, ATTRIBUTE_MAX, &text, /* ret_length= */ NULL, err);

	if (r < 0)
		return r;
	r = number_parse_u64(slice_trim(slice_of(text)), 0, UINT64_MAX, ret);
	return r < 0 ? error_set(err, ERROR_SYSTEM, -r, "/%s says \"%s\"", path, text) : 0;
}

static int read_partition(const struct machine *machine, const char *name,
			  struct kernel_partition *ret, struct error *err)
{
	uint64_t number = 0;
	int r = read_number(machine, name, "partition", &number, err);

	if (r == 0)
		r = read_number(machine, name, "start", &ret->start, err);
	if (r == 0)
		r = read_number(machine, name, "size", &ret->size, err);
	if (r == 0 && number > NUMBER_MAX)
		r = error_set(err, ERROR_SYSTEM, ERANGE, "%s has number %" PRIu64, name, number);
	if (r < 0)
		return r;
	ret->number = (unsigned)number;
	ret->name = xstrdup(name);
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct kernel_partition *left = a;
	const struct kernel_partition *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

static bool is_partition(int directory, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/partition", name);

	return faccessat(directory, path, F_OK, 0) == 0;
}

int kernel_partitions_read(const struct machine *machine, const char *disk,
			   struct kernel_partitions *ret, struct error *err)
{
	struct kernel_partitions found = { 0 };
	AUTO(directory_close) DIR *directory = NULL;
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s", disk);
	const char *name = NULL;
	int r = directory_open(machine, path, &directory, err);

	while (r == 0 && (name = directory_next(directory))) {
		if (!is_partition(dirfd(directory), name))
			continue;
		found.partitions =
			xreallocarray(found.partitions, found.count + 1, sizeof(*found.partitions));
		found.partitions[found.count] = (struct kernel_partition){ 0 };
		r = read_partition(machine, name, &found.partitions[found.count], err);
		found.count += r == 0;
	}
	if (r < 0) {
		kernel_partitions_done(&found);
		return r;
	}
	if (found.count)
		qsort(found.partitions, found.count, sizeof(*found.partitions), compare_numbers);
	*ret = found;
	return 0;
}

void kernel_partitions_done(struct kernel_partitions *partitions)
{
	for (size_t i = 0; i < partitions->count; i++)
		free(partitions->partitions[i].name);
	free(partitions->partitions);
	*partitions = (struct kernel_partitions){ 0 };
}

/* A partition of the table in the kernel's sectors. */
static struct kernel_partition expected(const struct table *table,
					const struct table_partition *partition)
{
	uint64_t factor = table->disk.sector_bytes / KERNEL_SECTOR_BYTES;

	return (struct kernel_partition){
		.number = partition->number,
		.start = partition->start * factor,
		.size = partition->size * factor,
	};
}

struct changes {
	struct kernel_change *list;
	size_t count;
};

static void add_change(struct changes *changes, enum kernel_change_kind kind,
		       const struct kernel_partition *partition)
{
	changes->list = xreallocarray(changes->list, changes->count + 1, sizeof(*changes->list));
	changes->list[changes->count++] = (struct kernel_change){
		.kind = kind,
		.number = partition->number,
		.start = partition->start,
		.size = partition->size,
	};
}

static const struct kernel_partition *find_known(const struct kernel_partitions *known,
						 unsigned number)
{
	for (size_t i = 0; i < known->count; i++)
		if (known->partitions[i].number == number)
			return &known->partitions[i];
	return NULL;
}

static void add_deletes(struct changes *changes, const struct table *table,
			const struct kernel_partitions *known)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct kernel_partition *old = &known->partitions[i];
		const struct table_partition *partition = table_find(table, old->number);

		if (!partition || expected(table, partition).start != old->start)
			add_change(changes, KERNEL_DELETE, old);
	}
}

enum resize_direction {
	RESIZE_SHRINK,
	RESIZE_GROW,
};

static void add_resizes(struct changes *changes, const struct table *table,
			const struct kernel_partitions *known, enum resize_direction direction)
{
	for (size_t i = 0; i < table->count; i++) {
		struct kernel_partition want = expected(table, &table->partitions[i]);
		const struct kernel_partition *old = find_known(known, want.number);

		if (!old || old->start != want.start || old->size == want.size)
			continue;
		if ((want.size < old->size) == (direction == RESIZE_SHRINK))
			add_change(changes, KERNEL_RESIZE, &want);
	}
}

static void add_adds(struct changes *changes, const struct table *table,
		     const struct kernel_partitions *known)
{
	for (size_t i = 0; i < table->count; i++) {
		struct kernel_partition want = expected(table, &table->partitions[i]);
		const struct kernel_partition *old = find_known(known, want.number);

		if (!old || old->start != want.start)
			add_change(changes, KERNEL_ADD, &want);
	}
}

void kernel_changes(const struct table *table, const struct kernel_partitions *known,
		    struct kernel_change **ret, size_t *ret_count)
{
	struct changes changes = { 0 };

	add_deletes(&changes, table, known);
	add_resizes(&changes, table, known, RESIZE_SHRINK);
	add_resizes(&changes, table, known, RESIZE_GROW);
	add_adds(&changes, table, known);
	*ret = changes.list;
	*ret_count = changes.count;
}

static const struct {
	int operation;
	const char *verb;
} change_calls[] = {
	[KERNEL_DELETE] = { BLKPG_DEL_PARTITION, "forget" },
	[KERNEL_RESIZE] = { BLKPG_RESIZE_PARTITION, "resize" },
	[KERNEL_ADD] = { BLKPG_ADD_PARTITION, "add" },
};

static int tell(int disk_fd, const char *disk, const struct kernel_change *change,
		struct error *err)
{
	struct blkpg_partition partition = {
		.pno = (int)change->number,
		.start = (long long)(change->start * KERNEL_SECTOR_BYTES),
		.length = (long long)(change->size * KERNEL_SECTOR_BYTES),
	};
	struct blkpg_ioctl_arg arg = {
		.op = change_calls[change->kind].operation,
		.datalen = sizeof(partition),
		.data = &partition,
	};

	if (ioctl(disk_fd, BLKPG, &arg) == 0)
		return 0;
	return error_errno(err, errno, "have the kernel %s partition %u of /dev/%s",
			   change_calls[change->kind].verb, change->number, disk);
}

static int verify_one(const char *name, const struct kernel_partition *want,
		      const struct kernel_partition *got, struct error *err)
{
	if (!got)
		return error_set(err, ERROR_VERIFY, EIO,
				 "\"/dev/%s\" does not exist after partitioning", name);
	if (got->start != want->start)
		return error_set(err, ERROR_VERIFY, EIO,
				 "kernel partition start for \"/dev/%s\" does not match expected "
				 "(%" PRIu64 " != %" PRIu64 " 512-byte sectors)",
				 name, got->start, want->start);
	if (got->size != want->size)
		return error_set(err, ERROR_VERIFY, EIO,
				 "kernel partition size for \"/dev/%s\" does not match expected "
				 "(%" PRIu64 " != %" PRIu64 " 512-byte sectors)",
				 name, got->size, want->size);
	return 0;
}

int kernel_verify(const struct machine *machine, const char *disk, const struct table *table,
		  struct error *err)
{
	AUTO(kernel_partitions_done) struct kernel_partitions known = { 0 };
	int r = kernel_partitions_read(machine, disk, &known, err);

	for (size_t i = 0; i < known.count && r == 0; i++)
		if (!table_find(table, known.partitions[i].number))
			r = error_set(err, ERROR_VERIFY, EIO,
				      "\"/dev/%s\" unexpectedly exists after partitioning",
				      known.partitions[i].name);
	for (size_t i = 0; i < table->count && r == 0; i++) {
		struct kernel_partition want = expected(table, &table->partitions[i]);
		AUTO_FREE char *name = kernel_partition_name(disk, want.number);

		r = verify_one(name, &want, find_known(&known, want.number), err);
	}
	return r;
}

int kernel_tell(const struct machine *machine, const char *disk, int disk_fd,
		const struct table *table, struct error *err)
{
	AUTO(kernel_partitions_done) struct kernel_partitions known = { 0 };
	AUTO_FREE struct kernel_change *changes = NULL;
	size_t count = 0;
	int r = kernel_partitions_read(machine, disk, &known, err);

	if (r < 0)
		return r;
	kernel_changes(table, &known, &changes, &count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = tell(disk_fd, disk, &changes[i], err);
	return r < 0 ? r : kernel_verify(machine, disk, table, err);
}

int kernel_find(const struct machine *machine, const char *disk, unsigned number,
		struct kernel_partition *ret, struct error *err)
{
	AUTO_FREE char *name = kernel_partition_name(disk, number);
	AUTO(error_done) struct error problem = ERROR_INIT;
	struct kernel_partition found = { 0 };
	int r = read_partition(machine, name, &found, &problem);

	if (r == -ENOENT)
		return error_set(err, ERROR_BUSY, ENXIO,
				 "the kernel does not know partition %u of /dev/%s; have it read "
				 "the table (partx --add), or reboot",
				 number, disk);
	if (r < 0)
		return error_move(err, &problem, r);
	free(found.name);
	found.name = NULL;
	*ret = found;
	return 0;
}

int kernel_grow(const struct machine *machine, const char *disk, int disk_fd,
		const struct kernel_partition *want, struct error *err)
{
	struct kernel_partition known = { 0 };
	const struct kernel_change change = { .kind = KERNEL_RESIZE,
					      .number = want->number,
					      .start = want->start,
					      .size = want->size };
	AUTO_FREE char *name = kernel_partition_name(disk, want->number);
	int r = kernel_find(machine, disk, want->number, &known, err);

	if (r < 0)
		return r;
	if (known.start != want->start || known.size > want->size)
		return error_set(err, ERROR_BUSY, ENXIO,
				 "the kernel has partition %u of /dev/%s elsewhere than its table; "
				 "reboot first",
				 want->number, disk);
	if (known.size == want->size)
		return 0;
	r = tell(disk_fd, disk, &change, err);
	if (r == 0)
		r = kernel_find(machine, disk, want->number, &known, err);
	return r < 0 ? r : verify_one(name, want, &known, err);
}

int kernel_lock(int disk_fd, const char *device, int64_t timeout_ms,
		const struct event_observer *observer, struct error *err)
{
	AUTO_FREE char *what = xasprintf("lock on %s, which another program holds", device);
	const int64_t start = now_ms();
	int64_t said = 0;

	while (flock(disk_fd, LOCK_EX | LOCK_NB) < 0) {
		int64_t elapsed = now_ms() - start;

		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(err, errno, "lock %s", device);
		if (elapsed >= timeout_ms)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "%s is locked by another program (waited %" PRId64 " s)",
					 device, timeout_ms / 1000);
		if (elapsed >= said) {
			event_notify(observer,
				     &(struct event){ .kind = EVENT_WAIT,
						      .text = what,
						      .remaining_ms = timeout_ms - elapsed });
			said = elapsed + SAY_AGAIN_MS;
		}
		sleep_ms(LOCK_POLL_MS);
	}
	return 0;
}

int kernel_share(int disk_fd, const char *device, struct error *err)
{
	if (flock(disk_fd, LOCK_SH | LOCK_NB) < 0)
		return error_errno(err, errno, "share the lock on %s", device);
	return 0;
}

/* When udev last wrote its record of the device; 0 when there is none. */
static int64_t record_time(const struct machine *machine, const char *record)
{
	struct stat st;

	if (fstatat(machine->host_fd, record, &st, 0) < 0)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

static int send_change(const struct machine *machine, const char *name, struct error *err)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/uevent", name);
	AUTO_CLOSE int fd = openat(machine->host_fd, path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "change", strlen("change")) < 0)
		return error_errno(err, errno, "write /%s", path);
	return 0;
}

int kernel_notify(const struct machine *machine, const char *name, int64_t timeout_ms,
		  struct error *err)
{
	AUTO_FREE char *dev_path = xasprintf(SYSFS_BLOCK "/%s/dev", name);
	AUTO_FREE char *dev = NULL;
	int r = machine_read(machine, dev_path, ATTRIBUTE_MAX, &dev, /* ret_length= */ NULL, err);

	if (r < 0)
		return r;

	AUTO_FREE char *number = slice_dup(slice_trim(slice_of(dev)));
	AUTO_FREE char *record = xasprintf("run/udev/data/b%s", number);
	const int64_t before = record_time(machine, record);
	const int64_t start = now_ms();

	r = send_change(machine, name, err);
	if (r < 0 || faccessat(machine->host_fd, UDEV_CONTROL, F_OK, 0) < 0)
		return r;
	while (record_time(machine, record) == before && now_ms() - start < timeout_ms)
		sleep_ms(UDEV_POLL_MS);
	return 0;
}
