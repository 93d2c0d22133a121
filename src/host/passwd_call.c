#include "host/passwd_call.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/command.h"
#include "base/root.h"
#include "host/accounts.h"
#include "host/passwd_database.h"

/*
 * The tools wait 15 s for a lock by themselves; usermod --move-home and userdel --remove go through
 * a home directory of any size.
 */
#define CALL_TIMEOUT_MS ((int64_t)30 * 60 * 1000)

/* What the shadow suite links into /etc while it writes a database. */
static const char *const lock_names[] = {
	"passwd.lock", "shadow.lock", "group.lock", "gshadow.lock", "subuid.lock", "subgid.lock",
};

struct action {
	struct operation_class class;
	bool is_group;
	bool must_exist; /* before the call; else it must not */
};

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err);

static const struct action actions[] = {
	[PASSWD_GROUP_ADD] = { { "group.add", "group", apply }, .is_group = true },
	[PASSWD_GROUP_CHANGE] = { { "group.change", "group", apply },
				  .is_group = true,
				  .must_exist = true },
	[PASSWD_GROUP_REMOVE] = { { "group.remove", "group", apply },
				  .is_group = true,
				  .must_exist = true },
	[PASSWD_USER_ADD] = { { "user.add", "user", apply } },
	[PASSWD_USER_CHANGE] = { { "user.change", "user", apply }, .must_exist = true },
	[PASSWD_USER_REMOVE] = { { "user.remove", "user", apply }, .must_exist = true },
	[PASSWD_USER_PASSWORD] = { { "user.password", "user", apply }, .must_exist = true },
	[PASSWD_USER_DISCARD] = { { "user.discard", "user", apply }, .must_exist = true },
};
_Static_assert(ARRAY_SIZE(actions) == PASSWD_ACTION_COUNT, "every action has a class");

const struct operation_class *passwd_call_class(enum passwd_action action)
{
	return &actions[action].class;
}

static bool exists(const struct accounts *accounts, const struct passwd_call *call)
{
	struct slice name = slice_of(call->name);

	if (actions[call->action].is_group) {
		const struct account_group *group = accounts_find_group(accounts, name);

		return group && group->is_local;
	}
	const struct account_user *user = accounts_find_user(accounts, name);

	return user && user->is_local;
}

static int check(const struct passwd_call *call, int root_fd, struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	int r = accounts_load(root_fd, &accounts, err);

	if (r < 0)
		return r;

	bool must_exist = actions[call->action].must_exist;

	if (exists(accounts, call) == must_exist)
		return 0;
	if (must_exist)
		return error_set(err, ERROR_BUSY, EBUSY,
				 "it is gone since the plan was made; run again");
	return error_set(err, ERROR_BUSY, EEXIST, "it appeared since the plan was made; run again");
}

static void remove_stale_locks(int root_fd, const struct event_observer *observer)
{
	AUTO_CLOSE int etc_fd = root_open(root_fd, "/etc", O_RDONLY | O_DIRECTORY, 0,
					  /* err= */ NULL);

	for (size_t i = 0; etc_fd >= 0 && i < ARRAY_SIZE(lock_names); i++) {
		if (unlinkat(etc_fd, lock_names[i], 0) == 0)
			event_message(observer, EVENT_WARNING,
				      "removed /etc/%s, which an interrupted run left behind",
				      lock_names[i]);
	}
}

/*
 * A power cut leaves lock files behind, and the process id in them may be taken by now: then every
 * tool would refuse for ever.  Whoever creates them holds PASSWD_LOCK_PATH, and that lock ends with
 * its process; so while we hold it, the files are nobody's.
 */
static int clear_locks(int root_fd, const struct event_observer *observer, struct error *err)
{
	AUTO_CLOSE int fd = root_open(root_fd, PASSWD_LOCK_PATH,
				      O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600, err);

	if (fd < 0)
		return fd;

	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &lock) == 0)
		remove_stale_locks(root_fd, observer);
	else if (errno != EAGAIN && errno != EACCES)
		return error_errno(err, errno, "lock %s", PASSWD_LOCK_PATH);
	return 0;
}

/* Put in front of @err what keeps the databases locked, if something does. */
static int explain(int root_fd, int r, struct error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	AUTO_CLOSE int fd =
		root_open(root_fd, PASSWD_LOCK_PATH, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, NULL);

	if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return r;
	return error_wrap(err, r,
			  "the target's %s is locked by process %d; let it finish or stop it, then "
			  "run again",
			  PASSWD_LOCK_PATH, (int)lock.l_pid);
}

/* useradd makes the home with mode 000 first, then gives it away: cut in between, it is this. */
static void remove_bare_home(const struct passwd_call *call, int root_fd)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;

	if (accounts_load(root_fd, &accounts, /* err= */ NULL) < 0)
		return;

	const struct account_user *user = accounts_find_user(accounts, slice_of(call->name));
	struct stat st;

	if (!user || root_stat(root_fd, user->home, &st, /* err= */ NULL) < 0)
		return;
	if (!S_ISDIR(st.st_mode) || (st.st_mode & 07777) != 0)
		return;

	const char *name = NULL;
	AUTO_CLOSE int dir_fd = root_open_parent(root_fd, user->home, &name, /* err= */ NULL);

	/* Not empty means not this; useradd will say that the home exists. */
	if (dir_fd >= 0)
		(void)unlinkat(dir_fd, name, AT_REMOVEDIR);
}

static int apply(const struct operation *operation, struct machine *machine,
		 const struct event_observer *observer, struct error *err)
{
	const struct passwd_call *call = operation->detail;
	const struct command command = {
		.argv = call->argv,
		.secrets = call->secrets,
		.timeout_ms = CALL_TIMEOUT_MS,
		.observer = observer,
	};
	int r = check(call, machine->root_fd, err);

	if (r == 0)
		r = clear_locks(machine->root_fd, observer, err);
	if (r == 0 && call->action == PASSWD_USER_DISCARD)
		remove_bare_home(call, machine->root_fd);
	if (r == 0 && call->parent)
		r = root_make_directories(machine->root_fd, call->parent, err);
	if (r == 0) {
		r = command_run(&command, /* ret_stdout= */ NULL, /* ret_status= */ NULL, err);
		if (r < 0)
			r = explain(machine->root_fd, r, err);
	}
	return r < 0 ? error_wrap(err, r, "%s %s", operation->class->noun, call->name) : 0;
}
