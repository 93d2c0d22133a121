/* accounts - what the databases of a target say, and which of them counts. */
#include "host/accounts.h"

#include <errno.h>
#include <ftw.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "base/root.h"
#include "tap.h"

#define FILES_MAX 4

struct database_file {
	const char *path, *text;
};

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void remove_directory(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Fill a fresh root with @files and load it. */
static int load(const struct database_file *files, struct accounts **ret, struct error *err)
{
	char path[] = "/tmp/slipway-accounts-XXXXXX";

	if (!mkdtemp(path))
		return -errno;

	int root_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; i < FILES_MAX && files[i].path; i++)
		root_replace(root_fd, files[i].path, slice_of(files[i].text), 0600, ROOT_VOLATILE,
			     /* err= */ NULL);
	int r = accounts_load(root_fd, ret, err);

	close(root_fd);
	remove_directory(path);
	return r;
}

static const struct {
	const char *label;
	struct database_file files[FILES_MAX];
	const char *want; /* error text; NULL: loads */
} load_rows[] = {
	{ "no file at all is an empty database", { { 0 } }, NULL },
	{ "an empty file is an empty database", { { "/etc/passwd", "" } }, NULL },
	{ "the last line needs no newline", { { "/etc/passwd", "a:x:1:2:::" } }, NULL },
	{ "blank lines, comments and NIS rows are skipped",
	  { { "/etc/passwd", "\n  \n# note\n+::::::\n-evil\n+@net\n" } },
	  NULL },
	{ "six fields are too few",
	  { { "/etc/passwd", "root:x:0:0::/\na:$6$secret:1:2::/\n" } },
	  "accounts of the target: /etc/passwd:1: malformed line (too few fields); correct or "
	  "remove it" },
	{ "eight fields are too many",
	  { { "/etc/passwd", "root:x:0:0::/:/:\n" } },
	  "accounts of the target: /etc/passwd:1: malformed line (too many fields); correct or "
	  "remove it" },
	{ "skipped lines count",
	  { { "/etc/passwd", "# one\n\nbroken $6$secret\n" } },
	  "accounts of the target: /etc/passwd:3: malformed line (too few fields); correct or "
	  "remove it" },
	{ "a user needs a name",
	  { { "/etc/passwd", ":x:0:0::/:/\n" } },
	  "accounts of the target: /etc/passwd:1: malformed line (no name); correct or remove it" },
	{ "a uid is a number",
	  { { "/etc/passwd", "a:x:+1:0::/:/\n" } },
	  "accounts of the target: /etc/passwd:1: malformed line (field 3 is not an id); correct "
	  "or remove it" },
	{ "a gid is not empty",
	  { { "/etc/passwd", "a:x:1:::/:/\n" } },
	  "accounts of the target: /etc/passwd:1: malformed line (field 4 is not an id); correct "
	  "or remove it" },
	{ "the largest id loads", { { "/etc/passwd", "a:x:4294967294:0::/:/\n" } }, NULL },
	{ "chown's -1 is no id",
	  { { "/etc/passwd", "a:x:4294967295:0::/:/\n" } },
	  "accounts of the target: /etc/passwd:1: malformed line (field 3 is not an id); correct "
	  "or remove it" },
	{ "a group may end after its id", { { "/etc/group", "a:x:1\n" } }, NULL },
	{ "a group needs an id",
	  { { "/etc/group", "a:x\n" } },
	  "accounts of the target: /etc/group:1: malformed line (too few fields); correct or "
	  "remove it" },
	{ "a row of shadow without a user is skipped",
	  { { "/etc/shadow", "b:b\n" }, { "/etc/passwd", "a:x:1:2::/:/\n" } },
	  NULL },
	{ "shadow's lines are checked",
	  { { "/etc/shadow", "$6$secret\n" } },
	  "accounts of the target: /etc/shadow:1: malformed line (too few fields); correct or "
	  "remove it" },
	{ "gshadow's lines are checked",
	  { { "/etc/gshadow", "a:b:c:d:e\n" } },
	  "accounts of the target: /etc/gshadow:1: malformed line (too many fields); correct or "
	  "remove it" },
	{ "the image's users are checked",
	  { { "/usr/lib/passwd", "x\n" } },
	  "accounts of the target: /usr/lib/passwd:1: malformed line (too few fields); correct or "
	  "remove it" },
	{ "the image's groups are checked",
	  { { "/usr/share/baselayout/group", "g:x:ten:\n" } },
	  "accounts of the target: /usr/share/baselayout/group:1: malformed line (field 3 is not "
	  "an id); correct or remove it" },
};

static void test_load(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(load_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(accounts_free) struct accounts *accounts = NULL;
		int r = load(load_rows[i].files, &accounts, &err);

		tap_str(err.text, load_rows[i].want, load_rows[i].label);
		tap_ok(load_rows[i].want ? r == -EINVAL && err.kind == ERROR_INPUT : r == 0,
		       "%s: kind", load_rows[i].label);
	}
}

/* A NUL in the middle cannot stand in a C string row. */
static void test_nul(void)
{
	char path[] = "/tmp/slipway-accounts-XXXXXX";
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(accounts_free) struct accounts *accounts = NULL;

	if (!mkdtemp(path))
		return;
	AUTO_CLOSE int root_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	root_replace(root_fd, "/etc/passwd", SLICE("a:x:1:2::/:/\nb\0:x:1:2::/:/\n"), 0644,
		     ROOT_VOLATILE, /* err= */ NULL);
	tap_int(accounts_load(root_fd, &accounts, &err), -EINVAL, "a NUL byte is malformed");
	tap_str(err.text,
		"accounts of the target: /etc/passwd:2: malformed line (a NUL byte); correct or "
		"remove it",
		"a NUL byte is named with its line");
	remove_directory(path);
}

static const struct database_file fixture[FILES_MAX] = {
	{ "/etc/passwd",
	  "root:x:0:0:root:/root:/bin/bash\ncore:plain:500:501:Core:/home/core:/bin/sh\n"
	  "core:x:9:9::/second:/bin/sh\nhalf:x:7:7::/half:\n" },
	{ "/etc/group", "root:x:0:\nwheel:x:10:core,,root\ncore:x:501\n" },
	{ "/etc/shadow",
	  "stray:gone:1::::::\ncore:$6$core:1::::::\nroot:*:1::::::\ncore:later:1::::::\n" },
	{ "/usr/lib/passwd",
	  "core:x:900:900::/image:/bin/false\nntp:x:38:38:NTP:/var/ntp:/bin/false\n" },
};

static void test_users(void)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;

	tap_int(load(fixture, &accounts, /* err= */ NULL), 0, "the fixture loads");
	const struct account_user *core = accounts_find_user(accounts, SLICE("core"));

	tap_ok(core && core->uid == 500 && core->gid == 501, "the row of /etc counts");
	tap_str(core->home, "/home/core", "of two rows of one file the first counts");
	tap_str(core->gecos, "Core", "gecos is field 5");
	tap_str(core->shell, "/bin/sh", "shell is field 7");
	tap_str(core->password_hash, "$6$core", "the hash is the first of shadow");
	tap_ok(core->is_local && core->is_in_image && core->has_ids && !core->is_planned,
	       "a user of both is local and in the image");

	const struct account_user *ntp = accounts_find_user(accounts, SLICE("ntp"));

	tap_ok(ntp && ntp->uid == 38 && !ntp->is_local && ntp->is_in_image,
	       "a user of the image exists and is not local");
	tap_str(accounts_find_user(accounts, SLICE("half"))->password_hash, "x",
		"without a row of shadow the hash is passwd's");
	tap_ok(!accounts_find_user(accounts, SLICE("stray")), "shadow alone makes no user");
	tap_ok(!accounts_find_user(accounts, SLICE("cor")), "a prefix is not a name");
	tap_ok(!accounts_find_user(accounts, SLICE("")), "an empty name is nobody's");
	tap_str(accounts_find_user_by_id(accounts, 38)->name, "ntp", "users are found by id");
	tap_ok(!accounts_find_user_by_id(accounts, 39), "an unused uid is nobody's");
}

static void test_groups(void)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	const struct database_file files[FILES_MAX] = {
		fixture[1],
		{ "/etc/gshadow", "wheel:$6$g::core\n" },
		{ "/usr/lib/group", "docker:x:233:\nwheel:x:11:ntp\n" },
		{ "/usr/share/baselayout/group", "docker:x:999:\nrkt:x:232:core\n" },
	};

	load(files, &accounts, /* err= */ NULL);
	const struct account_group *wheel = accounts_find_group(accounts, SLICE("wheel"));

	tap_ok(wheel && wheel->gid == 10 && wheel->is_local && wheel->is_in_image,
	       "the group of /etc counts");
	tap_str(wheel->password_hash, "$6$g", "a group's hash is gshadow's");
	tap_ok(accounts_is_member(wheel, "core") && accounts_is_member(wheel, "root"),
	       "members are split at commas");
	tap_ok(!accounts_is_member(wheel, "") && !accounts_is_member(wheel, "cor"),
	       "an empty member is none");
	tap_ok(!accounts_find_group(accounts, SLICE("core"))->members[0],
	       "a group of three fields has no members");
	tap_int(accounts_find_group(accounts, SLICE("docker"))->gid, 233,
		"altfiles come before baselayout");
	tap_ok(accounts_is_member(accounts_find_group(accounts, SLICE("rkt")), "core"),
	       "a group of baselayout exists");
	tap_str(accounts_find_group_by_id(accounts, 232)->name, "rkt", "groups are found by id");
	tap_ok(!accounts_find_group_by_id(accounts, 233 + 1), "an unused gid is nobody's");
	tap_str(accounts_group_at(accounts, 0)->name, "root", "groups are in file order");
	tap_ok(accounts_group_at(accounts, 4) && !accounts_group_at(accounts, 5),
	       "the last group is followed by none");
}

static void test_plan(void)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;

	load(fixture, &accounts, /* err= */ NULL);
	accounts_plan_user(accounts, SLICE("new"), 1000, -1, SLICE("/home/new"));
	const struct account_user *user = accounts_find_user(accounts, SLICE("new"));

	tap_ok(user && user->is_planned && user->is_local && !user->has_ids,
	       "a planned user without gid has no ids yet");
	tap_str(user->home, "/home/new", "a planned user has its home");
	accounts_plan_user(accounts, SLICE("core"), 600, -1, (struct slice){ NULL, 0 });
	user = accounts_find_user(accounts, SLICE("core"));
	tap_ok(user->uid == 600 && user->gid == 501 && user->has_ids && user->is_planned,
	       "a planned change keeps what it does not name");
	tap_str(user->home, "/home/core", "a planned change keeps the home");
	accounts_plan_group(accounts, SLICE("new"), -1);
	tap_ok(!accounts_find_group(accounts, SLICE("new"))->has_id,
	       "a planned group may have no id yet");
	tap_ok(!accounts_is_member(accounts_find_group(accounts, SLICE("new")), "core"),
	       "a planned group has no members");
	accounts_plan_remove_user(accounts, SLICE("root"));
	accounts_plan_remove_user(accounts, SLICE("nobody-there"));
	accounts_plan_remove_group(accounts, SLICE("wheel"));
	tap_ok(!accounts_find_user(accounts, SLICE("root")) &&
		       accounts_find_user(accounts, SLICE("half")) &&
		       !accounts_find_group(accounts, SLICE("wheel")) &&
		       accounts_find_group(accounts, SLICE("core")),
	       "a planned removal hides one entry and no other");
}

static void test_reload(void)
{
	char path[] = "/tmp/slipway-accounts-XXXXXX";
	AUTO(accounts_free) struct accounts *accounts = NULL;

	if (!mkdtemp(path))
		return;
	AUTO_CLOSE int root_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	accounts_load(root_fd, &accounts, /* err= */ NULL);
	accounts_plan_user(accounts, SLICE("planned"), 1, 1, SLICE("/"));
	root_replace(root_fd, "/etc/passwd", SLICE("made:x:5:5:::\n"), 0644, ROOT_VOLATILE, NULL);
	tap_int(accounts_reload(accounts, root_fd, /* err= */ NULL), 0, "a reload succeeds");
	tap_ok(accounts_find_user(accounts, SLICE("made")) &&
		       !accounts_find_user(accounts, SLICE("planned")),
	       "a reload sees what was made and drops what was planned");
	root_replace(root_fd, "/etc/passwd", SLICE("broken\n"), 0644, ROOT_VOLATILE, NULL);
	tap_int(accounts_reload(accounts, root_fd, /* err= */ NULL), -EINVAL,
		"a reload refuses a malformed line");
	tap_ok(accounts_find_user(accounts, SLICE("made")) != NULL,
	       "a refused reload changes nothing");
	remove_directory(path);
}

int main(void)
{
	test_load();
	test_nul();
	test_users();
	test_groups();
	test_plan();
	test_reload();
	return tap_done();
}
