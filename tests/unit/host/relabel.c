/* relabel - which paths get SELinux labels, when, and by which words. */
#include "host/relabel.h"

#include <errno.h>
#include <sys/xattr.h>

#include "target.h"

/* Keeps its words and what it is given; ends as the file "status" says. */
static const char setfiles[] = "#!/bin/sh\n"
			       "here=${0%/*}\n"
			       "for word; do printf '[%s]' \"$word\"; done >$here/words\n"
			       "tr '\\0' '\\n' >$here/paths\n"
			       "echo 'no such policy' >&2\n"
			       "exit $(cat $here/status)\n";

static const struct content content = BYTES("x");
static const struct dropin_request dropins[] = { { SLICE("x.conf"), SLICE("") } };
static const struct dropin_request absent[] = { { .name = SLICE("x.conf") } };

#define NODE(...)                                                                                  \
	{                                                                                          \
		.kind = HOST_FILE, .contents = &content, .path = SLICE(__VA_ARGS__)                \
	}

static const struct row {
	const char *label;
	const char *config; /* NULL: none */
	struct made made[8];
	const char *labelled[8]; /* has a label already; a list */
	struct node_request nodes[3];
	size_t node_count;
	struct unit_request units[3];
	size_t unit_count;
	struct user_request users[3];
	size_t user_count;
	size_t group_count;
	bool is_changing;
	const char *paths; /* NULL: no call is planned */
} rows[] = {
	{ .label = "without a policy nothing is labelled",
	  .nodes = { NODE("/etc/a") },
	  .node_count = 1,
	  .is_changing = true },
	{ .label = "the first directory that is missing stands for what is below it",
	  .config = "SELINUXTYPE=x\n",
	  .labelled = { "/etc" },
	  .nodes = { NODE("/opt/new/deep/a"), NODE("/opt/new/b") },
	  .node_count = 2,
	  .is_changing = true,
	  .paths = "/opt\n" },
	{ .label = "a directory that has a label is left alone",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/opt" } },
	  .labelled = { "/opt" },
	  .nodes = { NODE("/opt/a") },
	  .node_count = 1,
	  .is_changing = true,
	  .paths = "/opt/a\n" },
	{ .label = "one without a label was made by a run that was killed",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/opt/new" } },
	  .labelled = { "/opt" },
	  .nodes = { NODE("/opt/new/a") },
	  .node_count = 1,
	  .paths = "/opt/new\n" },
	{ .label = "what has labels and does not change is left alone",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'f', "/opt/a" } },
	  .labelled = { "/opt", "/opt/a" },
	  .nodes = { NODE("/opt/a") },
	  .node_count = 1 },
	{ .label = "what has labels and changes is labelled itself",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'f', "/opt/a" } },
	  .labelled = { "/opt", "/opt/a" },
	  .nodes = { NODE("/opt/a") },
	  .node_count = 1,
	  .is_changing = true,
	  .paths = "/opt/a\n" },
	{ .label = "links above a path are followed inside the root",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/opt/real" }, { 'l', "/opt/link", "/opt/real" } },
	  .labelled = { "/opt", "/opt/real" },
	  .nodes = { NODE("/opt/link/a") },
	  .node_count = 1,
	  .is_changing = true,
	  .paths = "/opt/real/a\n" },
	{ .label = "units bring drop-in directories, files, masks and presets",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/etc/systemd/system" }, { 'd', "/etc/systemd/system-preset" } },
	  .labelled = { "/etc", "/etc/systemd", "/etc/systemd/system",
			"/etc/systemd/system-preset" },
	  .units = { { .name = SLICE("a.service"),
		       .contents = SLICE("x"),
		       .dropins = dropins,
		       .dropin_count = 1,
		       .enabled = HOST_YES },
		     { .name = SLICE("b.service"), .mask = HOST_YES },
		     { .name = SLICE("c.service"), .dropins = absent, .dropin_count = 1 } },
	  .unit_count = 3,
	  .is_changing = true,
	  .paths = "/etc/systemd/system-preset/20-ignition.preset\n"
		   "/etc/systemd/system/a.service\n"
		   "/etc/systemd/system/a.service.d\n"
		   "/etc/systemd/system/b.service\n" },
	{ .label = "a group brings the databases, and what tools leave beside them",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'f', "/etc/passwd-" }, { 'f', "/etc/.pwd.lock" }, { 'f', "/etc/issue" } },
	  .group_count = 1,
	  .is_changing = true,
	  .paths = "/etc/.pwd.lock\n/etc/group\n/etc/passwd\n/etc/passwd-\n" },
	{ .label = "users bring the homes that they have",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/srv/core" }, { 'd', "/home" }, { 'l', "/home/core", "/srv/core" } },
	  .users = { { .name = SLICE("core"), .should_exist = true },
		     { .name = SLICE("root"), .should_exist = true, .no_create_home = true },
		     { .name = SLICE("gone") } },
	  .user_count = 3,
	  .is_changing = true,
	  .paths = "/etc/group\n/etc/passwd\n/srv/core\n" },
	{ .label = "a home without a label was made by a run that was killed",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/home/core" } },
	  .labelled = { "/etc/passwd", "/etc/group" },
	  .users = { { .name = SLICE("core"), .should_exist = true } },
	  .user_count = 1,
	  .paths = "/etc/group\n/etc/passwd\n/home/core\n" },
	{ .label = "databases without labels were written by a run that was killed",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/home/core" } },
	  .labelled = { "/etc/group", "/home/core" },
	  .users = { { .name = SLICE("core"), .should_exist = true } },
	  .user_count = 1,
	  .paths = "/etc/group\n/etc/passwd\n/home/core\n" },
	{ .label = "accounts that are as asked and have labels are left alone",
	  .config = "SELINUXTYPE=x\n",
	  .made = { { 'd', "/home/core" } },
	  .labelled = { "/etc/passwd", "/etc/group", "/home/core" },
	  .users = { { .name = SLICE("core"), .should_exist = true } },
	  .user_count = 1 },
	{ .label = "a policy that the config brings counts",
	  .nodes = { NODE(RELABEL_CONFIG) },
	  .node_count = 1,
	  .is_changing = true,
	  .paths = "" },
};

static void prepare(struct target *target, const struct row *row)
{
	AUTO_FREE char *search = NULL;

	target_init(target, row->made);
	search = xasprintf("%s/place:/usr/bin:/bin", target->machine.root_path);
	setenv("PATH", search, 1);
	target_make(target, &(struct made){ 'f', "/place/setfiles", setfiles, 0755 });
	target_make(target, &(struct made){ 'f', "/place/status", "0" });
	if (row->config)
		target_make(target, &(struct made){ 'f', RELABEL_CONFIG, row->config });
	for (size_t i = 0; i < ARRAY_SIZE(row->labelled) && row->labelled[i]; i++) {
		AUTO_FREE char *path =
			xasprintf("%s%s", target->machine.root_path, row->labelled[i]);

		lsetxattr(path, "security.selinux", "a:b:c", 5, 0);
	}
}

static int make_plan(const struct target *target, const struct row *row, struct plan *plan,
		     struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;

	accounts_load(target->machine.root_fd, &accounts, NULL);

	const struct relabel_request request = {
		.machine = &target->machine,
		.accounts = accounts,
		.nodes = row->nodes,
		.node_count = row->node_count,
		.units = row->units,
		.unit_count = row->unit_count,
		.users = row->users,
		.user_count = row->user_count,
		.group_count = row->group_count,
		.is_changing = row->is_changing,
	};

	return host_plan_relabel(plan, &request, err);
}

static char *read_back(const struct target *target, const char *path)
{
	char *text = NULL;
	size_t length = 0;

	return root_read(target->machine.root_fd, path, 4096, &text, &length, NULL) < 0
		       ? xstrdup("")
		       : text;
}

/* What the row makes, so that setfiles is told of it. */
static void make_nodes(const struct target *target, const struct row *row)
{
	for (size_t i = 0; i < row->node_count; i++) {
		AUTO_FREE char *path = slice_dup(row->nodes[i].path);
		const char *text = strcmp(path, RELABEL_CONFIG) == 0 ? "SELINUXTYPE=y\n" : "x";

		target_make(target, &(struct made){ 'f', path, text });
	}
	for (size_t i = 0; i < row->unit_count; i++) {
		AUTO_FREE char *file =
			xasprintf("/etc/systemd/system/%.*s", SLICE_ARGS(row->units[i].name));
		AUTO_FREE char *directory = xasprintf("%s.d", file);

		target_make(target, &(struct made){ 'f', file });
		target_make(target, &(struct made){ 'd', directory });
		target_make(target,
			    &(struct made){ 'f', "/etc/systemd/system-preset/20-ignition.preset" });
	}
}

static void test_row(const struct row *row)
{
	AUTO(target_done) struct target target;
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(error_done) struct error err = ERROR_INIT;

	prepare(&target, row);
	tap_int(make_plan(&target, row, plan, &err), 0, row->label);
	tap_int((int64_t)plan->count, row->paths != NULL, "calls");
	if (!row->paths || !row->paths[0])
		return;
	make_nodes(&target, row);
	tap_int(apply_plan(plan, &target.machine, &err), 0, "is carried out");

	AUTO_FREE char *full = read_back(&target, "/place/paths");
	AUTO_FREE char *shown = without_root(&target, full);
	AUTO(text_done) struct text want = TEXT_INIT(4096);

	for (const char *at = row->paths; *at; at++)
		text_printf(&want, "%s%c", at == row->paths || at[-1] == '\n' ? "<root>" : "", *at);
	tap_str(shown, text_str(&want), "paths");
}

static void test_words(void)
{
	AUTO(target_done) struct target target;
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(error_done) struct error err = ERROR_INIT;

	prepare(&target, &rows[1]);
	make_plan(&target, &rows[1], plan, NULL);
	make_nodes(&target, &rows[1]);
	tap_int(apply_plan(plan, &target.machine, NULL), 0, "setfiles is called");

	AUTO_FREE char *words = read_back(&target, "/place/words");
	AUTO_FREE char *shown = without_root(&target, words);

	tap_str(shown,
		"[-vF0][-r][<root>][<root>/etc/selinux/x/contexts/files/file_contexts][-f][-]",
		"with upstream's words");
	target_make(&target, &(struct made){ 'f', "/place/status", "1" });
	tap_int(apply_plan(plan, &target.machine, &err), -ECANCELED, "a setfiles that fails");
	tap_ok(err.text && strstr(err.text, "no such policy"), "says why: %s", err.text);
}

static const struct config_row {
	const char *label;
	const char *text;
	const char *policy; /* NULL: refused */
} config_rows[] = {
	{ "a policy is named", "SELINUXTYPE=targeted\n", "targeted" },
	{ "between comments and blanks", "# SELINUXTYPE=no\n  SELINUXTYPE=mls  \nSELINUX=x\n",
	  "mls" },
	{ "the last one counts", "SELINUXTYPE=a\nSELINUXTYPE=b", "b" },
	{ "a disabled one is labelled for, too", "SELINUX=disabled\nSELINUXTYPE=a\n", "a" },
	{ "none is named", "SELINUX=enforcing\n", NULL },
	{ "an empty name", "SELINUXTYPE=\n", NULL },
	{ "a name that leads elsewhere", "SELINUXTYPE=..\n", NULL },
	{ "a name that is a path", "SELINUXTYPE=a/b\n", NULL },
};

static void test_config(const struct config_row *row)
{
	AUTO(target_done) struct target target;
	AUTO(error_done) struct error err = ERROR_INIT;
	const struct row surroundings = { .config = row->text };

	prepare(&target, &surroundings);

	int r = relabel_now(&target.machine, "/etc", /* observer= */ NULL, &err);

	tap_int(r, row->policy ? 0 : -EINVAL, row->label);
	if (!row->policy) {
		tap_str(err.text,
			"label /etc for SELinux: invalid SELINUXTYPE value in /etc/selinux/config "
			"of the target: it must name the policy to label files for",
			"is refused");
		return;
	}

	AUTO_FREE char *words = read_back(&target, "/place/words");
	AUTO_FREE char *part = xasprintf("/etc/selinux/%s/contexts", row->policy);

	tap_ok(strstr(words, part), "labels for %s", row->policy);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
	test_words();
	for (size_t i = 0; i < ARRAY_SIZE(config_rows); i++)
		test_config(&config_rows[i]);
	return tap_done();
}
