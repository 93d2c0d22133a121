#include "host/passwd_hash.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "host/accounts.h"
#include "host/passwd_database.h"

#define SECONDS_PER_DAY 86400

/* Day 0 would mean that the password must be changed now (shadow(5)); such a clock is not set. */
static void append_day(struct text *text)
{
	int64_t day = (int64_t)time(NULL) / SECONDS_PER_DAY;

	if (day > 0)
		text_printf(text, "%" PRId64, day);
}

/* Of the two databases the second, if it has a row. */
static int set_hash(const struct passwd_files *files, const struct passwd_hash *detail,
		    const char *day, int root_fd, struct error *err)
{
	struct slice hash = slice_of(detail->hash);
	int r = passwd_database_set_hash(root_fd, files->secret, detail->name, hash, day, err);

	if (r == 0)
		r = passwd_database_set_hash(root_fd, files->open, detail->name, hash,
					     /* day= */ NULL, err);
	if (r == 0)
		r = error_set(err, ERROR_BUSY, EBUSY,
			      "it is gone since the plan was made; run again");
	return r < 0 ? r : 0;
}

/* The hash of an account whose row points to the second database belongs there. */
static int add_secret_row(const struct passwd_files *files, const char *name, const char *tail,
			  int root_fd, struct error *err)
{
	AUTO(text_done) struct text row = TEXT_INIT(PASSWD_DATABASE_MAX_BYTES);

	text_printf(&row, "%s:*:%s\n", name, tail);
	return passwd_database_append(root_fd, files->secret, name, &row, err);
}

static bool wants_secret_row(const char *hash, bool has_secret_row)
{
	return !has_secret_row && strcmp(hash, "x") == 0;
}

static int set_user_hash(const struct passwd_hash *detail, const struct accounts *accounts,
			 int root_fd, struct error *err)
{
	const struct account_user *user = accounts_find_user(accounts, slice_of(detail->name));
	AUTO(text_done) struct text day = TEXT_INIT(TEXT_MESSAGE_MAX);
	int r = 0;

	if (detail->is_change)
		append_day(&day);
	if (user && wants_secret_row(user->password_hash, user->has_secret_row))
		r = add_secret_row(&passwd_user_files, detail->name, "::::::", root_fd, err);
	return r < 0 ? r
		     : set_hash(&passwd_user_files, detail,
				detail->is_change ? text_str(&day) : NULL, root_fd, err);
}

static int set_group_hash(const struct passwd_hash *detail, const struct accounts *accounts,
			  int root_fd, struct error *err)
{
	const struct account_group *group = accounts_find_group(accounts, slice_of(detail->name));
	int r = 0;

	if (group && wants_secret_row(group->password_hash, group->has_secret_row))
		r = add_secret_row(&passwd_group_files, detail->name, ":", root_fd, err);
	return r < 0 ? r : set_hash(&passwd_group_files, detail, /* day= */ NULL, root_fd, err);
}

static int apply(const struct operation *operation, struct machine *machine,
		 int (*set)(const struct passwd_hash *, const struct accounts *, int,
			    struct error *),
		 struct error *err)
{
	const struct passwd_hash *detail = operation->detail;
	AUTO(accounts_free) struct accounts *accounts = NULL;
	AUTO_CLOSE int lock_fd = passwd_database_lock(machine->root_fd, err);
	int r = lock_fd;

	if (r >= 0)
		r = accounts_load(machine->root_fd, &accounts, err);
	if (r >= 0)
		r = set(detail, accounts, machine->root_fd, err);
	return r < 0 ? error_wrap(err, r, "set the password of %s %s", operation->class->noun,
				  detail->name)
		     : 0;
}

static int apply_user(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	(void)observer;
	return apply(operation, machine, set_user_hash, err);
}

static int apply_group(const struct operation *operation, struct machine *machine,
		       const struct event_observer *observer, struct error *err)
{
	(void)observer;
	return apply(operation, machine, set_group_hash, err);
}

const struct operation_class passwd_hash_user_class = { "user.hash", "user", apply_user };
const struct operation_class passwd_hash_group_class = { "group.hash", "group", apply_group };
