#include "host/passwd_database.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/root.h"

const struct passwd_files passwd_user_files = { "/etc/passwd", "/etc/shadow" };
const struct passwd_files passwd_group_files = { "/etc/group", "/etc/gshadow" };

int passwd_database_lock(int root_fd, struct error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	AUTO_CLOSE int fd = root_open(root_fd, PASSWD_LOCK_PATH,
				      O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600, err);

	if (fd < 0)
		return fd;
	if (fcntl(fd, F_SETLK, &lock) < 0)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "another process holds the target's %s; let it finish or stop it, "
				 "then run again",
				 PASSWD_LOCK_PATH);
	return take_fd(&fd);
}

/* A database as it was read, and whose it is. */
struct database {
	struct stat st;
	char *data; /* NULL: there is no such file */
	size_t length;
};

static void database_done(struct database *database)
{
	if (database->data)
		explicit_bzero(database->data, database->length);
	free(database->data);
}

DEFINE_DONE(struct database, database_done)

static int read_database(int root_fd, const char *path, struct database *ret, struct error *err)
{
	int r = root_stat(root_fd, path, &ret->st, /* err= */ NULL);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_errno(err, -r, "look at %s", path);
	return root_read(root_fd, path, PASSWD_DATABASE_MAX_BYTES, &ret->data, &ret->length, err);
}

/* The new file has the owner of the old one: Debian's shadow belongs to the group shadow. */
static int replace_as(int root_fd, const char *path, const struct text *text,
		      const struct stat *old, struct error *err)
{
	int r = root_replace(root_fd, path, text_slice(text), old->st_mode & 07777, ROOT_DURABLE,
			     err);

	if (r < 0)
		return r;

	AUTO_CLOSE int fd = root_open(root_fd, path, O_RDONLY | O_NOFOLLOW, 0, err);

	if (fd < 0)
		return fd;
	if (fchown(fd, old->st_uid, old->st_gid) < 0)
		return error_errno(err, errno, "change the owner of %s", path);
	return 0;
}

static int too_large(const char *path, struct error *err)
{
	return error_set(err, ERROR_INPUT, EFBIG, "%s is too large", path);
}

static bool is_row_of(struct slice line, const char *name)
{
	return slice_starts(line, name) && slice_starts(slice_from(line, strlen(name)), ":");
}

static bool has_row(struct slice text, const char *name)
{
	while (text.length) {
		if (is_row_of(slice_take_line(&text), name))
			return true;
	}
	return false;
}

int passwd_database_append(int root_fd, const char *path, const char *name, const struct text *row,
			   struct error *err)
{
	AUTO(database_done)
	struct database database = { .st = { .st_mode = S_IFREG | 0644 } };
	int r = read_database(root_fd, path, &database, err);

	if (r < 0 || has_row((struct slice){ database.data, database.length }, name))
		return r;

	AUTO(text_done) struct text all = TEXT_INIT(PASSWD_DATABASE_MAX_BYTES);

	r = text_append(&all, database.data, database.length);
	if (r == 0 && database.length && database.data[database.length - 1] != '\n')
		r = text_append_char(&all, '\n');
	if (r == 0)
		r = text_append_slice(&all, text_slice(row));
	return r < 0 ? too_large(path, err) : replace_as(root_fd, path, &all, &database.st, err);
}

static struct slice take_field(struct slice *line)
{
	const char *colon = line->length ? memchr(line->data, ':', line->length) : NULL;
	size_t length = colon ? (size_t)(colon - line->data) : line->length;
	struct slice field = { line->data, length };

	*line = slice_from(*line, length + (colon ? 1 : 0));
	return field;
}

/* name:hash[:day]:rest */
static int append_changed(struct text *text, struct slice line, struct slice hash, const char *day)
{
	struct slice name = take_field(&line);

	take_field(&line);

	int r = text_printf(text, "%.*s:%.*s:", SLICE_ARGS(name), SLICE_ARGS(hash));

	if (r == 0 && day) {
		take_field(&line);
		r = text_printf(text, "%s:", day);
	}
	return r < 0 ? r : text_append_slice(text, line);
}

int passwd_database_set_hash(int root_fd, const char *path, const char *name, struct slice hash,
			     const char *day, struct error *err)
{
	AUTO(database_done) struct database database = { .data = NULL };
	AUTO(text_done) struct text all = TEXT_INIT(PASSWD_DATABASE_MAX_BYTES);
	int r = read_database(root_fd, path, &database, err);
	struct slice rest = { database.data, database.length };
	bool is_found = false;

	if (r < 0)
		return r;
	while (r == 0 && rest.length) {
		struct slice line = slice_take_line(&rest);

		if (!is_found && is_row_of(line, name)) {
			is_found = true;
			r = append_changed(&all, line, hash, day);
		} else {
			r = text_append_slice(&all, line);
		}
		if (r == 0)
			r = text_append_char(&all, '\n');
	}
	if (r < 0)
		return too_large(path, err);
	r = is_found ? replace_as(root_fd, path, &all, &database.st, err) : 0;
	return r < 0 ? r : is_found;
}
