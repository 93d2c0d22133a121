#include "host/passwd_adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/root.h"
#include "host/accounts.h"

#define DATABASE_MAX_BYTES ((size_t)16 << 20)
#define LOCK_PATH	   "/etc/.pwd.lock"

/* The databases that know passwords beside the ones that know accounts. */
struct pair {
	const char *open;   /* world-readable; made when it is missing */
	const char *secret; /* left out when it is missing */
};

static const struct pair user_files = { "/etc/passwd", "/etc/shadow" };
static const struct pair group_files = { "/etc/group", "/etc/gshadow" };

static bool has_row(struct slice text, const char *name)
{
	size_t length = strlen(name);

	while (text.length) {
		struct slice line = slice_take_line(&text);

		if (slice_starts(line, name) && slice_starts(slice_from(line, length), ":"))
			return true;
	}
	return false;
}

/* The new file has the owner of the old one: Debian's shadow belongs to the group shadow. */
static int replace_as(int root_fd, const char *path, struct slice data, const struct stat *old,
		      struct error *err)
{
	int r = root_replace(root_fd, path, data, old->st_mode & 07777, ROOT_DURABLE, err);

	if (r < 0)
		return r;

	AUTO_CLOSE int fd = root_open(root_fd, path, O_RDONLY | O_NOFOLLOW, 0, err);

	if (fd < 0)
		return fd;
	if (fchown(fd, old->st_uid, old->st_gid) < 0)
		return error_errno(err, errno, "change the owner of %s", path);
	return 0;
}

static int append_row(int root_fd, const char *path, const char *name, const struct text *row,
		      struct error *err)
{
	struct stat old = { .st_mode = S_IFREG | 0644 };
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int r = root_stat(root_fd, path, &old, /* err= */ NULL);

	if (r == 0)
		r = root_read(root_fd, path, DATABASE_MAX_BYTES, &data, &length, err);
	else if (r == -ENOENT)
		r = 0;
	else
		return error_errno(err, -r, "look at %s", path);
	/* A row that is there already was written by a run that was cut off before the other file.
	 */
	if (r < 0 || has_row((struct slice){ data, length }, name))
		return r;

	AUTO(text_done) struct text all = TEXT_INIT(DATABASE_MAX_BYTES);

	r = text_append(&all, data, length);
	if (r == 0 && length && data[length - 1] != '\n')
		r = text_append_char(&all, '\n');
	if (r == 0)
		r = text_append_slice(&all, text_slice(row));
	if (r < 0)
		return error_set(err, ERROR_INPUT, EFBIG, "%s is too large", path);
	return replace_as(root_fd, path, text_slice(&all), &old, err);
}

/* One account as it will stand in both files. */
struct rows {
	const struct pair *files;
	const char *name;
	struct text open;
	struct text secret;
	bool has_secret; /* the second file is there */
};

static struct rows rows_init(const struct pair *files, const char *name, int root_fd)
{
	struct stat st;

	return (struct rows){
		.files = files,
		.name = name,
		.open = TEXT_INIT(DATABASE_MAX_BYTES),
		.secret = TEXT_INIT(DATABASE_MAX_BYTES),
		.has_secret = root_stat(root_fd, files->secret, &st, /* err= */ NULL) == 0,
	};
}

static void rows_done(struct rows *rows)
{
	text_done(&rows->open);
	text_done(&rows->secret);
}

DEFINE_DONE(struct rows, rows_done)

/* The secret row first: an account without one has passwords that nobody knows how to check. */
static int append_rows(const struct rows *rows, int root_fd, struct error *err)
{
	int r = 0;

	if (rows->has_secret)
		r = append_row(root_fd, rows->files->secret, rows->name, &rows->secret, err);
	return r < 0 ? r : append_row(root_fd, rows->files->open, rows->name, &rows->open, err);
}

/* Ends with its descriptor. */
static int lock_databases(int root_fd, struct error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	AUTO_CLOSE int fd = root_open(root_fd, LOCK_PATH,
				      O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600, err);

	if (fd < 0)
		return fd;
	if (fcntl(fd, F_SETLK, &lock) < 0)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "another process holds the target's %s; let it finish or stop it, "
				 "then run again",
				 LOCK_PATH);
	return take_fd(&fd);
}

static int adopt_user(const struct accounts *accounts, const char *name, int root_fd,
		      struct error *err)
{
	const struct account_user *user = accounts_find_user(accounts, slice_of(name));

	if (!user)
		return error_set(err, ERROR_BUSY, EBUSY, "user %s is gone; run again", name);
	if (user->is_local)
		return 0;

	AUTO(rows_done) struct rows rows = rows_init(&user_files, name, root_fd);

	text_printf(&rows.open, "%s:%s:%" PRIu32 ":%" PRIu32 ":%s:%s:%s\n", name,
		    rows.has_secret ? "x" : "*", user->uid, user->gid, user->gecos, user->home,
		    user->shell);
	/* No date of the last change: ageing is off. */
	text_printf(&rows.secret, "%s:*:::::::\n", name);
	return append_rows(&rows, root_fd, err);
}

static int adopt_group(const struct accounts *accounts, const char *name, int root_fd,
		       struct error *err)
{
	const struct account_group *group = accounts_find_group(accounts, slice_of(name));

	if (!group)
		return error_set(err, ERROR_BUSY, EBUSY, "group %s is gone; run again", name);
	if (group->is_local)
		return 0;

	AUTO(text_done) struct text members = TEXT_INIT(DATABASE_MAX_BYTES);
	AUTO(rows_done) struct rows rows = rows_init(&group_files, name, root_fd);

	for (const char *const *member = group->members; *member; member++)
		text_printf(&members, "%s%s", member == group->members ? "" : ",", *member);
	text_printf(&rows.open, "%s:%s:%" PRIu32 ":%s\n", name, rows.has_secret ? "x" : "*",
		    group->gid, text_str(&members));
	text_printf(&rows.secret, "%s:*::%s\n", name, text_str(&members));
	return append_rows(&rows, root_fd, err);
}

static int apply(const struct operation *operation, struct machine *machine,
		 int (*adopt)(const struct accounts *, const char *, int, struct error *),
		 struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	AUTO_CLOSE int lock_fd = lock_databases(machine->root_fd, err);
	int r = lock_fd;

	if (r >= 0)
		r = accounts_load(machine->root_fd, &accounts, err);
	if (r >= 0)
		r = adopt(accounts, operation->detail, machine->root_fd, err);
	return r < 0 ? error_wrap(err, r, "copy %s %s to /etc", operation->class->noun,
				  operation->object)
		     : 0;
}

static int apply_user(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	(void)observer;
	return apply(operation, machine, adopt_user, err);
}

static int apply_group(const struct operation *operation, struct machine *machine,
		       const struct event_observer *observer, struct error *err)
{
	(void)observer;
	return apply(operation, machine, adopt_group, err);
}

const struct operation_class passwd_adopt_user_class = { "user.adopt", "user", apply_user };
const struct operation_class passwd_adopt_group_class = { "group.adopt", "group", apply_group };
