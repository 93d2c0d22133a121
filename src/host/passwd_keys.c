#include "host/passwd_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/root.h"

/* MESSAGE_ID of the entry for a file of keys. */
#define KEYS_WRITTEN_ID	    "225067b87bbd4a0cb6ab151f82fa364b"
#define KEYS_MODE	    0600
#define MADE_DIRECTORY_MODE 0700
/* Nothing asked for is larger; a file above it is not the one that was asked for. */
#define KEYS_MAX_BYTES ((size_t)64 << 20)

/* What was given up to act as a user. */
struct identity {
	gid_t *groups; /* owned */
	int group_count;
	mode_t umask;
};

/*
 * File system access as the user goes through fsuid and fsgid.  They change what the kernel checks
 * and who owns new files, and take the capabilities that override permissions with them, which come
 * back with fsuid 0; the process itself stays root, so that going back cannot fail, and the user
 * cannot signal or trace it meanwhile.  seteuid(2) would give up the right that going back needs;
 * a fork would need its error carried home by hand.
 */
static int become_user(const struct account_user *user, struct identity *ret, struct error *err)
{
	int count = getgroups(0, NULL);

	if (count < 0)
		return error_errno(err, errno, "read our groups");
	ret->groups = xcalloc((size_t)count + 1, sizeof(*ret->groups));
	ret->group_count = getgroups(count, ret->groups);
	/* The user's own group is in fsgid; others are no reason to reach further. */
	if (ret->group_count < 0 || setgroups(0, NULL) < 0) {
		int errnum = errno;

		free(take_ptr(&ret->groups));
		return error_errno(err, errnum, "drop our groups");
	}
	ret->umask = umask(077);
	(void)setfsgid(user->gid);
	(void)setfsuid(user->uid);
	return 0;
}

static void become_ourselves(struct identity *identity)
{
	(void)setfsuid(geteuid());
	(void)setfsgid(getegid());
	(void)umask(identity->umask);
	/* CAP_SETGID was never given up; failing is a bug that must not go on with less. */
	if (setgroups((size_t)identity->group_count, identity->groups) < 0)
		abort();
	free(identity->groups);
}

/* setfsuid reports nothing: an invalid argument tells what is set now. */
static bool is_user(const struct account_user *user)
{
	return setfsuid((uid_t)-1) == (int)user->uid && setfsgid((gid_t)-1) == (int)user->gid;
}

static int enter(int dir_fd, const char *name)
{
	return root_open(dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, /* err= */ NULL);
}

static int make_and_enter(int dir_fd, const char *name)
{
	if (mkdirat(dir_fd, name, MADE_DIRECTORY_MODE) < 0 && errno != EEXIST)
		return -errno;
	return enter(dir_fd, name);
}

/* Open @path, whose links lead anywhere inside the root; make what is missing of it. */
static int open_directory(int root_fd, const char *path, struct error *err)
{
	AUTO_FREE char *real = NULL;
	int r = root_resolve_all(root_fd, path, &real, err);

	if (r < 0)
		return r;

	/* By components without links: one that appears meanwhile is refused, not followed. */
	AUTO_CLOSE int at = root_open(root_fd, "/", O_PATH | O_DIRECTORY, 0, err);
	char *rest = real;

	for (char *name; at >= 0 && (name = strsep(&rest, "/"));) {
		if (!*name)
			continue;

		int next = enter(at, name);

		if (next == -ENOENT)
			next = make_and_enter(at, name);
		if (next < 0)
			return error_errno(err, -next, "enter directory %s of %s", name, path);
		close(at);
		at = next;
	}
	return take_fd(&at);
}

static int write_new(int dir_fd, const char *name, struct slice text)
{
	char temporary[ROOT_TEMPORARY_NAME_MAX];
	AUTO_CLOSE int fd = root_temporary(dir_fd, name, temporary, /* err= */ NULL);

	if (fd < 0)
		return fd;

	int r = file_write_fd(fd, text.data, text.length);

	if (r == 0 && (fchmod(fd, KEYS_MODE) < 0 || fsync(fd) < 0 ||
		       renameat(dir_fd, temporary, dir_fd, name) < 0))
		r = -errno;
	if (r < 0)
		(void)unlinkat(dir_fd, temporary, 0);
	return r;
}

static int write_keys(const struct passwd_keys *keys, int root_fd, const char *path,
		      struct error *err)
{
	const char *name = strrchr(path, '/') + 1;
	AUTO_FREE char *directory = xstrndup(path, (size_t)(name - path));
	AUTO_CLOSE int path_fd = open_directory(root_fd, directory, err);

	if (path_fd < 0)
		return path_fd;

	int r = write_new(path_fd, name, keys->text);

	if (r < 0)
		return error_errno(err, -r, "write %s", path);

	/* O_PATH cannot be synced; a directory that its owner may not list goes with the syncfs. */
	AUTO_CLOSE int dir_fd = root_open(path_fd, ".", O_RDONLY | O_DIRECTORY, 0, /* err= */ NULL);

	if (dir_fd >= 0 && fsync(dir_fd) < 0)
		return error_errno(err, errno, "write the directory of %s", path);
	return 0;
}

static int remove_keys(int root_fd, const char *path, struct error *err)
{
	const char *name = strrchr(path, '/') + 1;
	AUTO_FREE char *directory = xstrndup(path, (size_t)(name - path));
	AUTO_CLOSE int dir_fd = root_open(root_fd, directory, O_PATH | O_DIRECTORY, 0, NULL);

	if (dir_fd < 0 || unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	return error_errno(err, errno, "remove %s", path);
}

int passwd_keys_write(const struct machine *machine, const struct account_user *user,
		      const struct passwd_keys *keys, struct error *err)
{
	if (!*user->home)
		return error_set(err, ERROR_INPUT, EINVAL, "the user has no home; set homeDir");

	AUTO_FREE char *path = xasprintf("%s/%s", user->home, keys->subpath);
	struct identity ourselves = { .groups = NULL };
	int r = become_user(user, &ourselves, err);

	if (r < 0)
		return r;
	if (is_user(user))
		r = keys->text.length ? write_keys(keys, machine->root_fd, path, err)
				      : remove_keys(machine->root_fd, path, err);
	else
		r = error_set(err, ERROR_SYSTEM, EPERM, "cannot act as uid %u: not root",
			      (unsigned)user->uid);
	become_ourselves(&ourselves);
	return r;
}

static int find_owner(const struct accounts *accounts, const char *name,
		      const struct account_user **ret, struct error *err)
{
	*ret = accounts_find_user(accounts, slice_of(name));
	if (*ret)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, ENOENT, "the target has no such user; run again");
}

/* For the system journal, as upstream tells it (spec ignition 1.10). */
static void record_keys(const struct passwd_keys *keys, const struct machine *machine,
			const struct account_user *user, const struct event_observer *observer)
{
	AUTO_FREE char *text = xasprintf("wrote ssh authorized keys file for user: %s", keys->user);
	const char *root = strcmp(machine->root_path, "/") == 0 ? "" : machine->root_path;
	AUTO_FREE char *path = xasprintf("%s%s/%s", root, user->home, keys->subpath);
	const struct event_field fields[] = {
		{ "IGNITION_USER_NAME", keys->user },
		{ "IGNITION_PATH", path },
		{ NULL, NULL },
	};
	const struct event_record record = { .id = KEYS_WRITTEN_ID, .fields = fields };

	event_notify(observer,
		     &(struct event){ .kind = EVENT_RECORD, .text = text, .record = &record });
}

static int apply_keys(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	const struct passwd_keys *keys = operation->detail;
	AUTO(accounts_free) struct accounts *accounts = NULL;
	const struct account_user *user = NULL;
	int r = accounts_load(machine->root_fd, &accounts, err);

	if (r == 0)
		r = find_owner(accounts, keys->user, &user, err);
	if (r == 0)
		r = passwd_keys_write(machine, user, keys, err);
	if (r == 0)
		record_keys(keys, machine, user, observer);
	return r < 0 ? error_wrap(err, r, "SSH keys of user %s", keys->user) : 0;
}

const struct operation_class passwd_keys_class = { "user.keys", "file", apply_keys };

bool passwd_keys_is_done(int root_fd, const struct account_user *user,
			 const struct passwd_keys *keys)
{
	AUTO_FREE char *path = xasprintf("%s/%s", user->home, keys->subpath);
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	struct stat st;

	if (root_stat(root_fd, path, &st, /* err= */ NULL) < 0 || !S_ISREG(st.st_mode) ||
	    (st.st_mode & 07777) != KEYS_MODE || st.st_uid != user->uid)
		return false;
	if (root_read(root_fd, path, KEYS_MAX_BYTES, &data, &length, /* err= */ NULL) < 0)
		return false;
	return slice_equal((struct slice){ data, length }, keys->text);
}

static int give_directory(const struct account_user *user, int root_fd, const char *path,
			  struct error *err)
{
	AUTO_CLOSE int fd = root_open(root_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, err);

	if (fd < 0)
		return fd;
	if (fchown(fd, user->uid, user->gid) < 0 || fchmod(fd, MADE_DIRECTORY_MODE) < 0)
		return error_errno(err, errno, "give directory %s to its user", path);
	return 0;
}

static int apply_home(const struct operation *operation, struct machine *machine,
		      const struct event_observer *observer, struct error *err)
{
	const char *name = operation->detail;
	AUTO(accounts_free) struct accounts *accounts = NULL;
	const struct account_user *user = NULL;
	int r = accounts_load(machine->root_fd, &accounts, err);

	(void)observer;
	if (r == 0)
		r = find_owner(accounts, name, &user, err);
	if (r == 0)
		r = give_directory(user, machine->root_fd, operation->object, err);
	return r < 0 ? error_wrap(err, r, "home of user %s", name) : 0;
}

const struct operation_class passwd_home_class = { "user.home", "directory", apply_home };
