#include "host/passwd_adopt.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "base/root.h"
#include "host/accounts.h"
#include "host/passwd_database.h"

/* One account as it will stand in both files. */
struct rows {
	const struct passwd_files *files;
	const char *name;
	struct text open;
	struct text secret;
	bool has_secret; /* the second file is there */
};

static struct rows rows_init(const struct passwd_files *files, const char *name, int root_fd)
{
	struct stat st;

	return (struct rows){
		.files = files,
		.name = name,
		.open = TEXT_INIT(PASSWD_DATABASE_MAX_BYTES),
		.secret = TEXT_INIT(PASSWD_DATABASE_MAX_BYTES),
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
		r = passwd_database_append(root_fd, rows->files->secret, rows->name, &rows->secret,
					   err);
	return r < 0 ? r
		     : passwd_database_append(root_fd, rows->files->open, rows->name, &rows->open,
					      err);
}

static int adopt_user(const struct accounts *accounts, const char *name, int root_fd,
		      struct error *err)
{
	const struct account_user *user = accounts_find_user(accounts, slice_of(name));

	if (!user)
		return error_set(err, ERROR_BUSY, EBUSY, "user %s is gone; run again", name);
	if (user->is_local)
		return 0;

	AUTO(rows_done) struct rows rows = rows_init(&passwd_user_files, name, root_fd);

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

	AUTO(text_done) struct text members = TEXT_INIT(PASSWD_DATABASE_MAX_BYTES);
	AUTO(rows_done) struct rows rows = rows_init(&passwd_group_files, name, root_fd);

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
	AUTO_CLOSE int lock_fd = passwd_database_lock(machine->root_fd, err);
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
