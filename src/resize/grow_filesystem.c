#include "resize/grow_filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/alloc.h"

/* So many allocation groups make mounting slow: the filesystem was made for a far smaller disk. */
#define XFS_GROUPS_MANY 400

struct growth {
	struct resize_work *work;
	struct grow_filesystem_target target;
	uint64_t device_bytes; /* as it will be */
};

/* The filesystem, opened: what filesystem_size() and filesystem_grow() are given. */
struct opened {
	struct filesystem_place place;
	struct loop loop; /* of an image file */
	int mount_fd;	  /* -1: not mounted */
};

static void opened_done(struct opened *opened)
{
	if (opened->loop.fd >= 0)
		loop_detach(&opened->loop, /* err= */ NULL);
	loop_done(&opened->loop);
	scope_close(&opened->mount_fd);
}

DEFINE_DONE(struct opened, opened_done)

static int open_image(const struct growth *growth, unsigned flags, struct opened *opened,
		      struct error *err)
{
	const struct loop_params params = {
		.path = growth->target.image,
		.sector_bytes = growth->target.sector_bytes,
		.flags = flags | LOOP_AUTOCLEAR,
		.offset_bytes = growth->target.offset_bytes,
		.size_bytes = growth->device_bytes,
	};
	int r = loop_attach(&params, &opened->loop, err);

	opened->place.node = opened->loop.node;
	return r;
}

/* Another filesystem may be mounted on top, and must not be grown in the place of this one. */
static int check_mount(const struct growth *growth, int fd, struct error *err)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
		return error_errno(err, errno, "look at %s", growth->target.mount_point);
	if ((st.stx_mask & STATX_MNT_ID) && st.stx_mnt_id != growth->target.mount_id)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "what is mounted on %s is covered by another mount",
				 growth->target.mount_point);
	return 0;
}

static int open_mount(const struct growth *growth, struct opened *opened, struct error *err)
{
	const char *below = growth->target.mount_point + 1;

	opened->mount_fd = openat(growth->work->machine->host_fd, *below ? below : ".",
				  O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (opened->mount_fd < 0)
		return error_errno(err, errno, "open %s", growth->target.mount_point);
	opened->place.mount_fd = opened->mount_fd;
	return check_mount(growth, opened->mount_fd, err);
}

static int open_target(const struct growth *growth, unsigned flags, struct opened *ret,
		       struct error *err)
{
	*ret = (struct opened){
		.place = { .type = growth->target.type,
			   .node = growth->target.node,
			   .mount_fd = -1 },
		.loop = LOOP_INIT,
		.mount_fd = -1,
	};
	if (growth->target.image)
		return open_image(growth, flags, ret, err);
	return growth->target.mount_point ? open_mount(growth, ret, err) : 0;
}

/* What the device has now: an operation before this one may have given less than was planned. */
static int device_size(const char *node, uint64_t *ret, struct error *err)
{
	AUTO_CLOSE int fd = open(node, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, ret) < 0)
		return error_errno(err, errno, "ask for the size of %s", node);
	return 0;
}

static bool is_needed(const struct filesystem_size *size)
{
	return size->limit_bytes > size->bytes || size->is_unfinished;
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct growth *growth = operation->detail;
	AUTO(opened_done) struct opened opened = { .loop = LOOP_INIT, .mount_fd = -1 };
	struct filesystem_size size = { .bytes = 0 };
	uint64_t bytes = 0;
	int r = open_target(growth, /* flags= */ 0, &opened, err);

	(void)machine;
	if (r == 0)
		r = device_size(opened.place.node, &bytes, err);
	if (r == 0)
		r = filesystem_size(&opened.place, bytes, &size, err);
	if (r < 0 || !is_needed(&size))
		return r;
	r = filesystem_grow(&opened.place, &size, observer, err);
	if (r == 0 && size.groups >= XFS_GROUPS_MANY)
		event_message(observer, EVENT_WARNING,
			      "%s: this xfs now has %" PRIu64
			      " allocation groups, as it was made for a far smaller disk; mounting "
			      "it will be slow",
			      operation->object, size.groups);
	return r;
}

const struct operation_class grow_filesystem_class = {
	.name = "filesystem.grow",
	.noun = "filesystem",
	.apply = apply,
};

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

static void add_operation(struct resize_work *work, const struct growth *growth,
			  const struct filesystem_size *size)
{
	const struct grow_filesystem_target *target = &growth->target;
	struct arena *arena = work->plan->arena;
	const char *object = target->mount_point ?: target->image ?: target->node;
	const char *sizes =
		arena_printf(arena, "%s, %s", target->type,
			     size->limit_bytes > size->bytes
				     ? work_size_text(work, size->bytes, size->limit_bytes)
				     : "a growth that was cut short is finished");
	const struct operation operation = {
		.class = &grow_filesystem_class,
		.phase = "filesystems",
		.object = object,
		.summary = sizes,
		.log_text = arena_printf(arena, "growing filesystem %s: %s", object, sizes),
		.detail = growth,
	};

	plan_add(work->plan, &operation);
}

int grow_filesystem_plan(struct resize_work *work, const struct grow_filesystem_target *target,
			 uint64_t device_bytes, struct error *err)
{
	struct arena *arena = work->plan->arena;
	struct growth *growth = arena_alloc(arena, sizeof(*growth));
	AUTO(opened_done) struct opened opened = { .loop = LOOP_INIT, .mount_fd = -1 };
	struct filesystem_size size = { .bytes = 0 };

	*growth = (struct growth){ .work = work, .target = *target, .device_bytes = device_bytes };
	growth->target.type = copy(arena, target->type);
	growth->target.node = copy(arena, target->node);
	growth->target.mount_point = copy(arena, target->mount_point);
	growth->target.image = copy(arena, target->image);

	int r = open_target(growth, LOOP_READ_ONLY, &opened, err);

	if (r == 0)
		r = filesystem_size(&opened.place, device_bytes, &size, err);
	if (r < 0 || !is_needed(&size))
		return r;
	if (size.has_errors)
		return error_set(err, ERROR_UNSUPPORTED, EPERM,
				 "the ext4 filesystem on %s has recorded errors and is not grown; "
				 "check it with e2fsck while it is not mounted",
				 target->node ?: target->image);
	add_operation(work, growth, &size);
	return 0;
}
