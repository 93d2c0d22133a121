#include "base/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#define DIRECTORY_MODE 0755
#define TEMPORARY_MODE 0600
/* openat2 gives EAGAIN when somebody renames a directory while ".." is resolved below it. */
#define OPEN_ATTEMPTS_MAX 128
/* Longest target of a link (Linux, PATH_MAX). */
#define LINK_TARGET_MAX 4096

/* The one call of openat2.  Return: a descriptor, or -errno. */
static int open_beneath(int root_fd, const char *path, int flags, mode_t mode, uint64_t resolve)
{
	const struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? mode & ALLPERMS : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd = -1;

	for (int i = 0; i < OPEN_ATTEMPTS_MAX; i++) {
		fd = syscall(SYS_openat2, root_fd, *path ? path : ".", &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

int root_open(int root_fd, const char *path, int flags, mode_t mode, struct error *err)
{
	int fd = open_beneath(root_fd, path, flags, mode, 0);

	return fd < 0 ? error_errno(err, -fd, "open %s", path) : fd;
}

/* The state of a resolution: what is resolved, and what is still to be walked. */
struct walk {
	int root_fd;
	const char *path;    /* as it was asked for, for messages */
	struct text done;    /* "" for the root, else "/a/b": no links in it */
	char *rest;	     /* owned; walked up to @next */
	const char *next;    /* into @rest */
	unsigned link_count; /* followed so far */
	bool is_missing;     /* @done does not exist */
};

static void walk_done(struct walk *walk)
{
	text_done(&walk->done);
	free(walk->rest);
}

DEFINE_DONE(struct walk, walk_done)

/* The component at @path without the slashes before it; empty at the end. */
static struct slice first_component(const char *path)
{
	path += strspn(path, "/");
	return (struct slice){ path, strcspn(path, "/") };
}

static bool is_dot(struct slice name)
{
	return slice_is(name, ".");
}

static bool is_dot_dot(struct slice name)
{
	return slice_is(name, "..");
}

static int push(struct text *path, struct slice name, struct error *err)
{
	if (text_append_char(path, '/') < 0 || text_append_slice(path, name) < 0)
		return error_set(err, ERROR_INPUT, ENAMETOOLONG, "path is too long");
	return 0;
}

static void pop(struct text *path)
{
	const char *slash = path->length ? memrchr(path->data, '/', path->length) : NULL;

	if (slash)
		text_truncate(path, (size_t)(slash - path->data));
}

/* Links of procfs that lead to an open file, whatever their text says. */
static bool is_magic_link(int link_fd, int root_fd, const char *path)
{
	struct statfs fs;

	if (fstatfs(link_fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return false;

	AUTO_CLOSE int fd = open_beneath(root_fd, path, O_PATH, 0, 0);

	return fd == -ELOOP;
}

/* Put the target of the link @fd, which is @name below walk->done, before what is left. */
static int follow_link(struct walk *walk, int fd, struct slice name, struct error *err)
{
	char target[LINK_TARGET_MAX + 1];
	AUTO_FREE char *link = xasprintf("%s/%.*s", text_str(&walk->done), SLICE_ARGS(name));

	if (++walk->link_count > ROOT_LINKS_MAX)
		return error_set(err, ERROR_INPUT, ELOOP,
				 "resolve %s: more than %d links (a loop?)", walk->path,
				 ROOT_LINKS_MAX);
	if (is_magic_link(fd, walk->root_fd, link))
		return error_set(err, ERROR_INPUT, ELOOP,
				 "resolve %s: %s is a link of the kernel's that leads elsewhere",
				 walk->path, link);

	ssize_t length = readlinkat(fd, "", target, sizeof(target) - 1);

	if (length < 0)
		return error_errno(err, errno, "read link %s", link);
	target[length] = '\0';
	if (target[0] == '/')
		text_clear(&walk->done);

	char *rest = xasprintf("%s/%s", target, walk->next);

	free(walk->rest);
	walk->rest = rest;
	walk->next = rest;
	return 0;
}

/* Go on by one component that is neither "." nor "..". */
static int walk_into(struct walk *walk, struct slice name, struct error *err)
{
	bool is_last = first_component(walk->next).length == 0;
	size_t done_length = walk->done.length;
	struct stat st;
	int r = push(&walk->done, name, err);

	if (r < 0 || walk->is_missing)
		return r;

	AUTO_CLOSE int fd =
		open_beneath(walk->root_fd, text_str(&walk->done), O_PATH | O_NOFOLLOW, 0, 0);

	if (fd == -ENOENT) {
		walk->is_missing = true;
		return 0;
	}
	if (fd < 0)
		return error_errno(err, -fd, "resolve %s", walk->path);
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "resolve %s", walk->path);
	if (S_ISLNK(st.st_mode)) {
		text_truncate(&walk->done, done_length);
		return follow_link(walk, fd, name, err);
	}
	if (!S_ISDIR(st.st_mode) && !is_last)
		return error_set(err, ERROR_INPUT, ENOTDIR, "resolve %s: %s is not a directory",
				 walk->path, text_str(&walk->done));
	return 0;
}

enum last_component {
	LAST_KEPT,
	LAST_FOLLOWED,
};

static int walk_all(struct walk *walk, enum last_component last, struct error *err)
{
	for (;;) {
		struct slice name = first_component(walk->next);
		int r = 0;

		if (name.length == 0)
			return 0;
		walk->next = name.data + name.length;
		if (is_dot(name))
			continue;
		if (is_dot_dot(name)) {
			pop(&walk->done);
			walk->is_missing = false;
		} else if (last == LAST_KEPT && first_component(walk->next).length == 0) {
			return push(&walk->done, name, err);
		} else {
			r = walk_into(walk, name, err);
		}
		if (r < 0)
			return r;
	}
}

/* @path without ".", ".." and double slashes, for a path in which no link needs to be followed. */
static char *clean(const char *path)
{
	AUTO(text_done) struct text cleaned = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (struct slice name = first_component(path); name.length;
	     name = first_component(name.data + name.length)) {
		if (is_dot_dot(name))
			pop(&cleaned);
		else if (!is_dot(name))
			(void)push(&cleaned, name, /* err= */ NULL);
	}
	return cleaned.length ? text_take(&cleaned) : xstrdup("/");
}

/* Whether all of @path but its last component exists and is free of links. */
static bool is_plain(int root_fd, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *parent = xstrndup(path, slash ? (size_t)(slash - path) : 0);
	AUTO_CLOSE int fd =
		open_beneath(root_fd, parent, O_PATH | O_DIRECTORY, 0, RESOLVE_NO_SYMLINKS);

	return fd >= 0;
}

static int resolve(int root_fd, const char *path, enum last_component last, char **ret,
		   struct error *err)
{
	AUTO(walk_done)
	struct walk walk = { .root_fd = root_fd,
			     .path = path,
			     .done = TEXT_INIT(TEXT_MESSAGE_MAX) };

	walk.next = walk.rest = xstrdup(path);

	int r = walk_all(&walk, last, err);

	if (r < 0)
		return r;
	*ret = walk.done.length ? text_take(&walk.done) : xstrdup("/");
	return 0;
}

int root_resolve(int root_fd, const char *path, char **ret, struct error *err)
{
	if (is_plain(root_fd, path)) {
		*ret = clean(path);
		return 0;
	}
	return resolve(root_fd, path, LAST_KEPT, ret, err);
}

int root_resolve_all(int root_fd, const char *path, char **ret, struct error *err)
{
	return resolve(root_fd, path, LAST_FOLLOWED, ret, err);
}

int root_stat(int root_fd, const char *path, struct stat *ret, struct error *err)
{
	AUTO_CLOSE int fd = open_beneath(root_fd, path, O_PATH | O_NOFOLLOW, 0, 0);

	if (fd < 0)
		return error_errno(err, -fd, "look at %s", path);
	if (fstat(fd, ret) < 0)
		return error_errno(err, errno, "look at %s", path);
	return 0;
}

int root_readlink(int root_fd, const char *path, char **ret, struct error *err)
{
	AUTO_CLOSE int fd = open_beneath(root_fd, path, O_PATH | O_NOFOLLOW, 0, 0);
	char target[LINK_TARGET_MAX];

	if (fd < 0)
		return error_errno(err, -fd, "read link %s", path);

	ssize_t length = readlinkat(fd, "", target, sizeof(target));

	/* The kernel answers an O_PATH descriptor of something else with ENOENT. */
	if (length < 0)
		return error_errno(err, errno == ENOENT ? EINVAL : errno, "read link %s", path);
	*ret = xstrndup(target, (size_t)length);
	return 0;
}

/* Open the directory @name below @dir_fd; make it when it is missing. */
static int enter_directory(int dir_fd, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
	int fd = open_beneath(dir_fd, name, flags, 0, 0);

	if (fd != -ENOENT)
		return fd;

	bool is_ours = mkdirat(dir_fd, name, DIRECTORY_MODE) == 0;

	if (!is_ours && errno != EEXIST)
		return -errno;

	AUTO_CLOSE int made = open_beneath(dir_fd, name, flags, 0, 0);

	/* Whatever the umask is. */
	if (made >= 0 && is_ours && fchmod(made, DIRECTORY_MODE) < 0)
		return -errno;
	return take_fd(&made);
}

/* Make @path, whose parents may be links, and open it. */
static int make_directories(int root_fd, const char *path, struct error *err)
{
	AUTO_FREE char *real = NULL;
	int r = root_resolve_all(root_fd, path, &real, err);

	if (r < 0)
		return r;

	AUTO_CLOSE int at = open_beneath(root_fd, "/", O_RDONLY | O_DIRECTORY, 0, 0);

	for (struct slice name = first_component(real); at >= 0 && name.length;
	     name = first_component(name.data + name.length)) {
		AUTO_FREE char *component = slice_dup(name);
		int next = enter_directory(at, component);

		if (next < 0)
			return error_errno(err, -next, "make directory %.*s",
					   (int)(name.data + name.length - real), real);
		close(at);
		at = next;
	}
	return at < 0 ? error_errno(err, -at, "open the root") : take_fd(&at);
}

static int open_directory(int root_fd, const char *path, struct error *err)
{
	int fd = open_beneath(root_fd, path, O_RDONLY | O_DIRECTORY, 0, 0);

	if (fd == -ENOENT)
		return make_directories(root_fd, path, err);
	return fd < 0 ? error_errno(err, -fd, "open directory %s", path) : fd;
}

/* The last component of @path; NULL when it has none that could be made or removed. */
static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct slice s = slice_of(name);

	return s.length == 0 || is_dot(s) || is_dot_dot(s) ? NULL : name;
}

int root_open_parent(int root_fd, const char *path, const char **ret_name, struct error *err)
{
	const char *name = last_name(path);

	if (!name)
		return error_set(err, ERROR_INPUT, EINVAL, "%s names nothing inside a directory",
				 path);

	AUTO_FREE char *parent = xstrndup(path, (size_t)(name - path));

	*ret_name = name;
	return open_directory(root_fd, parent, err);
}

int root_make_directories(int root_fd, const char *path, struct error *err)
{
	AUTO_CLOSE int fd = open_directory(root_fd, path, err);

	return fd < 0 ? fd : 0;
}

int root_read(int root_fd, const char *path, size_t max_bytes, char **ret, size_t *ret_length,
	      struct error *err)
{
	/* O_NONBLOCK: a FIFO that nobody writes to must not hold us. */
	AUTO_CLOSE int fd = open_beneath(root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, 0);
	struct stat st;

	if (fd < 0)
		return error_errno(err, -fd, "open %s", path);
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "look at %s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_INPUT, EINVAL, "%s is not a regular file", path);

	return file_read_fd(fd, path, max_bytes, ret, ret_length, err);
}

/* FNV-1a, 64 bits: a name of fixed length for a name of any length. */
static uint64_t hash_name(const char *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return hash;
}

void root_temporary_name(const char *name, char ret[static ROOT_TEMPORARY_NAME_MAX])
{
	snprintf(ret, ROOT_TEMPORARY_NAME_MAX, ROOT_TEMPORARY_PREFIX "%016" PRIx64,
		 hash_name(name));
}

int root_temporary(int dir_fd, const char *name, char ret_name[static ROOT_TEMPORARY_NAME_MAX],
		   struct error *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

	root_temporary_name(name, ret_name);

	int fd = open_beneath(dir_fd, ret_name, flags, TEMPORARY_MODE, 0);

	/* A run that was killed left it. */
	if (fd == -EEXIST && unlinkat(dir_fd, ret_name, 0) == 0)
		fd = open_beneath(dir_fd, ret_name, flags, TEMPORARY_MODE, 0);
	return fd < 0 ? error_errno(err, -fd, "create a temporary file for %s", name) : fd;
}

static int fill(int fd, struct slice data, mode_t mode, enum root_durability durability)
{
	int r = file_write_fd(fd, data.data, data.length);

	if (r < 0)
		return r;
	if (fchmod(fd, mode) < 0 || (durability == ROOT_DURABLE && fsync(fd) < 0))
		return -errno;
	return 0;
}

int root_replace(int root_fd, const char *path, struct slice data, mode_t mode,
		 enum root_durability durability, struct error *err)
{
	char temporary[ROOT_TEMPORARY_NAME_MAX];
	const char *name = "";
	AUTO_CLOSE int dir_fd = root_open_parent(root_fd, path, &name, err);

	if (dir_fd < 0)
		return dir_fd;

	AUTO_CLOSE int fd = root_temporary(dir_fd, name, temporary, err);

	if (fd < 0)
		return error_wrap(err, fd, "replace %s", path);

	int r = fill(fd, data, mode, durability);

	if (r == 0 && renameat(dir_fd, temporary, dir_fd, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dir_fd, temporary, 0);
		return error_errno(err, -r, "write %s", path);
	}
	if (durability == ROOT_DURABLE && fsync(dir_fd) < 0)
		return error_errno(err, errno, "write the directory of %s", path);
	return 0;
}

enum tree_pass {
	TREE_LOOK, /* for mount points */
	TREE_REMOVE,
};

static int visit(int dir_fd, const char *name, unsigned char type, enum tree_pass pass);

static int visit_entries(DIR *stream, enum tree_pass pass)
{
	const struct dirent *entry = NULL;
	int r = 0;

	while (r == 0 && (errno = 0, entry = readdir(stream))) {
		struct slice name = slice_of(entry->d_name);

		if (!is_dot(name) && !is_dot_dot(name))
			r = visit(dirfd(stream), entry->d_name, entry->d_type, pass);
	}
	return r == 0 ? -errno : r;
}

static int visit_directory(int dir_fd, const char *name, enum tree_pass pass)
{
	AUTO_CLOSE int fd =
		open_beneath(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, RESOLVE_NO_XDEV);

	if (fd < 0)
		return fd;

	AUTO_CLOSEDIR DIR *stream = fdopendir(fd);

	if (!stream)
		return -errno;
	take_fd(&fd);

	int r = visit_entries(stream, pass);

	if (r == 0 && pass == TREE_REMOVE && unlinkat(dir_fd, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}

/* Look at or remove @name in @dir_fd and all below it.  @type: as readdir says.  Return: -errno. */
static int visit(int dir_fd, const char *name, unsigned char type, enum tree_pass pass)
{
	if (type == DT_DIR || type == DT_UNKNOWN) {
		int r = visit_directory(dir_fd, name, pass);

		if (r != -ENOTDIR && r != -ELOOP)
			return r == -EXDEV ? -EBUSY : r;
	}
	if (pass == TREE_REMOVE)
		return unlinkat(dir_fd, name, 0) < 0 ? -errno : 0;

	/* A file can be a mount point too. */
	AUTO_CLOSE int fd = open_beneath(dir_fd, name, O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_XDEV);

	if (fd == -EXDEV)
		return -EBUSY;
	return fd < 0 ? fd : 0;
}

int root_remove_tree(int root_fd, const char *path, struct error *err)
{
	const char *name = last_name(path);

	if (!name)
		return error_set(err, ERROR_INPUT, EINVAL, "%s cannot be removed", path);

	AUTO_FREE char *parent = xstrndup(path, (size_t)(name - path));
	AUTO_CLOSE int dir_fd = open_beneath(root_fd, parent, O_PATH | O_DIRECTORY, 0, 0);
	int r = dir_fd < 0 ? dir_fd : visit(dir_fd, name, DT_UNKNOWN, TREE_LOOK);

	if (r == 0)
		r = visit(dir_fd, name, DT_UNKNOWN, TREE_REMOVE);
	if (r == -EBUSY)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "remove %s: it holds a mount point; unmount it first", path);
	return r < 0 && r != -ENOENT ? error_errno(err, -r, "remove %s", path) : 0;
}

int root_open_stream(int root_fd, const char *path, DIR **ret, struct error *err)
{
	AUTO_CLOSE int fd = root_open(root_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);

	if (fd < 0)
		return fd;
	*ret = fdopendir(fd);
	if (!*ret)
		return error_errno(err, errno, "list %s", path);
	take_fd(&fd);
	return 0;
}
