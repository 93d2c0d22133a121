/* passwd - real tools of the shadow suite on a root of the test's own. */
#include "host/passwd.h"

#include <errno.h>
#include <time.h>

#include "host/passwd_hash.h"
#include "passwd_fixture.h"

static const struct slice og_only[] = { SLICE("og") };
static const struct slice og_and_other[] = { SLICE("og"), SLICE("other") };
static const struct slice other_only[] = { SLICE("other") };
static const struct slice docker_only[] = { SLICE("docker") };
static const struct slice number_only[] = { SLICE("78") };
static const struct slice nowhere_only[] = { SLICE("nowhere") };

static const struct {
	const char *label;
	struct wish wish;
	const char *commands;	 /* of the run */
	const char *path, *want; /* afterwards this file holds this text */
} rows[] = {
	{ "a group",
	  { .groups = { GROUP(.name = SLICE("g")) } },
	  "groupadd --root R g",
	  "/etc/group",
	  "\ng:x:1235:\n" },
	{ "a group with every option",
	  { .groups = { GROUP(.name = SLICE("g"), .has_gid = true, .gid = 500, .is_system = true,
			      .password_hash = SLICE("")) } },
	  "groupadd --root R --gid 500 --password * --system g",
	  "/etc/group",
	  "\ng:x:500:\n" },
	{ "a group's hash as a word, as upstream",
	  { .groups = { GROUP(.name = SLICE("g"), .password_hash = SLICE(HASH)) } },
	  "groupadd --root R --password <secret> g",
	  "/etc/gshadow",
	  "\ng:" HASH "::" },
	{ "a group's hash in no word",
	  { .groups = { GROUP(.name = SLICE("g"), .password_hash = SLICE(HASH)) },
	    .flags = PASSWD_HASH_HIDDEN },
	  "groupadd --root R g",
	  "/etc/gshadow",
	  "\ng:" HASH "::" },
	{ "a group as asked",
	  { .groups = { GROUP(.name = SLICE("og"), .has_gid = true, .gid = 77, .is_system = true,
			      .password_hash = SLICE("!")) } },
	  "",
	  NULL,
	  NULL },
	{ "a group with another gid",
	  { .groups = { GROUP(.name = SLICE("og"), .has_gid = true, .gid = 79,
			      .is_system = true) } },
	  "groupmod --root R --gid 79 og",
	  "/etc/group",
	  "\nog:x:79:old\n" },
	{ "a group with another hash, as a word",
	  { .groups = { GROUP(.name = SLICE("og"), .has_gid = true, .gid = 77,
			      .password_hash = SLICE(HASH)) } },
	  "groupmod --root R --gid 77 --password <secret> og",
	  "/etc/gshadow",
	  "\nog:" HASH "::old" },
	{ "a group with another hash, in no word",
	  { .groups = { GROUP(.name = SLICE("og"), .has_gid = true, .gid = 77,
			      .password_hash = SLICE(HASH)) },
	    .flags = PASSWD_HASH_HIDDEN },
	  "",
	  "/etc/gshadow",
	  "\nog:" HASH "::old" },
	{ "a group with another gid and hash, in no word",
	  { .groups = { GROUP(.name = SLICE("og"), .has_gid = true, .gid = 79,
			      .password_hash = SLICE(HASH)) },
	    .flags = PASSWD_HASH_HIDDEN },
	  "groupmod --root R --gid 79 og",
	  "/etc/gshadow",
	  "\nog:" HASH "::old" },
	{ "a group that shall not be",
	  { .groups = { { .name = SLICE("other") } } },
	  "groupdel --root R other",
	  "/etc/group",
	  "og:x:77:old\n" },
	{ "a group that shall not be and is not",
	  { .groups = { { .name = SLICE("none") } } },
	  "",
	  NULL,
	  NULL },
	{ "a group of the image as asked",
	  { .groups = { GROUP(.name = SLICE("docker"), .has_gid = true, .gid = 233) } },
	  "",
	  NULL,
	  NULL },
	{ "a group of the image with another gid",
	  { .groups = { GROUP(.name = SLICE("docker"), .has_gid = true, .gid = 234) } },
	  "groupmod --root R --gid 234 docker",
	  "/etc/group",
	  "\ndocker:x:234:root\n" },

	{ "a user",
	  { .users = { USER(.name = SLICE("core")) } },
	  "useradd --root R --create-home --password * core",
	  "/etc/passwd",
	  "\ncore:x:1235:1235::/home/core:" },
	{ "a user with every option",
	  { .users = { USER(.name = SLICE("core"), .has_uid = true, .uid = 1500,
			    .password_hash = SLICE("*"), .gecos = SLICE("A B"),
			    .home_dir = SLICE("/srv/core"), .primary_group = SLICE("og"),
			    .groups = og_and_other, .group_count = 2, .shell = SLICE("/bin/zsh"),
			    .no_user_group = true, .no_log_init = true, .is_system = true) } },
	  "useradd --root R --home-dir /srv/core --create-home --no-user-group --system "
	  "--no-log-init --password * --uid 1500 --comment A B --gid og --groups og,other --shell "
	  "/bin/zsh core\nusermod --root R --password * core",
	  "/etc/passwd",
	  "\ncore:x:1500:77:A B:/srv/core:/bin/zsh\n" },
	{ "a user gets his groups",
	  { .users = { USER(.name = SLICE("core"), .groups = og_and_other, .group_count = 2) } },
	  "useradd --root R --create-home --password * --groups og,other core",
	  "/etc/group",
	  "\nog:x:77:old,core\nother:x:78:core\n" },
	{ "a user without home",
	  { .users = { USER(.name = SLICE("core"), .no_create_home = true) } },
	  "useradd --root R --no-create-home --password * core",
	  "/etc/passwd",
	  "\ncore:x:" },
	{ "a user without group of his own",
	  { .users = { USER(.name = SLICE("core"), .no_user_group = true) } },
	  "useradd --root R --create-home --no-user-group --password * core",
	  "/etc/passwd",
	  "\ncore:x:1235:100:" },
	{ "a group by number",
	  { .users = { USER(.name = SLICE("core"), .groups = number_only, .group_count = 1) } },
	  "useradd --root R --create-home --password * --groups 78 core",
	  "/etc/group",
	  "\nother:x:78:core\n" },
	{ "a hash as a word, and once more, as upstream",
	  { .users = { USER(.name = SLICE("core"), .password_hash = SLICE(HASH)) } },
	  "useradd --root R --create-home --password <secret> core\n"
	  "usermod --root R --password <secret> core",
	  "/etc/shadow",
	  "\ncore:" HASH ":" },
	{ "an empty hash as upstream",
	  { .users = { USER(.name = SLICE("core"), .password_hash = SLICE("")) } },
	  "useradd --root R --create-home --password * core\nusermod --root R --password * core",
	  "/etc/shadow",
	  "\ncore:*:" },
	{ "a hash in no word",
	  { .users = { USER(.name = SLICE("core"), .password_hash = SLICE(HASH)) },
	    .flags = PASSWD_HASH_HIDDEN },
	  "useradd --root R --create-home core",
	  "/etc/shadow",
	  "\ncore:" HASH ":" },
	{ "an empty hash is no secret",
	  { .users = { USER(.name = SLICE("core"), .password_hash = SLICE("")) },
	    .flags = PASSWD_HASH_HIDDEN },
	  "useradd --root R --create-home --password * core",
	  "/etc/shadow",
	  "\ncore:*:" },
	{ "a user as asked",
	  { .users = { USER(.name = SLICE("old"), .has_uid = true, .uid = 1234,
			    .password_hash = SLICE(""), .gecos = SLICE("Old"),
			    .home_dir = SLICE("/home/old/"), .primary_group = SLICE("old"),
			    .groups = og_only, .group_count = 1, .shell = SLICE("/bin/sh"),
			    .is_system = true) } },
	  "",
	  NULL,
	  NULL },
	{ "a user that is there without wishes",
	  { .users = { USER(.name = SLICE("old")) } },
	  "",
	  NULL,
	  NULL },
	{ "a user that differs in everything",
	  { .users = { USER(.name = SLICE("old"), .has_uid = true, .uid = 1300,
			    .password_hash = SLICE(HASH), .gecos = SLICE("G"),
			    .home_dir = SLICE("/srv/new"), .primary_group = SLICE("og"),
			    .groups = other_only, .group_count = 1, .shell = SLICE("/bin/zsh"),
			    .is_system = true, .no_create_home = true) } },
	  "usermod --root R --home /srv/new --move-home --password <secret> --uid 1300 --comment G "
	  "--gid og --groups other --shell /bin/zsh old\nusermod --root R --password <secret> old",
	  "/etc/passwd",
	  "\nold:x:1300:77:G:/srv/new:/bin/zsh\n" },
	{ "what is as asked is among the words again",
	  { .users = { USER(.name = SLICE("old"), .gecos = SLICE("Old"),
			    .home_dir = SLICE("/home/old"), .shell = SLICE("/bin/zsh")) } },
	  "usermod --root R --home /home/old --move-home --comment Old --shell /bin/zsh old",
	  "/etc/passwd",
	  "\nold:x:1234:1234:Old:/home/old:/bin/zsh\n" },
	{ "groups of a user are replaced",
	  { .users = { USER(.name = SLICE("old"), .groups = other_only, .group_count = 1) } },
	  "usermod --root R --groups other old",
	  "/etc/group",
	  "\nog:x:77:\nother:x:78:old\n" },
	{ "another hash alone, in no word",
	  { .users = { USER(.name = SLICE("old"), .password_hash = SLICE(HASH)) },
	    .flags = PASSWD_HASH_HIDDEN },
	  "",
	  "/etc/shadow",
	  "\nold:" HASH ":" },
	{ "another shell and hash, in no word",
	  { .users = { USER(.name = SLICE("old"), .password_hash = SLICE(HASH),
			    .shell = SLICE("/bin/zsh")) },
	    .flags = PASSWD_HASH_HIDDEN },
	  "usermod --root R --shell /bin/zsh old",
	  "/etc/shadow",
	  "\nold:" HASH ":" },
	{ "a user that shall not be",
	  { .users = { { .name = SLICE("old") } } },
	  "userdel --remove --root R old",
	  "/etc/group",
	  "root:x:0:\nog:x:77:\nother:x:78:\n" },
	{ "a user that shall not be and is not",
	  { .users = { { .name = SLICE("none") } } },
	  "",
	  NULL,
	  NULL },
	{ "a user of the image as asked",
	  { .users = { USER(.name = SLICE("img"), .has_uid = true, .uid = 38,
			    .shell = SLICE("/bin/false")) } },
	  "",
	  NULL,
	  NULL },
	{ "a user of the image is copied before he changes",
	  { .users = { USER(.name = SLICE("img"), .shell = SLICE("/bin/sh")) } },
	  "usermod --root R --shell /bin/sh img",
	  "/etc/passwd",
	  "\nimg:x:38:38:Image:/var/img:/bin/sh\n" },
	{ "a copied user has no password",
	  { .users = { USER(.name = SLICE("img"), .shell = SLICE("/bin/sh")) } },
	  "usermod --root R --shell /bin/sh img",
	  "/etc/shadow",
	  "\nimg:*:" },
	{ "a group of the image is copied before it gains a member",
	  { .users = { USER(.name = SLICE("core"), .groups = docker_only, .group_count = 1) } },
	  "useradd --root R --create-home --password * --groups docker core",
	  "/etc/group",
	  "\ndocker:x:233:root,core\n" },
	{ "a group of the image is copied before it is somebody's first",
	  { .users = { USER(.name = SLICE("core"), .primary_group = SLICE("docker")) } },
	  "useradd --root R --create-home --password * --gid docker core",
	  "/etc/passwd",
	  "\ncore:x:1235:233:" },
	{ "a group of the same config",
	  { .groups = { GROUP(.name = SLICE("new"), .has_gid = true, .gid = 900) },
	    .users = { USER(.name = SLICE("core"), .primary_group = SLICE("new")) } },
	  "groupadd --root R --gid 900 new\n"
	  "useradd --root R --create-home --password * --gid new core",
	  "/etc/passwd",
	  "\ncore:x:1235:900:" },
	{ "the group of an earlier user",
	  { .users = { USER(.name = SLICE("og2")),
		       USER(.name = SLICE("core"), .primary_group = SLICE("og2")) } },
	  "useradd --root R --create-home --password * og2\n"
	  "useradd --root R --create-home --password * --gid og2 core",
	  "/etc/passwd",
	  "\ncore:x:1236:1235:" },
	{ "the uid of a user that goes",
	  { .users = { { .name = SLICE("old") },
		       USER(.name = SLICE("core"), .has_uid = true, .uid = 1234) } },
	  "userdel --remove --root R old\n"
	  "useradd --root R --create-home --password * --uid 1234 core",
	  "/etc/passwd",
	  "\ncore:x:1234:1234:" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(fixture_done) struct fixture fixture = fixture_new();

		add_old_user(&fixture);
		provision(&fixture, &rows[i].wish, &err);
		tap_str(err.text, NULL, rows[i].label);
		tap_str(text_str(&fixture.commands), rows[i].commands, "its calls");
		tap_ok(!fixture.leaked, "no secret in a visible word");
		tap_int(count_left(&fixture, &rows[i].wish), 0, "nothing is left to do");
		if (!rows[i].path)
			continue;

		AUTO_FREE char *text = read_file(&fixture, rows[i].path);

		if (!tap_ok(strstr(text, rows[i].want) != NULL, "its line in %s", rows[i].path))
			printf("#   want %s\n#   got  %s\n", rows[i].want, text);
	}
}

#define PREFIX_USER  "user core: "
#define PREFIX_GROUP "group g: "

static const struct {
	const char *label;
	struct wish wish;
	int errnum;
	const char *want;
} refusals[] = {
	{ "a colon in a hash",
	  { .users = { USER(.name = SLICE("core"), .password_hash = SLICE("a:" SECRET)) } },
	  EINVAL,
	  PREFIX_USER
	  "passwordHash contains a colon or a control character, which /etc/passwd cannot "
	  "hold" },
	{ "a newline in a group's hash",
	  { .groups = { GROUP(.name = SLICE("g"), .password_hash = SLICE("a\n" SECRET)) } },
	  EINVAL,
	  PREFIX_GROUP "passwordHash contains a colon or a control character, which /etc/passwd "
		       "cannot hold" },
	{ "a newline in a gecos",
	  { .users = { USER(.name = SLICE("core"), .gecos = SLICE("x\nroot2:x:0:0::/:/bin/sh")) } },
	  EINVAL,
	  PREFIX_USER
	  "gecos contains a colon or a control character, which /etc/passwd cannot hold" },
	{ "a NUL byte in a shell",
	  { .users = { USER(.name = SLICE("core"), .shell = SLICE("/bin/sh\0x")) } },
	  EINVAL,
	  PREFIX_USER
	  "shell contains a colon or a control character, which /etc/passwd cannot hold" },
	{ "a name that would be an option",
	  { .users = { USER(.name = SLICE("-D")) } },
	  EINVAL,
	  "user -D: user \"-D\" is no name of an account" },
	{ "no name",
	  { .groups = { GROUP(.name = SLICE("")) } },
	  EINVAL,
	  "group : group \"\" is no name of an account" },
	{ "a comma in a group's name",
	  { .users = { USER(.name = SLICE("core"), .primary_group = SLICE("og,other")) } },
	  EINVAL,
	  PREFIX_USER "primaryGroup \"og,other\" is no name of an account" },
	{ "a negative uid",
	  { .users = { USER(.name = SLICE("core"), .has_uid = true, .uid = -1) } },
	  ERANGE,
	  PREFIX_USER "uid -1 is not between 0 and 4294967294" },
	{ "chown's -1 as gid",
	  { .groups = { GROUP(.name = SLICE("g"), .has_gid = true, .gid = UINT32_MAX) } },
	  ERANGE,
	  PREFIX_GROUP "gid 4294967295 is not between 0 and 4294967294" },
	{ "a uid that somebody has",
	  { .users = { USER(.name = SLICE("core"), .has_uid = true, .uid = 1234) } },
	  EEXIST,
	  PREFIX_USER "uid 1234 belongs to user old" },
	{ "a uid that the same config gave away",
	  { .users = { USER(.name = SLICE("first"), .has_uid = true, .uid = 2000,
			    .primary_group = SLICE("og")),
		       USER(.name = SLICE("core"), .has_uid = true, .uid = 2000) } },
	  EEXIST,
	  PREFIX_USER "uid 2000 belongs to user first" },
	{ "a gid that somebody has",
	  { .groups = { GROUP(.name = SLICE("g"), .has_gid = true, .gid = 77) } },
	  EEXIST,
	  PREFIX_GROUP "gid 77 belongs to group og" },
	{ "a group that does not exist",
	  { .users = { USER(.name = SLICE("core"), .groups = nowhere_only, .group_count = 1) } },
	  ENOENT,
	  PREFIX_USER "group nowhere does not exist; add it to passwd.groups" },
	{ "a primary group that does not exist",
	  { .users = { USER(.name = SLICE("core"), .primary_group = SLICE("nowhere")) } },
	  ENOENT,
	  PREFIX_USER "group nowhere does not exist; add it to passwd.groups" },
	{ "a group that an earlier wish removes",
	  { .groups = { { .name = SLICE("other") } },
	    .users = { USER(.name = SLICE("core"), .groups = other_only, .group_count = 1) } },
	  ENOENT,
	  PREFIX_USER "group other does not exist; add it to passwd.groups" },
	{ "a user whose own group is taken",
	  { .groups = { GROUP(.name = SLICE("core")) }, .users = { USER(.name = SLICE("core")) } },
	  EEXIST,
	  PREFIX_USER
	  "a group of that name exists, so that useradd cannot make the user's own; set "
	  "primaryGroup to it, or noUserGroup" },
	{ "a home that cannot be moved",
	  { .users = { USER(.name = SLICE("old"), .home_dir = SLICE("/tmp")) } },
	  EEXIST,
	  "user old: /tmp exists, so that usermod cannot move /home/old there; remove one of them, "
	  "or leave homeDir out" },
	{ "a user of the image goes",
	  { .users = { { .name = SLICE("img") } } },
	  EROFS,
	  "user img: the user is part of the image, which is read-only, and cannot be removed; an "
	  "empty passwordHash locks his password" },
	{ "a group of the image goes",
	  { .groups = { { .name = SLICE("docker") } } },
	  EROFS,
	  "group docker: the group is part of the image, which is read-only; it cannot be "
	  "removed" },
};

static void test_refusals(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(fixture_done) struct fixture fixture = fixture_new();
		AUTO(plan_free) struct plan *plan = NULL;

		add_old_user(&fixture);
		tap_int(make_plan(&fixture, &refusals[i].wish, &plan, &err), -refusals[i].errnum,
			refusals[i].label);
		tap_str(err.text, refusals[i].want, "its message");
		tap_int(err.kind, ERROR_INPUT, "it is the config that is wrong");
	}
}

/* Where the config asks for it stands in front. */
static void test_origin(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(source_free) struct source *source = source_new("a.ign", SLICE("one\ntwo\n"));
	const struct wish wish = {
		.users = { USER(.name = SLICE("core"), .primary_group = SLICE("nowhere"),
				.origin = source_origin(source, 5)) },
	};

	make_plan(&fixture, &wish, &plan, &err);
	tap_str(err.text,
		"a.ign:2:2: user core: group nowhere does not exist; add it to passwd.groups",
		"a refusal begins with the place in the config");
}

static void test_lines(void)
{
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(plan_free) struct plan *plan = NULL;
	const struct wish wish = {
		.groups = { GROUP(.name = SLICE("g"), .has_gid = true, .gid = 500) },
		.users = { USER(.name = SLICE("core"), .has_uid = true, .uid = 1500,
				.groups = docker_only, .group_count = 1, .ssh_keys = two_keys,
				.ssh_key_count = 2, .password_hash = SLICE(HASH)),
			   USER(.name = SLICE("old"), .shell = SLICE("/bin/zsh"),
				.gecos = SLICE("G")) },
		.flags = PASSWD_HASH_HIDDEN | PASSWD_KEYS_FRAGMENT,
	};

	add_old_user(&fixture);
	make_plan(&fixture, &wish, &plan, NULL);
	AUTO_FREE char *lines = plan_lines(plan);

	tap_str(lines,
		"group g: create, gid 500\n"
		"group docker: copy from the image to /etc, so that it can be changed\n"
		"user core: create, uid 1500, home /home/core, groups docker\n"
		"user core: set password\n"
		"file /home/core/.ssh/authorized_keys.d/ignition: 2 SSH keys of user core\n"
		"user old: change gecos, shell",
		"a plan says what will be done");
	tap_str(plan->operations[2].log_text, "creating or modifying user \"core\"",
		"a user is logged as upstream logs it");
	tap_str(plan->operations[4].log_text, "adding ssh keys to user \"core\"",
		"keys are logged as upstream logs them");
	tap_str(plan->operations[0].scope, "ensureGroups", "groups have upstream's prefix");
	tap_str(plan->operations[5].scope, "ensureUsers", "users have upstream's prefix");
	tap_str(plan->operations[2].receipt, "{\"operation\":\"user.add\",\"user\":\"core\"}",
		"making a user leaves a receipt");
	tap_ok(!plan->operations[5].receipt, "changing a user may be done twice");
}

static void test_default_home(void)
{
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(plan_free) struct plan *plan = NULL;
	const struct wish wish = { .users = { USER(.name = SLICE("core"), .ssh_keys = two_keys,
						   .ssh_key_count = 1) } };

	write_file(&fixture, "/etc/default/useradd", "# HOME=/no\nHOMEX=/no\nHOME=/var/home\n");
	make_plan(&fixture, &wish, &plan, NULL);
	tap_str(plan->operations[1].object, "/var/home/core/.ssh/authorized_keys",
		"new homes are where the target has them");
}

/* PATH is looked at when planning, and a test sets it for everybody. */
static void test_missing_tools(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO_FREE char *path = xstrdup(getenv("PATH") ?: "");
	const struct wish new_user = { .users = { USER(.name = SLICE("core")) } };
	const struct wish as_is = { .users = { USER(.name = SLICE("old")) } };

	add_old_user(&fixture);
	AUTO_FREE char *empty = xasprintf("%s/home/old", fixture.root);

	setenv("PATH", empty, /* replace= */ 1);
	tap_int(make_plan(&fixture, &new_user, &plan, &err), -ENOENT,
		"a missing useradd is found before anything is done");
	tap_str(err.text,
		"user core: useradd is not in PATH; install the shadow suite (package passwd or "
		"shadow-utils), in the initramfs too",
		"a missing useradd is named with its remedy");
	tap_int(err.kind, ERROR_NOT_FOUND, "a missing useradd is not the config's fault");
	tap_int(count_left(&fixture, &as_is), 0, "who is as asked needs no tools");
	setenv("PATH", path, /* replace= */ 1);
}

/* Which groupdel there is decides; the shadow suite's refuses. */
static void test_primary_group_goes(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	AUTO(plan_free) struct plan *plan = NULL;
	const struct wish wish = { .groups = { { .name = SLICE("old") } } };

	add_old_user(&fixture);
	tap_int(make_plan(&fixture, &wish, &plan, &err), 0, "somebody's primary group may go");
	tap_str(text_str(&fixture.messages),
		"group old is the primary group of user old, and groups are removed before users: "
		"groupdel may refuse it; give him another one first, or remove the user only, "
		"whose own group goes with him\n",
		"that groupdel may refuse it is said");
	tap_ok(apply_some(&fixture, plan, SIZE_MAX, &err) < 0, "the shadow suite's does");
	tap_ok(strstr(err.text, "cannot remove the primary group of user 'old'") != NULL,
	       "its own words are told");
}

static const struct {
	const char *label;
	const char *shadow; /* NULL: there is none */
	const char *hash;   /* of core in passwd */
	bool is_change;
	const char *path, *want;
} hash_rows[] = {
	{ "a new user keeps the day that useradd wrote", "core:!:17331:0:99999:7:::\n", "x", false,
	  "/etc/shadow", "core:" HASH ":17331:0:99999:7:::\n" },
	{ "a last line without newline gets one", "core:!:17331:0:99999:7:::", "x", false,
	  "/etc/shadow", "core:" HASH ":17331:0:99999:7:::\n" },
	{ "of two rows the first counts", "core:!:1::::::\ncore:!:2::::::\n", "x", false,
	  "/etc/shadow", "core:" HASH ":1::::::\ncore:!:2::::::\n" },
	{ "a longer name is another one", "core2:!:1::::::\ncore:!:2::::::\n", "x", false,
	  "/etc/shadow", "core2:!:1::::::\ncore:" HASH ":2::::::\n" },
	{ "a missing row is added", "root:*:1::::::\n", "x", false, "/etc/shadow",
	  "root:*:1::::::\ncore:" HASH ":::::::\n" },
	{ "a user whose hash is in passwd keeps it there", "root:*:1::::::\n", "*", false,
	  "/etc/passwd", "core:" HASH ":500:500::/:/bin/sh\n" },
	{ "without shadow it is passwd", NULL, "*", true, "/etc/passwd",
	  "core:" HASH ":500:500::/:/bin/sh\n" },
};

static void test_hash(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(hash_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO(fixture_done) struct fixture fixture = fixture_new();
		AUTO_FREE char *row = xasprintf("core:%s:500:500::/:/bin/sh\n", hash_rows[i].hash);
		struct passwd_hash detail = { "core", HASH, hash_rows[i].is_change };
		const struct operation operation = { .class = &passwd_hash_user_class,
						     .detail = &detail };

		write_file(&fixture, "/etc/passwd", row);
		if (hash_rows[i].shadow)
			write_file(&fixture, "/etc/shadow", hash_rows[i].shadow);
		else
			unlinkat(fixture.machine.root_fd, "etc/shadow", 0);
		operation.class->apply(&operation, &fixture.machine, NULL, &err);
		tap_str(err.text, NULL, hash_rows[i].label);

		AUTO_FREE char *text = read_file(&fixture, hash_rows[i].path);

		tap_str(text, hash_rows[i].want, "its line");
	}
}

static void test_hash_is_dated(void)
{
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	struct passwd_hash detail = { "old", HASH, .is_change = true };
	const struct operation operation = { .class = &passwd_hash_user_class, .detail = &detail };
	AUTO_FREE char *want = xasprintf("old:" HASH ":%lld:::::", (long long)time(NULL) / 86400);

	add_old_user(&fixture);
	operation.class->apply(&operation, &fixture.machine, NULL, NULL);

	AUTO_FREE char *text = read_file(&fixture, "/etc/shadow");

	tap_ok(strstr(text, want) != NULL, "a changed password has the day of today");
}

static void test_hash_of_nobody(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(fixture_done) struct fixture fixture = fixture_new();
	struct passwd_hash detail = { "nobody-here", HASH, .is_change = true };
	const struct operation operation = { .class = &passwd_hash_user_class, .detail = &detail };

	tap_int(operation.class->apply(&operation, &fixture.machine, NULL, &err), -EBUSY,
		"a user who is gone gets no password");
	tap_str(err.text,
		"set the password of user nobody-here: it is gone since the plan was made; run "
		"again",
		"its message");
}

int main(void)
{
	if (!can_apply()) {
		puts("1..0 # SKIP needs root and the shadow suite");
		return 0;
	}
	test_rows();
	test_refusals();
	test_origin();
	test_lines();
	test_default_home();
	test_missing_tools();
	test_primary_group_goes();
	test_hash();
	test_hash_is_dated();
	test_hash_of_nobody();
	return tap_done();
}
