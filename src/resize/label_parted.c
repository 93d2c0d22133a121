/*
 * The labels that libfdisk lacks, or cannot resize, by libparted: mac, amiga, atari, bsd, dvh
 * (SGI), pc98, sun, dasd.
 *
 * It would tell the kernel by deleting and adding partitions, and its exceptions go to one handler
 * of the process: so it is used in this file alone, and only while nothing of the disk is in use.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "resize/label.h"
#include "resize/parted_library.h"

/* What libparted calls a filesystem without a table, and what is not left to it. */
static const char *const not_ours[] = { "loop", "gpt", "msdos", "gpt_sync_mbr" };

/* A disk in the hands of libparted. */
struct session {
	struct parted_library parted;
	PedDevice *device;
	PedDisk *disk;
	const char *kind; /* libparted's name of the label; static */
};

static void session_done(struct session *session)
{
	if (session->disk)
		session->parted.disk_destroy(session->disk);
	if (session->device)
		session->parted.device_destroy(session->device);
}

DEFINE_DONE(struct session, session_done)

/* Nothing is asked: what libparted would ask about is refused. */
static PedExceptionOption refuse_all(PedException *exception)
{
	(void)exception;
	return PED_EXCEPTION_UNHANDLED;
}

static bool is_ours(const PedDiskType *type)
{
	for (size_t i = 0; type && i < ARRAY_SIZE(not_ours); i++)
		if (strcmp(type->name, not_ours[i]) == 0)
			return false;
	return type != NULL;
}

static int open_session(const struct label_disk *disk, struct session *session, struct error *err)
{
	int r = parted_library_load(&session->parted, err);

	if (r < 0)
		return r;
	session->parted.exception_set_handler(refuse_all);
	session->device = session->parted.device_get(disk->node);
	if (!session->device)
		return error_set(err, ERROR_SYSTEM, EIO, "libparted cannot open %s", disk->node);

	const PedDiskType *type = session->parted.disk_probe(session->device);

	if (!is_ours(type))
		return -ENODEV;
	session->kind = type->name;
	session->disk = session->parted.disk_new(session->device);
	if (!session->disk)
		return error_set(err, ERROR_INPUT, EUCLEAN,
				 "%s has a %s label that libparted cannot read without a question",
				 disk->node, type->name);
	return 0;
}

/* The first sector behind @self that another partition, or the end of the disk, has. */
static PedSector find_limit(const struct session *session, const PedPartition *self)
{
	PedSector limit = session->device->length;
	const PedPartition *p = NULL;

	while ((p = session->parted.disk_next_partition(session->disk, p)))
		if (p->num != self->num && p->num > 0 && p->geom.start > self->geom.start &&
		    p->geom.start < limit)
			limit = p->geom.start;
	return limit;
}

/* Borrowed from the session; NULL, with @err set, when there is none. */
static PedPartition *find(const struct session *session, const char *node, unsigned number,
			  struct error *err)
{
	PedPartition *found = session->parted.disk_get_partition(session->disk, (int)number);

	if (!found)
		error_set(err, ERROR_NOT_FOUND, ENOENT, "%s has no partition %u", node, number);
	return found;
}

static int measure(const struct label_disk *disk, unsigned number, struct label_room *ret,
		   struct error *err)
{
	AUTO(session_done) struct session session = { .disk = NULL };
	int r = open_session(disk, &session, err);

	if (r < 0)
		return r;

	const PedPartition *self = find(&session, disk->node, number, err);

	if (!self)
		return -ENOENT;
	ret->kind = xstrdup(session.kind);
	ret->type = xstrdup(self->fs_type ? self->fs_type->name : "");
	ret->sector_bytes = (uint32_t)session.device->sector_size;
	ret->disk_sectors = (uint64_t)session.device->length;
	ret->number = number;
	ret->start = (uint64_t)self->geom.start;
	ret->size = (uint64_t)self->geom.length;
	ret->limit = (uint64_t)(find_limit(&session, self) - self->geom.start);
	ret->is_offline = true;
	return 0;
}

/* What libparted is told about the new geometry. */
struct bounds {
	PedGeometry *starts;
	PedGeometry *ends;
	PedAlignment *any;
	PedConstraint *constraint;
};

static void bounds_free(const struct session *session, const struct bounds *bounds)
{
	if (bounds->constraint)
		session->parted.constraint_destroy(bounds->constraint);
	if (bounds->any)
		session->parted.alignment_destroy(bounds->any);
	if (bounds->starts)
		session->parted.geometry_destroy(bounds->starts);
	if (bounds->ends)
		session->parted.geometry_destroy(bounds->ends);
}

/* The start stays; a label of cylinders may end the partition earlier than asked for. */
static bool set_end(const struct session *session, PedPartition *self, PedSector end)
{
	const struct parted_library *parted = &session->parted;
	const PedSector start = self->geom.start;
	struct bounds bounds = {
		.starts = parted->geometry_new(session->device, start, 1),
		.ends = parted->geometry_new(session->device, self->geom.end,
					     end - self->geom.end + 1),
		.any = parted->alignment_new(0, 1),
	};

	if (bounds.starts && bounds.ends && bounds.any)
		bounds.constraint = parted->constraint_new(bounds.any, bounds.any, bounds.starts,
							   bounds.ends, 1, session->device->length);

	bool ok = bounds.constraint && parted->disk_set_partition_geom(
					       session->disk, self, bounds.constraint, start, end);

	bounds_free(session, &bounds);
	return ok;
}

/* The partition of @room with its new end, in memory; @ret is borrowed from the session. */
static int change(const struct label_disk *disk, const struct label_room *room, uint64_t size,
		  struct session *session, PedPartition **ret, struct error *err)
{
	int r = open_session(disk, session, err);

	if (r == -ENODEV)
		return error_set(err, ERROR_BUSY, EBUSY, "the label of %s is gone", disk->node);
	if (r < 0)
		return r;
	*ret = find(session, disk->node, room->number, err);
	if (!*ret)
		return -ENOENT;
	if (!set_end(session, *ret, (PedSector)(room->start + size - 1)))
		return error_set(err, ERROR_SYSTEM, EIO,
				 "libparted refuses to enlarge partition %u of %s (%s label)",
				 room->number, disk->node, room->kind);
	return 0;
}

static int fit(const struct label_disk *disk, const struct label_room *room, uint64_t size,
	       uint64_t *ret_size, struct error *err)
{
	AUTO(session_done) struct session session = { .disk = NULL };
	PedPartition *self = NULL;
	int r = change(disk, room, size, &session, &self, err);

	if (r == 0 && self)
		*ret_size = (uint64_t)self->geom.length;
	return r;
}

static int extend(const struct label_disk *disk, int fd, const struct label_room *room,
		  uint64_t size, struct error *err)
{
	AUTO(session_done) struct session session = { .disk = NULL };
	PedPartition *self = NULL;
	int r = change(disk, room, size, &session, &self, err);

	if (r < 0)
		return r;
	if (!session.parted.disk_commit_to_dev(session.disk))
		return error_set(err, ERROR_SYSTEM, EIO, "libparted cannot write the label of %s",
				 disk->node);
	return fsync(fd) < 0 ? error_errno(err, errno, "sync %s", disk->node) : 0;
}

const struct label_backend label_parted = { .measure = measure, .fit = fit, .extend = extend };
