/*
 * passwd_fixture - a target root of a test's own, and what was done to it.
 *
 * For the tests of host/passwd: a skeleton with a user who is there already, an observer that keeps
 * the words of each child, and plan and apply as the engine calls them.
 */
#ifndef SLIPWAY_TESTS_PASSWD_FIXTURE_H
#define SLIPWAY_TESTS_PASSWD_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/command.h"
#include "base/root.h"
#include "host/passwd.h"
#include "host/skeleton.h"
#include "tap.h"

#define ITEMS_MAX 4
/* Stands in every hash of these rows: must never be seen where others look. */
#define SECRET "5ecre7"
#define HASH   "$6$salt$" SECRET

struct fixture {
	char *root;
	struct machine machine;
	struct text commands; /* one line per child, the root as "R" */
	struct text messages;
	bool leaked;	   /* a secret stood in a word that is not marked */
	const char *begun; /* receipt of an earlier run, or NULL */
};

__attribute__((unused)) static void record_command(struct fixture *fixture,
						   const struct event *event)
{
	if (fixture->commands.length)
		text_append_char(&fixture->commands, '\n');
	for (size_t i = 0; event->argv[i]; i++) {
		bool is_secret = event->secrets >> i & 1;
		const char *word = event->argv[i];

		if (!is_secret && strstr(word, SECRET))
			fixture->leaked = true;
		if (strcmp(word, fixture->root) == 0)
			word = "R";
		text_printf(&fixture->commands, "%s%s", i ? " " : "",
			    is_secret ? "<secret>" : word);
	}
}

__attribute__((unused)) static void record(const struct event_observer *observer,
					   const struct event *event)
{
	struct fixture *fixture = observer->context;

	if (event->kind == EVENT_COMMAND)
		record_command(fixture, event);
	for (const struct event_field *field = event->kind == EVENT_RECORD ? event->record->fields
									   : NULL;
	     field && field->name; field++)
		text_printf(&fixture->messages, "%s=%s\n", field->name, field->value);
	if (event->kind == EVENT_MESSAGE)
		text_printf(&fixture->messages, "%s\n", event->text);
}

__attribute__((unused)) static int remove_entry(const char *path, const struct stat *st, int type,
						struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

__attribute__((unused)) static void fixture_done(struct fixture *fixture)
{
	if (fixture->root)
		nftw(fixture->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	machine_done(&fixture->machine);
	text_done(&fixture->commands);
	text_done(&fixture->messages);
	free(fixture->root);
}

DEFINE_DONE(struct fixture, fixture_done)

static int lay_skeleton(struct machine *machine)
{
	AUTO(plan_free) struct plan *plan = plan_new();
	int r = 0;

	skeleton_plan(machine->root_fd, plan);
	for (size_t i = 0; r == 0 && i < plan->count; i++)
		r = plan->operations[i].class->apply(&plan->operations[i], machine, NULL, NULL);
	return r;
}

__attribute__((unused)) static struct fixture fixture_new(void)
{
	char path[] = "/tmp/slipway-passwd-XXXXXX";
	struct fixture fixture = {
		.machine = MACHINE_INIT,
		.commands = TEXT_INIT(TEXT_MESSAGE_MAX),
		.messages = TEXT_INIT(TEXT_MESSAGE_MAX),
	};

	if (!mkdtemp(path))
		abort();
	fixture.root = xstrdup(path);
	/* Users must be able to enter it. */
	if (chmod(path, 0755) < 0 || machine_open(&fixture.machine, "/", path, NULL) < 0)
		abort();
	if (lay_skeleton(&fixture.machine) < 0)
		abort();
	return fixture;
}

__attribute__((unused)) static char *read_file(const struct fixture *fixture, const char *path)
{
	char *data = NULL;
	size_t length;

	if (root_read(fixture->machine.root_fd, path, TEXT_MESSAGE_MAX, &data, &length, NULL) < 0)
		return xstrdup("(none)");
	return data;
}

__attribute__((unused)) static void write_file(const struct fixture *fixture, const char *path,
					       const char *text)
{
	if (root_replace(fixture->machine.root_fd, path, slice_of(text), 0644, ROOT_VOLATILE,
			 NULL) < 0)
		abort();
}

__attribute__((unused)) static void append_file(const struct fixture *fixture, const char *path,
						const char *text)
{
	AUTO_FREE char *old = read_file(fixture, path);
	AUTO_FREE char *all = xasprintf("%s%s", strcmp(old, "(none)") == 0 ? "" : old, text);

	write_file(fixture, path, all);
}

__attribute__((unused)) static void make_directory(const struct fixture *fixture, const char *path,
						   mode_t mode, uid_t uid)
{
	AUTO_FREE char *full = xasprintf("%s%s", fixture->root, path);

	if (root_make_directories(fixture->machine.root_fd, path, NULL) < 0 ||
	    chmod(full, mode) < 0 || (geteuid() == 0 && chown(full, uid, uid) < 0))
		abort();
}

struct wish {
	struct group_request groups[ITEMS_MAX];
	struct user_request users[ITEMS_MAX];
	struct slice mount_directories[ITEMS_MAX];
	unsigned flags;
};

__attribute__((unused)) static size_t count_groups(const struct wish *wish)
{
	size_t count = 0;

	while (count < ITEMS_MAX && wish->groups[count].name.data)
		count++;
	return count;
}

__attribute__((unused)) static size_t count_users(const struct wish *wish)
{
	size_t count = 0;

	while (count < ITEMS_MAX && wish->users[count].name.data)
		count++;
	return count;
}

__attribute__((unused)) static size_t count_directories(const struct wish *wish)
{
	size_t count = 0;

	while (count < ITEMS_MAX && wish->mount_directories[count].data)
		count++;
	return count;
}

__attribute__((unused)) static bool was_done(const void *context, const char *receipt)
{
	const struct fixture *fixture = context;

	return fixture->begun && strcmp(fixture->begun, receipt) == 0;
}

__attribute__((unused)) static int make_plan(struct fixture *fixture, const struct wish *wish,
					     struct plan **ret, struct error *err)
{
	const struct event_observer observer = { record, fixture };
	AUTO(accounts_free) struct accounts *accounts = NULL;
	AUTO(plan_free) struct plan *plan = plan_new();
	int r = accounts_load(fixture->machine.root_fd, &accounts, err);

	if (r < 0)
		return r;

	const struct host_plan_params params = {
		.machine = &fixture->machine,
		.observer = &observer,
		.accounts = accounts,
		.was_done = was_done,
		.was_done_context = fixture,
		.mount_directories = wish->mount_directories,
		.mount_directory_count = count_directories(wish),
	};

	r = host_plan_groups(plan, &params, wish->groups, count_groups(wish), wish->flags, err);
	if (r == 0)
		r = host_plan_users(plan, &params, wish->users, count_users(wish), wish->flags,
				    err);
	if (r == 0)
		*ret = take_ptr(&plan);
	return r;
}

/* All operations, or the first @limit of them, as a run that was killed. */
__attribute__((unused)) static int apply_some(struct fixture *fixture, const struct plan *plan,
					      size_t limit, struct error *err)
{
	const struct event_observer observer = { record, fixture };

	for (size_t i = 0; i < plan->count && i < limit; i++) {
		const struct operation *operation = &plan->operations[i];
		int r = operation->class->apply(operation, &fixture->machine, &observer, err);

		if (r < 0)
			return r;
	}
	return 0;
}

__attribute__((unused)) static int provision(struct fixture *fixture, const struct wish *wish,
					     struct error *err)
{
	AUTO(plan_free) struct plan *plan = NULL;
	int r = make_plan(fixture, wish, &plan, err);

	return r < 0 ? r : apply_some(fixture, plan, SIZE_MAX, err);
}

/* Number of operations that are left to do; -1 when planning fails. */
__attribute__((unused)) static int64_t count_left(struct fixture *fixture, const struct wish *wish)
{
	AUTO(plan_free) struct plan *plan = NULL;

	return make_plan(fixture, wish, &plan, NULL) < 0 ? -1 : (int64_t)plan->count;
}

__attribute__((unused)) static char *plan_lines(const struct plan *plan)
{
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);

	for (size_t i = 0; i < plan->count; i++) {
		text_append_str(&text, i ? "\n" : "");
		plan_append_line(&plan->operations[i], &text);
	}
	return text_take(&text) ?: xstrdup("");
}

struct addition {
	const char *path, *text;
};

/* What every row starts with beside the skeleton; old's home is there too. */
static const struct addition old_user[] = {
	{ "/etc/passwd", "old:x:1234:1234:Old:/home/old:/bin/sh\n" },
	{ "/etc/shadow", "old:*:1::::::\n" },
	{ "/etc/group", "old:x:1234:\nog:x:77:old\nother:x:78:\n" },
	{ "/etc/gshadow", "old:!::\nog:!::old\nother:!::\n" },
	{ "/usr/lib/passwd", "img:x:38:38:Image:/var/img:/bin/false\n" },
	{ "/usr/lib/group", "img:x:38:\ndocker:x:233:root\n" },
};

__attribute__((unused)) static void add_old_user(const struct fixture *fixture)
{
	for (size_t i = 0; i < ARRAY_SIZE(old_user); i++)
		append_file(fixture, old_user[i].path, old_user[i].text);
	make_directory(fixture, "/home/old", 0755, 1234);
}

__attribute__((unused)) static const struct slice two_keys[] = { SLICE("ssh-ed25519 k1"),
								 SLICE("ssh-ed25519 k2") };

#define USER(...)                                                                                  \
	{                                                                                          \
		.should_exist = true, __VA_ARGS__                                                  \
	}
#define GROUP(...)                                                                                 \
	{                                                                                          \
		.should_exist = true, __VA_ARGS__                                                  \
	}

__attribute__((unused)) static bool can_apply(void)
{
	static const char *const tools[] = { "groupadd", "groupmod", "groupdel",
					     "useradd",	 "usermod",  "userdel" };

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		AUTO_FREE char *path = NULL;

		if (command_find(tools[i], &path, /* err= */ NULL) < 0)
			return false;
	}
	return geteuid() == 0;
}

#endif
