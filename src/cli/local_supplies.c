#include "cli/local_supplies.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/root.h"
#include "config/path.h"

#define PERMISSION_BITS 07777

struct local_supplies {
	char *directory; /* absolute and clean, for comparing; NULL: none was given */
	int root_fd;	 /* of it; -1 */
	struct arena *arena;
	size_t left_bytes; /* that may still be read */
};

/* A tree on its way into an answer. */
struct walk {
	struct local_supplies *local;
	struct supply_entry *entries; /* owned */
	size_t count;
	size_t capacity;
	struct text path; /* of the directory that the walk is in, relative to the tree */
	unsigned depth;
};

static void walk_done(struct walk *walk)
{
	free(walk->entries);
	text_done(&walk->path);
}
DEFINE_DONE(struct walk, walk_done)

static void directory_close(DIR *directory)
{
	if (directory)
		closedir(directory);
}
DEFINE_RELEASE(DIR *, directory_close)

/* As Go's filepath.Abs(): by its text, whatever links are in it. */
static char *absolute(const char *directory)
{
	AUTO(text_done) struct text clean = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO_FREE char *here = getcwd(NULL, 0);

	if (directory[0] == '/' || !here)
		path_clean(&clean, slice_of(directory));
	else
		path_join(&clean, slice_of(here), slice_of(directory));
	return text_take(&clean);
}

int local_supplies_new(const char *directory, struct local_supplies **ret, struct error *err)
{
	AUTO(local_supplies_free) struct local_supplies *local = xcalloc(1, sizeof(*local));

	local->root_fd = -1;
	local->arena = arena_new();
	local->left_bytes = LOCAL_SUPPLIES_BYTES_MAX;
	if (directory) {
		local->directory = absolute(directory);
		local->root_fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (local->root_fd < 0)
			return error_errno(err, errno, "open %s", directory);
	}
	*ret = take_ptr(&local);
	return 0;
}

void local_supplies_free(struct local_supplies *local)
{
	if (!local)
		return;
	if (local->root_fd >= 0)
		close(local->root_fd);
	arena_free(local->arena);
	free(local->directory);
	free(local);
}

/* Bytes of the open file @fd, in the arena. */
static int read_data(struct local_supplies *local, int fd, const char *name, struct slice *ret,
		     struct error *err)
{
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int r = file_read_fd(fd, name, local->left_bytes, &data, &length, err);

	if (r < 0)
		return r;
	local->left_bytes -= length;
	*ret = (struct slice){ arena_strndup(local->arena, data, length), length };
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is in the directory @fd (taken), by name; the names are in the arena. */
static int list_names(struct local_supplies *local, int fd, char ***ret, size_t *ret_count,
		      struct error *err)
{
	AUTO(directory_close) DIR *directory = fdopendir(fd);
	AUTO_FREE char **names = NULL;
	size_t count = 0, capacity = 0;

	if (!directory) {
		int errnum = errno;

		close(fd);
		return error_errno(err, errnum, "read directory");
	}
	errno = 0;
	for (const struct dirent *entry; (entry = readdir(directory)); errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (count == LOCAL_SUPPLIES_ENTRIES_MAX)
			return error_set(err, ERROR_INPUT, EFBIG, "more than %d entries",
					 LOCAL_SUPPLIES_ENTRIES_MAX);
		if (count == capacity) {
			capacity = capacity ? 2 * capacity : 16;
			names = xreallocarray(names, capacity, sizeof(char *));
		}
		names[count++] = arena_strdup(local->arena, entry->d_name);
	}
	if (errno)
		return error_errno(err, errno, "read directory");
	if (count)
		qsort(names, count, sizeof(char *), compare_names);
	*ret = take_ptr(&names);
	*ret_count = count;
	return 0;
}

static int add_entry(struct walk *walk, const struct supply_entry *entry, struct error *err)
{
	if (walk->count == LOCAL_SUPPLIES_ENTRIES_MAX)
		return error_set(err, ERROR_INPUT, EFBIG, "more than %d entries",
				 LOCAL_SUPPLIES_ENTRIES_MAX);
	if (walk->count == walk->capacity) {
		walk->capacity = walk->capacity ? 2 * walk->capacity : 16;
		walk->entries =
			xreallocarray(walk->entries, walk->capacity, sizeof(*walk->entries));
	}
	walk->entries[walk->count++] = *entry;
	return 0;
}

static int walk_directory(struct walk *walk, int parent_fd, const char *name, struct error *err);

static int read_link(struct walk *walk, int fd, const char *name, struct slice *ret,
		     struct error *err)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(fd, name, target, sizeof(target));

	if (length < 0)
		return error_errno(err, errno, "read link %s", text_str(&walk->path));
	*ret = (struct slice){ arena_strndup(walk->local->arena, target, (size_t)length),
			       (size_t)length };
	return 0;
}

static int read_file(struct walk *walk, int fd, const char *name, struct slice *ret,
		     struct error *err)
{
	AUTO_CLOSE int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (file < 0)
		return error_errno(err, errno, "open %s", text_str(&walk->path));
	return read_data(walk->local, file, text_str(&walk->path), ret, err);
}

/* What @name in the directory @fd is; walk->path is already its path. */
static int walk_entry(struct walk *walk, int fd, const char *name, struct error *err)
{
	const struct slice path = text_slice(&walk->path);
	struct supply_entry entry = { .kind = SUPPLY_ENTRY_OTHER };
	struct stat st;
	int r = 0;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, errno, "stat %s", text_str(&walk->path));
	entry.path = (struct slice){ arena_strndup(walk->local->arena, path.data, path.length),
				     path.length };
	entry.mode = st.st_mode & PERMISSION_BITS;
	if (S_ISLNK(st.st_mode)) {
		entry.kind = SUPPLY_ENTRY_LINK;
		r = read_link(walk, fd, name, &entry.target, err);
	} else if (S_ISREG(st.st_mode)) {
		entry.kind = SUPPLY_ENTRY_FILE;
		r = read_file(walk, fd, name, &entry.data, err);
	} else if (S_ISDIR(st.st_mode)) {
		entry.kind = SUPPLY_ENTRY_DIRECTORY;
	}
	if (r == 0)
		r = add_entry(walk, &entry, err);
	if (r == 0 && entry.kind == SUPPLY_ENTRY_DIRECTORY)
		r = walk_directory(walk, fd, name, err);
	return r;
}

/* All that is in the directory @fd (taken). */
static int walk_names(struct walk *walk, int fd, struct error *err)
{
	AUTO_FREE char **names = NULL;
	AUTO_CLOSE int directory_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	const size_t above = walk->path.length;
	size_t count = 0;
	int r = directory_fd < 0 ? error_errno(err, errno, "read directory") : 0;

	if (r < 0) {
		close(fd);
		return r;
	}
	r = list_names(walk->local, fd, &names, &count, err);
	for (size_t i = 0; i < count && r == 0; i++) {
		text_printf(&walk->path, "%s%s", above ? "/" : "", names[i]);
		r = walk_entry(walk, directory_fd, names[i], err);
		text_truncate(&walk->path, above);
	}
	return r;
}

static int walk_directory(struct walk *walk, int parent_fd, const char *name, struct error *err)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", text_str(&walk->path));
	if (walk->depth == LOCAL_SUPPLIES_DEPTH_MAX) {
		close(fd);
		return error_set(err, ERROR_INPUT, ELOOP, "%s: nested too deeply",
				 text_str(&walk->path));
	}
	walk->depth++;
	int r = walk_names(walk, fd, err);

	walk->depth--;
	return r;
}

/* The answer to a question for the directory @fd (taken). */
static int answer_tree(struct local_supplies *local, int fd, struct supply *answer,
		       struct error *err)
{
	AUTO(walk_done) struct walk walk = { .local = local, .path = TEXT_INIT(PATH_MAX) };
	int r = walk_names(&walk, fd, err);

	if (r < 0)
		return r;

	struct supply_entry *entries = arena_array(local->arena, walk.count, sizeof(*entries));

	if (walk.count)
		memcpy(entries, walk.entries, walk.count * sizeof(*entries));
	answer->entries = entries;
	answer->entry_count = walk.count;
	return 0;
}

/* Appends where @name, clean, is below the directory. Return: whether it is inside at all. */
static bool append_inside(const struct local_supplies *local, struct slice name, struct text *out)
{
	const struct slice directory = slice_of(local->directory);
	AUTO(text_done) struct text path = TEXT_INIT(SIZE_MAX / 2);

	path_join(&path, directory, name);
	if (slice_is(directory, "/")) {
		text_append_slice(out, text_slice(&path));
		return true;
	}
	if (!slice_starts(text_slice(&path), local->directory))
		return false;

	struct slice below = slice_from(text_slice(&path), directory.length);

	if (below.length && below.data[0] != '/')
		return false;
	text_append_slice(out, below.length ? below : SLICE("/"));
	return true;
}

static int open_question(struct local_supplies *local, const struct supply_question *question,
			 struct error *err)
{
	const int flags = O_RDONLY | O_NONBLOCK | (question->kind == SUPPLY_TREE ? O_DIRECTORY : 0);
	AUTO(text_done) struct text path = TEXT_INIT(SIZE_MAX / 2);

	if (!local->directory)
		return error_set(err, ERROR_INPUT, EINVAL,
				 "local file paths are relative to a files directory that must be "
				 "specified with -d/--files-dir");
	if (question->name.length && memchr(question->name.data, '\0', question->name.length))
		return error_set(err, ERROR_INPUT, EINVAL, "local file path contains a NUL byte");
	if (!append_inside(local, question->name, &path))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "local file path traverses outside the files directory");

	int fd = root_open(local->root_fd, text_str(&path), flags, /* mode= */ 0, err);

	if (fd == -ENOTDIR && question->kind == SUPPLY_TREE) {
		error_done(err);
		return error_set(err, ERROR_INPUT, ENOTDIR, "root of tree must be a directory");
	}
	return fd;
}

static int answer(struct local_supplies *local, const struct supply_question *question,
		  struct supply *ret, struct error *err)
{
	AUTO_CLOSE int fd = open_question(local, question, err);
	AUTO_FREE char *name = slice_dup(question->name);
	struct stat st;

	if (fd < 0)
		return fd;
	if (question->kind == SUPPLY_TREE)
		return answer_tree(local, take_fd(&fd), ret, err);
	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "stat %s", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_INPUT, EINVAL, "%s: not a regular file", name);
	return read_data(local, fd, name, &ret->data, err);
}

bool local_supplies_answer(struct local_supplies *local, struct supplies *supplies)
{
	const struct supply_question *question;
	size_t position = 0;
	bool any = false;

	while ((question = supplies_next_missing(supplies, &position))) {
		AUTO(error_done) struct error err = ERROR_INIT;
		struct supply *supply;

		if (question->kind != SUPPLY_FILE && question->kind != SUPPLY_TREE)
			continue;
		supply = arena_alloc(local->arena, sizeof(*supply));
		if (answer(local, question, supply, &err) < 0)
			supply->problem = arena_strdup(local->arena, err.text);
		supplies_add(supplies, question->kind, question->name, supply);
		any = true;
	}
	return any;
}
