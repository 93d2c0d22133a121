/*
 * DOS, with logical partitions, by libfdisk.
 *
 * The other labels that it knows (Sun, SGI, BSD) it refuses to resize: they are left to libparted.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "disk/fdisk_session.h"
#include "resize/label.h"

/* Sectors are 32 bits wide in a DOS label. */
#define DOS_SECTORS_MAX ((uint64_t)1 << 32)
/* Left free at the end, so that the label can become a GPT later, as growpart does. */
#define GPT_BACKUP_SECTORS 33
/* Of the boot program that such a disk begins with. */
#define PC98_MAGIC	 "IPL1"
#define PC98_MAGIC_BYTES 4
#define PC98_MAGIC_AT	 4

DEFINE_RELEASE(struct fdisk_partition *, fdisk_unref_partition)
DEFINE_RELEASE(struct fdisk_table *, fdisk_unref_table)
DEFINE_RELEASE(struct fdisk_iter *, fdisk_free_iter)

/* A PC-98 label has the signature of a DOS label, and libfdisk takes it for an empty one. */
static bool is_dos(const struct fdisk_session *session, int fd)
{
	char magic[PC98_MAGIC_BYTES];

	return fdisk_has_label(session->context) &&
	       fdisk_is_labeltype(session->context, FDISK_DISKLABEL_DOS) &&
	       (pread(fd, magic, sizeof(magic), PC98_MAGIC_AT) != sizeof(magic) ||
		memcmp(magic, PC98_MAGIC, sizeof(magic)) != 0);
}

static int find(const struct fdisk_session *session, unsigned number, struct fdisk_partition **ret,
		struct error *err)
{
	int r = fdisk_get_partition(session->context, number - 1, ret);

	if (r < 0 || !fdisk_partition_is_used(*ret) || !fdisk_partition_has_start(*ret) ||
	    !fdisk_partition_has_size(*ret))
		return error_set(err, ERROR_NOT_FOUND, ENOENT, "%s has no partition %u",
				 session->device, number);
	return 0;
}

/* Where the disk ends for a partition, exclusive. */
static uint64_t end_of_disk(const struct fdisk_session *session)
{
	uint64_t end = fdisk_get_nsectors(session->context);

	end = end > GPT_BACKUP_SECTORS ? end - GPT_BACKUP_SECTORS : end;
	return end < DOS_SECTORS_MAX ? end : DOS_SECTORS_MAX - 1;
}

/*
 * What @other leaves of @limit.  A logical partition grows to the end of its container when it is
 * the last there: in front of others lie their records.
 */
static uint64_t bound(struct fdisk_partition *self, struct fdisk_partition *other, uint64_t limit)
{
	const uint64_t start = fdisk_partition_get_start(self);
	const uint64_t other_start = fdisk_partition_get_start(other);
	const bool is_nested = fdisk_partition_is_nested(self);

	if (is_nested && fdisk_partition_is_container(other)) {
		uint64_t end = other_start + fdisk_partition_get_size(other);

		return end < limit ? end : limit;
	}
	if (is_nested != fdisk_partition_is_nested(other) || other_start <= start)
		return limit;
	if (is_nested)
		return start + fdisk_partition_get_size(self);
	return other_start < limit ? other_start : limit;
}

static int find_limit(const struct fdisk_session *session, struct fdisk_partition *self,
		      uint64_t *ret, struct error *err)
{
	AUTO(fdisk_free_iter) struct fdisk_iter *iter = fdisk_new_iter(FDISK_ITER_FORWARD);
	AUTO(fdisk_unref_table) struct fdisk_table *table = NULL;
	struct fdisk_partition *other = NULL; /* borrowed from the table */
	uint64_t limit = end_of_disk(session);
	int r = fdisk_get_partitions(session->context, &table);

	if (r < 0 || !iter)
		return fdisk_session_refuse(session, r ?: -ENOMEM, err, "list the partitions");
	while (fdisk_table_next_partition(table, iter, &other) == 0)
		if (fdisk_partition_is_used(other) &&
		    fdisk_partition_get_partno(other) != fdisk_partition_get_partno(self))
			limit = bound(self, other, limit);
	*ret = limit;
	return 0;
}

static char *type_of(struct fdisk_partition *partition)
{
	struct fdisk_parttype *type = fdisk_partition_get_type(partition);

	return xasprintf("%02X", type ? fdisk_parttype_get_code(type) : 0);
}

static int measure_partition(const struct fdisk_session *session, unsigned number,
			     struct label_room *ret, struct error *err)
{
	AUTO(fdisk_unref_partition) struct fdisk_partition *self = NULL;
	uint64_t limit = 0;
	int r = find(session, number, &self, err);

	if (r == 0)
		r = find_limit(session, self, &limit, err);
	if (r < 0)
		return r;
	const uint64_t end = fdisk_partition_get_end(self) + 1;

	ret->kind = xstrdup("dos");
	ret->type = type_of(self);
	ret->sector_bytes = (uint32_t)fdisk_get_sector_size(session->context);
	ret->disk_sectors = fdisk_get_nsectors(session->context);
	ret->number = number;
	ret->start = fdisk_partition_get_start(self);
	ret->size = fdisk_partition_get_size(self);
	ret->limit = (limit > end ? limit : end) - ret->start;
	ret->is_container = fdisk_partition_is_container(self);
	if (ret->disk_sectors < end)
		return error_set(err, ERROR_INPUT, ERANGE,
				 "partition %u of %s reaches beyond the end of the disk: it was "
				 "made smaller; make it as large as it was",
				 number, session->device);
	return 0;
}

static int measure(const struct label_disk *disk, unsigned number, struct label_room *ret,
		   struct error *err)
{
	AUTO(fdisk_session_done) struct fdisk_session session = { .context = NULL };
	AUTO_CLOSE int fd = open(disk->node, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", disk->node);

	int r = fdisk_session_open(fd, disk->node, disk->sector_bytes ?: 512, &session, err);

	if (r < 0)
		return r;
	if (!is_dos(&session, fd))
		return -ENODEV;
	return measure_partition(&session, number, ret, err);
}

static int extend(const struct label_disk *disk, int fd, const struct label_room *room,
		  uint64_t size, struct error *err)
{
	AUTO(fdisk_session_done) struct fdisk_session session = { .context = NULL };
	AUTO(fdisk_unref_partition) struct fdisk_partition *now = NULL;
	AUTO(fdisk_unref_partition) struct fdisk_partition *want = fdisk_new_partition();
	int r = fdisk_session_open(fd, disk->node, disk->sector_bytes ?: 512, &session, err);

	if (r == 0)
		r = find(&session, room->number, &now, err);
	if (r < 0)
		return r;
	if (fdisk_partition_get_start(now) != room->start || !want)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s: partition %u changed since it was looked at; run again",
				 disk->node, room->number);
	fdisk_partition_set_start(want, room->start);
	fdisk_partition_set_size(want, size);
	fdisk_partition_size_explicit(want, 1);
	text_clear(&session.messages);
	r = fdisk_set_partition(session.context, room->number - 1, want);
	if (r == 0)
		r = fdisk_write_disklabel(session.context);
	if (r < 0)
		return fdisk_session_refuse(&session, r, err, "write the label");
	return fsync(fd) < 0 ? error_errno(err, errno, "sync %s", disk->node) : 0;
}

const struct label_backend label_dos = { .measure = measure, .extend = extend };
