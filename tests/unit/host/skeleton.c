/* skeleton - what an empty root gets, and what others keep. */
#include "host/skeleton.h"

#include "host/accounts.h"
#include "passwd_fixture.h"

static const struct {
	const char *path;
	mode_t mode;
} entries[] = {
	{ "/etc/passwd", S_IFREG | 0644 },
	{ "/etc/group", S_IFREG | 0644 },
	{ "/etc/shadow", S_IFREG | 0600 },
	{ "/etc/gshadow", S_IFREG | 0600 },
	{ "/etc/login.defs", S_IFREG | 0644 },
	{ "/root", S_IFDIR | 0700 },
	{ "/home", S_IFDIR | 0755 },
	{ "/tmp", S_IFDIR | 01777 },
	{ "/usr", S_IFDIR | 0755 },
	{ "/var", S_IFDIR | 0755 },
};

static void test_entries(void)
{
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(accounts_free) struct accounts *accounts = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct stat st = { .st_mode = 0 };

		root_stat(fixture.machine.root_fd, entries[i].path, &st, NULL);
		tap_int(st.st_mode, entries[i].mode, entries[i].path);
	}
	tap_int(accounts_load(fixture.machine.root_fd, &accounts, NULL), 0, "its databases load");
	tap_ok(accounts_user_at(accounts, 0) && !accounts_user_at(accounts, 1) &&
		       accounts_group_at(accounts, 0) && !accounts_group_at(accounts, 1),
	       "root is alone");
	tap_str(accounts_user_at(accounts, 0)->password_hash, "*", "root has no password");
	tap_ok(!skeleton_is_needed(fixture.machine.root_fd), "once laid it is not needed again");
}

static void test_needed(void)
{
	static const char *const databases[] = { "/usr/lib/passwd",
						 "/usr/share/baselayout/passwd" };

	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		AUTO(fixture_done) struct fixture fixture = fixture_new();
		AUTO_FREE char *path = xasprintf("%s/etc/passwd", fixture.root);

		tap_int(remove(path), 0, "without any user");
		tap_ok(skeleton_is_needed(fixture.machine.root_fd), "it is needed");
		write_file(&fixture, databases[i], "");
		tap_ok(!skeleton_is_needed(fixture.machine.root_fd), "but not with %s",
		       databases[i]);
	}
}

static void test_kept(void)
{
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	struct stat st = { .st_mode = 0 };

	write_file(&fixture, "/etc/group", "mine:x:5:\n");
	make_directory(&fixture, "/root", 0711, 0);
	tap_int(lay_skeleton(&fixture.machine), 0, "it is laid over what is there");
	AUTO_FREE char *text = read_file(&fixture, "/etc/group");

	tap_str(text, "mine:x:5:\n", "a file that is there is kept");
	root_stat(fixture.machine.root_fd, "/root", &st, NULL);
	tap_int(st.st_mode & 07777, 0711, "a directory that is there keeps its mode");
}

int main(void)
{
	test_entries();
	test_needed();
	test_kept();
	return tap_done();
}
