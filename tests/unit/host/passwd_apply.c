/* passwd_apply - killed runs, locks, and homes that lead astray, with the real tools. */
#include "host/passwd.h"

#include <grp.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/wait.h>

#include "passwd_fixture.h"

#define CORE_RECEIPT "{\"operation\":\"user.add\",\"user\":\"core\"}"

static const struct slice other_only[] = { SLICE("other") };

static const struct wish whole = {
	.groups = { GROUP(.name = SLICE("g"), .has_gid = true, .gid = 500,
			  .password_hash = SLICE(HASH)) },
	.users = { USER(.name = SLICE("core"), .password_hash = SLICE(HASH), .groups = other_only,
			.group_count = 1, .ssh_keys = two_keys, .ssh_key_count = 2),
		   USER(.name = SLICE("old"), .home_dir = SLICE("/srv/old"),
			.password_hash = SLICE(HASH)),
		   USER(.name = SLICE("img"), .shell = SLICE("/bin/sh")) },
	.flags = PASSWD_HASH_HIDDEN | PASSWD_KEYS_FRAGMENT,
};

/* Every point between two operations. */
static void test_killed(void)
{
	size_t count = 1;

	for (size_t done = 0; done <= count; done++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(fixture_done) struct fixture fixture = fixture_new();
		AUTO(plan_free) struct plan *plan = NULL;

		add_old_user(&fixture);
		make_plan(&fixture, &whole, &plan, &err);
		count = plan ? plan->count : 0;
		apply_some(&fixture, plan, done, &err);
		fixture.begun = CORE_RECEIPT;
		tap_int(count_left(&fixture, &whole), (int64_t)(count - done),
			"what is left of a killed run is what it did not do");
		provision(&fixture, &whole, &err);
		tap_str(err.text, NULL, "the next run ends well");
		tap_int(count_left(&fixture, &whole), 0, "and leaves nothing to do");

		AUTO_FREE char *shadow = read_file(&fixture, "/etc/shadow");

		tap_ok(strstr(shadow, "\ncore:" HASH ":") && strstr(shadow, "\nold:" HASH ":"),
		       "the hashes are set");
	}
	tap_int((int64_t)count, 9, "there were that many points to be killed at");
}

/* What useradd had written when the power went. */
static const struct {
	const char *label;
	struct addition files[4];
	mode_t home_mode; /* 0: none; 01000: 000 */
	const char *commands;
} half_rows[] = {
	{ "passwd alone",
	  { { "/etc/passwd", "core:x:1235:1235::/home/core:/bin/sh\n" } },
	  .commands = "userdel --root R core\nuseradd --root R --create-home --password * core" },
	{ "passwd and shadow",
	  { { "/etc/passwd", "core:x:1235:1235::/home/core:/bin/sh\n" },
	    { "/etc/shadow", "core:*:1::::::\n" } },
	  .commands = "userdel --root R core\nuseradd --root R --create-home --password * core" },
	{ "all but the home",
	  { { "/etc/passwd", "core:x:1235:1235::/home/core:/bin/sh\n" },
	    { "/etc/shadow", "core:*:1::::::\n" },
	    { "/etc/group", "core:x:1235:\n" },
	    { "/etc/gshadow", "core:!::\n" } },
	  .commands = "userdel --root R core\nuseradd --root R --create-home --password * core" },
	{ "a home that nobody may enter",
	  { { "/etc/passwd", "core:x:1235:1235::/home/core:/bin/sh\n" },
	    { "/etc/shadow", "core:*:1::::::\n" },
	    { "/etc/group", "core:x:1235:\n" },
	    { "/etc/gshadow", "core:!::\n" } },
	  .home_mode = 01000,
	  .commands = "userdel --root R core\nuseradd --root R --create-home --password * core" },
	{ "everything",
	  { { "/etc/passwd", "core:x:1235:1235::/home/core:/bin/sh\n" },
	    { "/etc/shadow", "core:*:1::::::\n" },
	    { "/etc/group", "core:x:1235:\n" },
	    { "/etc/gshadow", "core:!::\n" } },
	  .home_mode = 0755,
	  .commands = "" },
};

static void lay_half(const struct fixture *fixture, size_t row)
{
	for (size_t i = 0; i < ARRAY_SIZE(half_rows[row].files) && half_rows[row].files[i].path;
	     i++)
		append_file(fixture, half_rows[row].files[i].path, half_rows[row].files[i].text);
	if (half_rows[row].home_mode)
		make_directory(fixture, "/home/core", half_rows[row].home_mode & 0777,
			       half_rows[row].home_mode == 01000 ? 0 : 1235);
}

static void test_half_made(void)
{
	const struct wish wish = { .users = { USER(.name = SLICE("core")) } };

	for (size_t i = 0; i < ARRAY_SIZE(half_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(fixture_done) struct fixture fixture = fixture_new();
		AUTO(fixture_done) struct fixture foreign = fixture_new();
		struct stat st = { .st_uid = 0 };

		lay_half(&fixture, i);
		lay_half(&foreign, i);
		tap_int(count_left(&foreign, &wish), 0, "a user that is not ours is left as he is");
		fixture.begun = CORE_RECEIPT;
		provision(&fixture, &wish, &err);
		tap_str(err.text, NULL, half_rows[i].label);
		tap_str(text_str(&fixture.commands), half_rows[i].commands,
			"is made again or left");
		root_stat(fixture.machine.root_fd, "/home/core", &st, NULL);
		/* The first free id of an empty root is another than the one that was cut off. */
		tap_ok(st.st_uid >= 1000 && (st.st_mode & 0700) == 0700, "the home is the user's");
		tap_int(count_left(&fixture, &wish), 0, "and leaves nothing to do");
	}
}

/* A child that locks @path as lckpwdf(3) does, until it is killed. */
static pid_t start_holder(const struct fixture *fixture)
{
	AUTO_FREE char *path = xasprintf("%s/etc/.pwd.lock", fixture->root);
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		abort();
	pid_t pid = fork();

	if (pid == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd = open(path, O_WRONLY | O_CREAT, 0600);

		if (fcntl(fd, F_SETLK, &lock) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	if (read(ready[0], &byte, 1) != 1)
		abort();
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* The real useradd waits for 15 s; this one says at once what it would say. */
static void fake_busy_useradd(const struct fixture *fixture, char **ret_bin)
{
	*ret_bin = xasprintf("%s/bin", fixture->root);
	AUTO_FREE char *path = xasprintf("%s/useradd", *ret_bin);

	write_file(fixture, "/bin/useradd",
		   "#!/bin/sh\n"
		   "echo 'useradd: cannot lock /etc/passwd; try again later.' >&2\nexit 1\n");
	if (chmod(path, 0755) < 0)
		abort();
}

static void test_locked(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO_FREE char *path = xstrdup(getenv("PATH") ?: "");
	AUTO_FREE char *bin = NULL;
	const struct wish wish = { .users = { USER(.name = SLICE("core")) } };
	pid_t holder = start_holder(&fixture);

	append_file(&fixture, "/etc/passwd.lock", "1");
	fake_busy_useradd(&fixture, &bin);
	setenv("PATH", bin, /* replace= */ 1);
	tap_ok(provision(&fixture, &wish, &err) < 0, "locked databases stop the run");
	setenv("PATH", path, /* replace= */ 1);

	AUTO_FREE char *want =
		xasprintf("user core: the target's /etc/.pwd.lock is locked by process "
			  "%d; let it finish or stop it, then run again: ",
			  (int)holder);

	tap_ok(err.text && strncmp(err.text, want, strlen(want)) == 0,
	       "who holds the lock is said");
	tap_ok(err.text && strstr(err.text, "useradd: cannot lock /etc/passwd; try again later."),
	       "and what useradd said");
	AUTO_FREE char *lock = read_file(&fixture, "/etc/passwd.lock");

	tap_str(lock, "1", "a lock file that somebody may hold stays");
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	error_done(&err);
	provision(&fixture, &wish, &err);
	tap_str(err.text, NULL, "a lock file of nobody does not stop the real useradd");
	tap_str(text_str(&fixture.messages),
		"removed /etc/passwd.lock, which an interrupted run left behind\n",
		"its removal is said");
}

static void test_changed_meanwhile(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(plan_free) struct plan *removal = NULL;
	const struct wish new_user = { .users = { USER(.name = SLICE("core")) } };
	const struct wish no_group = { .groups = { { .name = SLICE("og") } } };

	add_old_user(&fixture);
	make_plan(&fixture, &new_user, &plan, NULL);
	make_plan(&fixture, &no_group, &removal, NULL);
	append_file(&fixture, "/etc/passwd", "core:x:7:7::/:/bin/sh\n");
	write_file(&fixture, "/etc/group", "root:x:0:\n");
	tap_int(apply_some(&fixture, plan, 1, &err), -EEXIST, "a user that appeared is not made");
	tap_str(err.text, "user core: it appeared since the plan was made; run again",
		"and the next run is asked for");
	error_done(&err);
	tap_int(apply_some(&fixture, removal, 1, &err), -EBUSY, "a group that went is not removed");
	tap_str(err.text, "group og: it is gone since the plan was made; run again",
		"and the next run is asked for");
	tap_str(text_str(&fixture.commands), "", "no tool was called");
	error_done(&err);
	append_file(&fixture, "/etc/passwd", "broken " SECRET "\n");
	tap_int(apply_some(&fixture, plan, 1, &err), -EINVAL,
		"a malformed database is not written");
	tap_str(err.text,
		"user core: accounts of the target: /etc/passwd:4: malformed line (too few "
		"fields); "
		"correct or remove it",
		"its line is named, not shown");
}

static void test_tool_error(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(plan_free) struct plan *plan = NULL;
	const struct wish wish = {
		.users = { USER(.name = SLICE("Bad Name"), .password_hash = SLICE(HASH)) },
	};

	make_plan(&fixture, &wish, &plan, NULL);
	tap_int(apply_some(&fixture, plan, SIZE_MAX, &err), -ECANCELED, "useradd may refuse");
	tap_ok(err.text && strstr(err.text, "useradd: invalid user name 'Bad Name'"),
	       "its reason is ours");
	tap_ok(err.text && !strstr(err.text, SECRET), "the hash is not in it");
}

#define KEYS_TEXT "ssh-ed25519 k1\nssh-ed25519 k2\n"

static const struct wish old_keys = {
	.users = { USER(.name = SLICE("old"), .ssh_keys = two_keys, .ssh_key_count = 2) },
	.flags = PASSWD_KEYS_FRAGMENT,
};

static void make_link(const struct fixture *fixture, const char *path, const char *target)
{
	AUTO_FREE char *full = xasprintf("%s%s", fixture->root, path);

	if (symlink(target, full) < 0 || lchown(full, 1234, 1234) < 0)
		abort();
}

static void check_node(const struct fixture *fixture, const char *path, mode_t mode, uid_t uid)
{
	struct stat st = { .st_mode = 0 };

	root_stat(fixture->machine.root_fd, path, &st, NULL);
	tap_ok((st.st_mode & 07777) == mode && st.st_uid == uid && st.st_gid == uid,
	       "%s is mode %04o of %u", path, (unsigned)mode, (unsigned)uid);
}

static void test_keys(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	struct wish one_file = old_keys;
	mode_t ours = umask(0);

	one_file.flags = 0;
	add_old_user(&fixture);
	provision(&fixture, &old_keys, &err);
	tap_str(err.text, NULL, "keys are written");
	AUTO_FREE char *text = read_file(&fixture, "/home/old/.ssh/authorized_keys.d/ignition");

	tap_str(text, KEYS_TEXT, "one key to a line, with a newline at the end");
	AUTO_FREE char *entry =
		xasprintf("IGNITION_USER_NAME=old\n"
			  "IGNITION_PATH=%s/home/old/.ssh/authorized_keys.d/ignition\n",
			  fixture.root);

	tap_str(text_str(&fixture.messages), entry, "the journal hears whose and where");
	check_node(&fixture, "/home/old/.ssh", 0700, 1234);
	check_node(&fixture, "/home/old/.ssh/authorized_keys.d", 0700, 1234);
	check_node(&fixture, "/home/old/.ssh/authorized_keys.d/ignition", 0600, 1234);
	tap_int(umask(ours), 0, "our umask is as before");
	tap_int(count_left(&fixture, &old_keys), 0, "keys that are there are not written again");
	tap_str(text_str(&fixture.commands), "", "keys alone call no tool");

	AUTO_FREE char *full =
		xasprintf("%s/home/old/.ssh/authorized_keys.d/ignition", fixture.root);

	if (chmod(full, 0644) < 0)
		abort();
	tap_int(count_left(&fixture, &old_keys), 1,
		"a key file that others may read is not as asked");
	if (chmod(full, 0600) < 0 || chown(full, 0, 0) < 0)
		abort();
	tap_int(count_left(&fixture, &old_keys), 1, "a key file of somebody else is not as asked");
	provision(&fixture, &old_keys, &err);
	check_node(&fixture, "/home/old/.ssh/authorized_keys.d/ignition", 0600, 1234);
	provision(&fixture, &one_file, &err);
	AUTO_FREE char *plain = read_file(&fixture, "/home/old/.ssh/authorized_keys");

	tap_str(plain, KEYS_TEXT, "without fragments there is one file");
}

static void test_identity(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	const gid_t groups[] = { 3, 4 };
	gid_t after[4];

	add_old_user(&fixture);
	if (setgroups(2, groups) < 0)
		abort();
	provision(&fixture, &old_keys, &err);
	write_file(&fixture, "/home/old/.ssh/authorized_keys.d/ignition", "other\n");
	make_directory(&fixture, "/home/old", 0700, 0);
	tap_int(provision(&fixture, &old_keys, &err), -EACCES,
		"a home that the user may not enter is an error");
	tap_str(err.text,
		"SSH keys of user old: resolve /home/old/.ssh/authorized_keys.d/: Permission "
		"denied",
		"which names the path");
	tap_int(setfsuid((uid_t)-1), 0, "after an error we are root again");
	tap_int(setfsgid((gid_t)-1), 0, "with root's group");
	tap_ok(getgroups(4, after) == 2 && after[0] == 3 && after[1] == 4, "and our groups");
	if (setgroups(0, NULL) < 0)
		abort();
}

/* Homes are the users' to fill. */
static const struct {
	const char *label;
	const char *link, *target; /* below the root */
	int errnum;
	const char *written; /* where the keys are then */
} link_rows[] = {
	{ "a link within the home", "/home/old/.ssh", "real", 0,
	  "/home/old/real/authorized_keys.d/ignition" },
	{ "an absolute link begins at the root", "/home/old/.ssh", "/home/old/real", 0,
	  "/home/old/real/authorized_keys.d/ignition" },
	{ "parents end at the root", "/home/old/.ssh", "../../../../../home/old/real", 0,
	  "/home/old/real/authorized_keys.d/ignition" },
	{ "a link to what only root may write", "/home/old/.ssh", "/etc", EACCES, NULL },
	{ "a link to what only the host has", "/home/old/.ssh", "/proc/self/cwd", EACCES, NULL },
	{ "a link to itself", "/home/old/.ssh", ".ssh", ELOOP, NULL },
};

static void test_links(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(link_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(fixture_done) struct fixture fixture = fixture_new();

		add_old_user(&fixture);
		make_link(&fixture, link_rows[i].link, link_rows[i].target);
		tap_int(provision(&fixture, &old_keys, &err), -link_rows[i].errnum,
			link_rows[i].label);
		if (!link_rows[i].written)
			continue;

		AUTO_FREE char *text = read_file(&fixture, link_rows[i].written);

		tap_str(text, KEYS_TEXT, "its keys are inside the root");
		tap_int(count_left(&fixture, &old_keys), 0, "and are found there again");
	}
}

static void test_final_link(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();

	add_old_user(&fixture);
	make_directory(&fixture, "/home/old/.ssh", 0700, 1234);
	make_directory(&fixture, "/home/old/.ssh/authorized_keys.d", 0700, 1234);
	make_link(&fixture, "/home/old/.ssh/authorized_keys.d/ignition", "/etc/passwd");
	AUTO_FREE char *before = read_file(&fixture, "/etc/passwd");

	provision(&fixture, &old_keys, &err);
	AUTO_FREE char *after = read_file(&fixture, "/etc/passwd");

	tap_str(after, before, "a link in place of the file is replaced, not followed");
	check_node(&fixture, "/home/old/.ssh/authorized_keys.d/ignition", 0600, 1234);
}

static void test_image_user_keys(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	const struct wish wish = {
		.users = { USER(.name = SLICE("img"), .ssh_keys = two_keys, .ssh_key_count = 2) },
	};

	add_old_user(&fixture);
	make_directory(&fixture, "/var/img", 0700, 38);
	AUTO_FREE char *before = read_file(&fixture, "/etc/passwd");

	provision(&fixture, &wish, &err);
	AUTO_FREE char *after = read_file(&fixture, "/etc/passwd");

	tap_str(err.text, NULL, "a user of the image gets keys");
	tap_str(after, before, "and is not copied for them");
	check_node(&fixture, "/var/img/.ssh/authorized_keys", 0600, 38);
}

static void test_mount_directories(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	const struct wish wish = {
		.users = { USER(.name = SLICE("core"), .has_uid = true, .uid = 1500) },
		.mount_directories = { SLICE("/home/core"), SLICE("home/core/data"),
				       SLICE("/home/core2") },
	};

	make_directory(&fixture, "/home/core", 0755, 0);
	make_directory(&fixture, "/home/core/data", 0755, 0);
	make_directory(&fixture, "/home/core2", 0755, 0);
	provision(&fixture, &wish, &err);
	tap_str(err.text, NULL, "directories of the mount stage are given away");
	check_node(&fixture, "/home/core", 0700, 1500);
	check_node(&fixture, "/home/core/data", 0700, 1500);
	check_node(&fixture, "/home/core2", 0755, 0);
	tap_int(count_left(&fixture, &wish), 0, "and only once");
}

int main(void)
{
	if (!can_apply()) {
		puts("1..0 # SKIP needs root and the shadow suite");
		return 0;
	}
	test_killed();
	test_half_made();
	test_locked();
	test_changed_meanwhile();
	test_tool_error();
	test_keys();
	test_identity();
	test_links();
	test_final_link();
	test_image_user_keys();
	test_mount_directories();
	return tap_done();
}
