#include "host/node_detail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/root.h"

/* One sendfile: large enough to be few, small enough to be interrupted. */
#define COPY_BYTES ((size_t)1 << 24)
/* Extended attributes (Linux, limits.h: XATTR_LIST_MAX; ext4 and the security modules: a page). */
#define ATTRIBUTE_NAMES_MAX 65536
#define ATTRIBUTE_VALUE_MAX 4096

/* One operation at work: what all its steps need. */
struct work {
	const struct node_detail *detail;
	const struct node_request *request;
	const struct event_observer *observer;
	int root_fd;
	int dir_fd;	  /* of the directory that holds the node; borrowed */
	const char *name; /* in @dir_fd */
	struct node_ids ids;
};

/* Where a new node is made before it takes its place. */
struct temporary {
	int dir_fd; /* -1: there is none, or it has taken its place */
	char name[ROOT_TEMPORARY_NAME_MAX];
};

static void temporary_done(struct temporary *temporary)
{
	if (temporary->dir_fd >= 0)
		(void)unlinkat(temporary->dir_fd, temporary->name, 0);
}

DEFINE_DONE(struct temporary, temporary_done)

static bool has_owner(const struct work *work)
{
	return work->ids.uid != (uid_t)NODE_ID_NONE || work->ids.gid != (gid_t)NODE_ID_NONE;
}

/* Owner, then mode, so that set-id bits survive.  @mode: what it shall be afterwards. */
static int set_owner_and_mode(const struct work *work, int fd, mode_t mode, struct error *err)
{
	if (has_owner(work) && fchown(fd, work->ids.uid, work->ids.gid) < 0)
		return error_errno(err, errno, "change the owner of %s", work->detail->shown);
	if (fchmod(fd, mode) < 0)
		return error_errno(err, errno, "change the mode of %s", work->detail->shown);
	return 0;
}

static mode_t mode_or(const struct work *work, mode_t otherwise)
{
	return work->detail->has_mode ? work->detail->mode : otherwise & ALLPERMS;
}

/* Owner and mode of the directory or file that is there; what is not asked for is kept. */
static int apply_set(const struct work *work, int flags, mode_t type, struct error *err)
{
	AUTO_CLOSE int fd = root_open(work->dir_fd, work->name,
				      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags, 0, err);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "look at %s", work->detail->shown);
	if ((st.st_mode & S_IFMT) != type)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "%s is not what it was when the plan was made",
				 work->detail->shown);
	return set_owner_and_mode(work, fd, mode_or(work, st.st_mode), err);
}

static int apply_directory_set(const struct work *work, struct error *err)
{
	return apply_set(work, O_DIRECTORY, S_IFDIR, err);
}

static int apply_file_set(const struct work *work, struct error *err)
{
	return apply_set(work, 0, S_IFREG, err);
}

static int apply_directory_make(const struct work *work, struct error *err)
{
	const struct node_detail *detail = work->detail;

	if (detail->replaces) {
		int r = root_remove_tree(work->root_fd, detail->path, err);

		if (r < 0)
			return r;
	}
	if (mkdirat(work->dir_fd, work->name, NODE_DIRECTORY_MODE) < 0) {
		if (errno != EEXIST)
			return error_errno(err, errno, "create directory %s", detail->shown);
		/* Made meanwhile, as by useradd: as if it had been there. */
		return apply_directory_set(work, err);
	}

	AUTO_CLOSE int fd =
		root_open(work->dir_fd, work->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);

	return fd < 0 ? fd : set_owner_and_mode(work, fd, mode_or(work, NODE_DIRECTORY_MODE), err);
}

static int refuse_existing(const struct work *work, struct error *err)
{
	return error_set(err, ERROR_BUSY, EEXIST,
			 "%s: something was put there after the plan was made, and overwrite is "
			 "false",
			 work->detail->shown);
}

static int rename_over(const struct work *work, const char *from)
{
	if (renameat(work->dir_fd, from, work->dir_fd, work->name) == 0)
		return 0;
	return -errno;
}

static int rename_to_nothing(const struct work *work, const char *from)
{
	if (renameat2(work->dir_fd, from, work->dir_fd, work->name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;

	/* A filesystem that does not know the flag. */
	struct stat st;

	if (fstatat(work->dir_fd, work->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	return rename_over(work, from);
}

/* The finished node takes its place. */
static int put_in_place(const struct work *work, struct temporary *temporary, struct error *err)
{
	bool replaces = work->detail->replaces;
	int r = replaces ? rename_over(work, temporary->name)
			 : rename_to_nothing(work, temporary->name);

	if (replaces && r == -EISDIR) {
		r = root_remove_tree(work->root_fd, work->detail->path, err);
		if (r < 0)
			return r;
		r = rename_over(work, temporary->name);
	}
	if (r == -EEXIST && !replaces)
		return refuse_existing(work, err);
	if (r < 0)
		return error_errno(err, -r, "put %s in place", work->detail->shown);
	temporary->dir_fd = -1;
	return 0;
}

static int write_to_file(struct content_sink *sink, const void *data, size_t length,
			 struct error *err)
{
	int r = file_write_fd(*(const int *)sink->context, data, length);

	return r < 0 ? error_errno(err, -r, "write") : 0;
}

/* What the request asks for, after what is in @fd. */
static int deliver(const struct work *work, int fd, struct error *err)
{
	struct content_sink sink = { .write = write_to_file, .context = &fd };
	const struct node_request *request = work->request;
	int r = request->contents ? content_deliver(request->contents, &sink, work->observer, err)
				  : 0;

	for (size_t i = 0; r == 0 && i < request->append_count; i++)
		r = content_deliver(&request->append[i], &sink, work->observer, err);
	return error_wrap(err, r, "file %s", work->detail->shown);
}

static int write_file(const struct work *work, struct error *err)
{
	AUTO(temporary_done) struct temporary temporary = { .dir_fd = -1 };
	AUTO_CLOSE int fd = root_temporary(work->dir_fd, work->name, temporary.name, err);

	if (fd < 0)
		return error_wrap(err, fd, "file %s", work->detail->shown);
	temporary.dir_fd = work->dir_fd;

	int r = deliver(work, fd, err);

	if (r == 0)
		r = set_owner_and_mode(work, fd, mode_or(work, NODE_FILE_MODE), err);
	return r < 0 ? r : put_in_place(work, &temporary, err);
}

/* A file without contents is there or is made. */
static int ensure_file(const struct work *work, struct error *err)
{
	AUTO_CLOSE int fd = root_open(work->dir_fd, work->name,
				      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, NODE_FILE_MODE,
				      /* err= */ NULL);

	if (fd == -EEXIST)
		return apply_file_set(work, err);
	if (fd < 0)
		return error_errno(err, -fd, "create %s", work->detail->shown);
	return set_owner_and_mode(work, fd, mode_or(work, NODE_FILE_MODE), err);
}

static int apply_file_write(const struct work *work, struct error *err)
{
	bool is_bare = !work->request->contents && !work->request->append_count;

	return is_bare && !work->detail->replaces ? ensure_file(work, err) : write_file(work, err);
}

static int copy_bytes(int from, int to)
{
	for (;;) {
		ssize_t length = sendfile(to, from, NULL, COPY_BYTES);

		if (length == 0)
			return 0;
		if (length < 0 && errno != EINTR)
			return -errno;
	}
}

/* Access lists, labels, capabilities; a filesystem without them has none to copy. */
static int copy_attributes(int from, int to)
{
	char names[ATTRIBUTE_NAMES_MAX];
	char value[ATTRIBUTE_VALUE_MAX];
	ssize_t length = flistxattr(from, names, sizeof(names));

	if (length < 0)
		return errno == ENOTSUP ? 0 : -errno;
	for (const char *name = names; name < names + length; name += strlen(name) + 1) {
		ssize_t size = fgetxattr(from, name, value, sizeof(value));

		if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) < 0)
			return -errno;
	}
	return 0;
}

static int copy_file(int from, const struct stat *st, int to)
{
	int r = copy_bytes(from, to);

	if (r == 0 && fchown(to, st->st_uid, st->st_gid) < 0)
		r = -errno;
	return r == 0 ? copy_attributes(from, to) : r;
}

/*
 * The file as it is, with more at its end, takes its own place: whenever we are killed, there is
 * the old file or the new one.
 */
static int append_to(const struct work *work, int old_fd, struct error *err)
{
	AUTO(temporary_done) struct temporary temporary = { .dir_fd = -1 };
	AUTO_CLOSE int fd = root_temporary(work->dir_fd, work->name, temporary.name, err);
	struct stat st;

	if (fd < 0)
		return error_wrap(err, fd, "file %s", work->detail->shown);
	temporary.dir_fd = work->dir_fd;

	int r = fstat(old_fd, &st) < 0 ? -errno : copy_file(old_fd, &st, fd);

	if (r < 0)
		return error_errno(err, -r, "copy %s", work->detail->shown);
	r = deliver(work, fd, err);
	if (r == 0)
		r = set_owner_and_mode(work, fd, mode_or(work, st.st_mode), err);
	if (r == 0 && (r = rename_over(work, temporary.name)) < 0)
		return error_errno(err, -r, "put %s in place", work->detail->shown);
	if (r == 0)
		temporary.dir_fd = -1;
	return r;
}

static int apply_file_append(const struct work *work, struct error *err)
{
	AUTO_CLOSE int fd = root_open(work->dir_fd, work->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
				      0, /* err= */ NULL);
	struct stat st;

	if (fd == -ENOENT)
		return write_file(work, err);
	if (fd < 0)
		return error_errno(err, -fd, "open %s", work->detail->shown);
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "look at %s", work->detail->shown);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_INPUT, EINVAL, "can only append to files: \"%s\"",
				 work->detail->shown);
	return append_to(work, fd, err);
}

static int own_link(const struct work *work, const char *name, struct error *err)
{
	if (has_owner(work) &&
	    fchownat(work->dir_fd, name, work->ids.uid, work->ids.gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, errno, "change the owner of %s", work->detail->shown);
	return 0;
}

static int apply_symlink_set(const struct work *work, struct error *err)
{
	AUTO_FREE char *target = NULL;
	int r = root_readlink(work->dir_fd, work->name, &target, err);

	if (r == 0 && !host_node_accepts_target(target, work->request->target))
		return refuse_existing(work, err);
	return r < 0 ? r : own_link(work, work->name, err);
}

/* Make a new link, hard or symbolic, as @name.  Return: 0; -errno. */
typedef int make_link_fn(const struct work *work, const char *name);

static int make_symlink(const struct work *work, const char *name)
{
	AUTO_FREE char *target = slice_dup(work->request->target);

	return symlinkat(target, work->dir_fd, name) < 0 ? -errno : 0;
}

static int make_hardlink(const struct work *work, const char *name)
{
	const char *target = work->detail->target;
	const char *target_name = strrchr(target, '/') + 1;
	AUTO_FREE char *parent = xstrndup(target, (size_t)(target_name - target));
	AUTO_CLOSE int target_dir = root_open(work->root_fd, parent, O_PATH | O_DIRECTORY, 0,
					      /* err= */ NULL);

	if (target_dir < 0)
		return target_dir;
	return linkat(target_dir, target_name, work->dir_fd, name, 0) < 0 ? -errno : 0;
}

static int failed_link(const struct work *work, int r, struct error *err)
{
	return error_errno(err, -r, "failed to create link \"%s\" -> \"%.*s\"", work->detail->shown,
			   SLICE_ARGS(work->request->target));
}

/* A link takes the place of whatever is there. */
static int replace_by_link(const struct work *work, make_link_fn *make, struct error *err)
{
	AUTO(temporary_done) struct temporary temporary = { .dir_fd = work->dir_fd };

	root_temporary_name(work->name, temporary.name);
	(void)unlinkat(work->dir_fd, temporary.name, 0);

	int r = make(work, temporary.name);

	if (r < 0)
		return failed_link(work, r, err);
	if (work->request->kind == HOST_SYMLINK)
		r = own_link(work, temporary.name, err);
	if (r == 0)
		r = put_in_place(work, &temporary, err);
	/* rename(2) does nothing when both names are the same file by now: one is left over. */
	temporary.dir_fd = work->dir_fd;
	return r;
}

static int apply_symlink_make(const struct work *work, struct error *err)
{
	if (work->detail->replaces)
		return replace_by_link(work, make_symlink, err);

	int r = make_symlink(work, work->name);

	if (r < 0 && r != -EEXIST)
		return failed_link(work, r, err);
	return apply_symlink_set(work, err);
}

static int apply_hardlink_make(const struct work *work, struct error *err)
{
	if (work->detail->replaces)
		return replace_by_link(work, make_hardlink, err);

	int r = make_hardlink(work, work->name);

	if (r == -EEXIST)
		return refuse_existing(work, err);
	return r < 0 ? failed_link(work, r, err) : 0;
}

typedef int apply_fn(const struct work *work, struct error *err);

/* Fill in where the work is.  The root itself is in itself, under the name ".". */
static int find_place(struct work *work, const struct node_detail *detail, struct error *err)
{
	if (strcmp(detail->path, "/") == 0) {
		work->dir_fd = work->root_fd;
		work->name = ".";
		return 0;
	}
	work->dir_fd =
		node_session_parent(detail->session, work->root_fd, detail->path, &work->name, err);
	return work->dir_fd < 0 ? work->dir_fd : 0;
}

static int run(const struct operation *operation, struct machine *machine,
	       const struct event_observer *observer, apply_fn *apply, struct error *err)
{
	const struct node_detail *detail = operation->detail;
	struct work work = {
		.detail = detail,
		.request = detail->request,
		.observer = observer,
		.root_fd = machine->root_fd,
	};
	int r = node_session_ids(detail->session, machine->root_fd, &detail->owner, &work.ids, err);

	if (r == 0)
		r = find_place(&work, detail, err);
	if (r == 0)
		r = apply(&work, err);
	node_session_leave(detail->session, r);
	return r;
}

/* The functions of the classes differ in their last step alone. */
#define DEFINE_RUN(step)                                                                           \
	static int run_##step(const struct operation *operation, struct machine *machine,          \
			      const struct event_observer *observer, struct error *err)            \
	{                                                                                          \
		return run(operation, machine, observer, apply_##step, err);                       \
	}

DEFINE_RUN(directory_make)
DEFINE_RUN(directory_set)
DEFINE_RUN(file_write)
DEFINE_RUN(file_append)
DEFINE_RUN(file_set)
DEFINE_RUN(symlink_make)
DEFINE_RUN(symlink_set)
DEFINE_RUN(hardlink_make)

static const struct operation_class classes[] = {
	[NODE_DIRECTORY_MAKE] = { "directory.make", "directory", run_directory_make },
	[NODE_DIRECTORY_SET] = { "directory.set", "directory", run_directory_set },
	[NODE_FILE_WRITE] = { "file.write", "file", run_file_write },
	[NODE_FILE_APPEND] = { "file.append", "file", run_file_append },
	[NODE_FILE_SET] = { "file.set", "file", run_file_set },
	[NODE_SYMLINK_MAKE] = { "symlink.make", "link", run_symlink_make },
	[NODE_SYMLINK_SET] = { "symlink.set", "link", run_symlink_set },
	[NODE_HARDLINK_MAKE] = { "hardlink.make", "hard link", run_hardlink_make },
};
_Static_assert(ARRAY_SIZE(classes) == NODE_ACTION_COUNT, "every action has a class");

const struct operation_class *host_node_class(enum node_action action)
{
	return &classes[action];
}
