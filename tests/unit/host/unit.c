/* unit - unit files, drop-ins, masks and presets, with a systemctl that tells states from files. */
#include "host/unit.h"

#include <errno.h>

#include "tests/unit/host/target.h"

#define UNITS_MAX   6
#define DROPINS_MAX 3
#define MADE_MAX    6

#define UNIT_DIR   "/etc/systemd/system"
#define PRESET_DIR "/etc/systemd/system-preset"
#define PRESET	   PRESET_DIR "/20-ignition.preset"
/* Lines of the tree above what is looked at. */
#define SYSTEMD_TREE "d /etc/systemd 755\nd " UNIT_DIR " 755\n"
#define PRESET_TREE  "d /etc/systemd 755\nd " PRESET_DIR " 755\nf " PRESET " 644 "

/* States are files in the target, "disable" makes the state "disabled". */
static const char systemctl[] = "#!/bin/sh\n"
				"[ \"$1\" = --root ] && [ \"$4\" = -- ] || exit 9\n"
				"state=\"$2/state/$5\"\n"
				"case $3 in\n"
				"is-enabled) read -r word < \"$state\" || exit 1; echo \"$word\"\n"
				"	[ \"$word\" != disabled ] ;;\n"
				"disable) [ ! -e \"$2/broken\" ] || { echo no >&2; exit 1; }\n"
				"	read -r word < \"$state\"; [ \"$word\" = static ] || echo "
				"disabled > \"$state\" ;;\n"
				"esac\n";

struct row {
	const char *label;
	struct made made[MADE_MAX];
	struct unit_request units[UNITS_MAX];
	const char *plan;
	const char *log; /* of the operations */
	const char *tree;
	const char *error;
	int want_r;
};

static const struct dropin_request dropins[] = {
	{ { "10.conf", 7 }, { "[Service]\n", 10 } },
	{ { "20.conf", 7 }, { NULL, 0 } },
	{ { "30.conf", 7 }, { "", 0 } },
};

#define NAME(text) .name = { text, sizeof(text) - 1 }
#define TEXT	   .contents = { "[Unit]\n", 7 }

static const struct row rows[] = {
	{ "a unit file and drop-ins with contents are written, empty ones too",
	  .units = { { NAME("a.service"), TEXT, .dropins = dropins, .dropin_count = 3 } },
	  .plan = "file " UNIT_DIR "/a.service.d/10.conf: create, mode 0644\n"
		  "file " UNIT_DIR "/a.service.d/30.conf: create, mode 0644\n"
		  "file " UNIT_DIR "/a.service: create, mode 0644\n",
	  .log = "writing systemd drop-in \"10.conf\" at \"<root>" UNIT_DIR
		 "/a.service.d/10.conf\"\n"
		 "writing systemd drop-in \"30.conf\" at \"<root>" UNIT_DIR
		 "/a.service.d/30.conf\"\n"
		 "writing unit \"a.service\" at \"<root>" UNIT_DIR "/a.service\"\n",
	  .tree = SYSTEMD_TREE "f " UNIT_DIR "/a.service 644 [Unit]\n\nd " UNIT_DIR
			       "/a.service.d 755\nf " UNIT_DIR
			       "/a.service.d/10.conf 644 [Service]\n"
			       "\nf " UNIT_DIR "/a.service.d/30.conf 644 \n" },
	{ "a unit without contents has no file",
	  .units = { { NAME("a.service") }, { NAME("b.service"), .contents = { "", 0 } } },
	  .plan = "", .log = "", .tree = "" },
	{ "a unit file replaces another, and a link",
	  .made = { { 'f', UNIT_DIR "/a.service", "old", 0600 },
		    { 'l', UNIT_DIR "/b.service", "/dev/null" } },
	  .units = { { NAME("a.service"), TEXT }, { NAME("b.service"), TEXT, .mask = HOST_NO } },
	  .plan = "file " UNIT_DIR "/a.service: replace, mode 0644, user 0, group 0\n"
		  "file " UNIT_DIR "/b.service: replace, mode 0644, user 0, group 0\n",
	  .log = "writing unit \"a.service\" at \"<root>" UNIT_DIR "/a.service\"\n"
		 "writing unit \"b.service\" at \"<root>" UNIT_DIR "/b.service\"\n",
	  .tree = SYSTEMD_TREE "f " UNIT_DIR "/a.service 644 [Unit]\n\nf " UNIT_DIR
			       "/b.service 644 [Unit]\n\n" },
	{ "a directory in place of a unit file is refused",
	  .made = { { 'd', UNIT_DIR "/a.service" } }, .units = { { NAME("a.service"), TEXT } },
	  .error =
		  "unit a.service: <root>" UNIT_DIR "/a.service is a directory, where a file is to "
		  "be written; remove it",
	  .want_r = -EISDIR },
	{ "a link out of the unit directory stays in the root",
	  .made = { { 'l', UNIT_DIR "/a.service.d", "/../../d" } },
	  .units = { { NAME("a.service"), .dropins = dropins, .dropin_count = 1 } },
	  .plan = "file /d/10.conf: create, mode 0644\n",
	  .log = "writing systemd drop-in \"10.conf\" at \"<root>" UNIT_DIR
		 "/a.service.d/10.conf\"\n",
	  .tree = "d /d 755\nf /d/10.conf 644 [Service]\n\n" SYSTEMD_TREE "l " UNIT_DIR
		  "/a.service.d /../../d\n" },
	{ "a mask wins over contents",
	  .made = { { 'f', UNIT_DIR "/a.service", "old" }, { 'f', UNIT_DIR "/b.service/x", "y" } },
	  .units = { { NAME("a.service"), TEXT, .mask = HOST_YES },
		     { NAME("b.service"), .mask = HOST_YES } },
	  .plan = "link " UNIT_DIR "/a.service: replace, to /dev/null\n"
		  "link " UNIT_DIR "/b.service: replace, to /dev/null\n",
	  .log = "masking unit \"a.service\"\nmasking unit \"b.service\"\n",
	  .tree = SYSTEMD_TREE "l " UNIT_DIR "/a.service /dev/null\nl " UNIT_DIR
			       "/b.service /dev/null\n" },
	{ "unmasking removes a mask", .made = { { 'l', UNIT_DIR "/a.service", "/dev/null" } },
	  .units = { { NAME("a.service"), .mask = HOST_NO } },
	  .plan = "unit " UNIT_DIR "/a.service: unmask\n", .log = "unmasking unit \"a.service\"\n",
	  .tree = SYSTEMD_TREE },
	{ "unmasking removes nothing else",
	  .made = { { 'l', UNIT_DIR "/a.service", "/dev/zero" },
		    { 'f', UNIT_DIR "/b.service", "x" } },
	  .units = { { NAME("a.service"), .mask = HOST_NO },
		     { NAME("b.service"), .mask = HOST_NO } },
	  .plan = "", .log = "",
	  .tree = SYSTEMD_TREE "l " UNIT_DIR "/a.service /dev/zero\nf " UNIT_DIR
			       "/b.service 644 x\n" },
	{ "a mask that is not mentioned stays",
	  .made = { { 'l', UNIT_DIR "/a.service", "/dev/null" } },
	  .units = { { NAME("a.service") } }, .plan = "", .log = "",
	  .tree = SYSTEMD_TREE "l " UNIT_DIR "/a.service /dev/null\n" },

	{ "presets are sorted by unit",
	  .units = { { NAME("z.service"), .enabled = HOST_YES },
		     { NAME("a.socket"), .enabled = HOST_YES } },
	  .plan = "preset a.socket: enable\npreset z.service: enable\n",
	  .log = "setting preset to enabled for \"a.socket\"\n"
		 "setting preset to enabled for \"z.service\"\n",
	  .tree = PRESET_TREE "enable a.socket\nenable z.service\n\n" },
	{ "a line that is there is not added again, others are kept",
	  .made = { { 'f', PRESET, "enable z.service\nenable aa.service" } },
	  .units = { { NAME("z.service"), .enabled = HOST_YES },
		     { NAME("a.service"), .enabled = HOST_YES },
		     { NAME("aa.service"), .enabled = HOST_YES } },
	  .plan = "preset a.service: enable\n",
	  .log = "setting preset to enabled for \"a.service\"\n",
	  .tree = PRESET_TREE "enable z.service\nenable aa.service\nenable a.service\n\n" },
	{ "instances of one template are one line, as configured",
	  .units = { { NAME("e@foo.service"), .enabled = HOST_YES },
		     { NAME("z.service"), .enabled = HOST_YES },
		     { NAME("e@bar.v1.service"), .enabled = HOST_YES },
		     { NAME("e@x.socket"), .enabled = HOST_YES } },
	  .plan = "preset e@.service foo bar.v1: enable\npreset e@.socket x: enable\n"
		  "preset z.service: enable\n",
	  .log = "setting preset to enabled for \"e@.service foo bar.v1\"\n"
		 "setting preset to enabled for \"e@.socket x\"\n"
		 "setting preset to enabled for \"z.service\"\n",
	  .tree = PRESET_TREE "enable e@.service foo bar.v1\nenable e@.socket x\n"
			      "enable z.service\n\n" },
	{ "the template among its instances is upstream's empty word",
	  .units = { { NAME("e@.service"), .enabled = HOST_YES },
		     { NAME("e@foo.service"), .enabled = HOST_YES } },
	  .plan = "preset e@.service  foo: enable\n",
	  .log = "setting preset to enabled for \"e@.service  foo\"\n",
	  .tree = PRESET_TREE "enable e@.service  foo\n\n" },
	{ "disabling happens to units that are enabled alone",
	  .made = { { 'f', "/state/a.service", "enabled\n" },
		    { 'f', "/state/b.service", "disabled\n" } },
	  .units = { { NAME("c.service"), .enabled = HOST_NO },
		     { NAME("b.service"), .enabled = HOST_NO },
		     { NAME("a.service"), .enabled = HOST_NO } },
	  .plan = "preset a.service: disable, and remove the links that enable it\n",
	  .log = "setting preset to disabled for \"a.service\"\n",
	  .tree = PRESET_TREE "disable a.service\n\nd /state 755\n"
			      "f /state/a.service 644 disabled\n\n"
			      "f /state/b.service 644 disabled\n\n" },
	{ "a unit that nothing enables but a link elsewhere is disabled once",
	  .made = { { 'f', "/state/a.service", "static\n" } },
	  .units = { { NAME("a.service"), .enabled = HOST_NO } },
	  .plan = "preset a.service: disable, and remove the links that enable it\n",
	  .log = "setting preset to disabled for \"a.service\"\n",
	  .tree = PRESET_TREE "disable a.service\n\nd /state 755\n"
			      "f /state/a.service 644 static\n\n" },
	{ "what was killed between line and links goes on",
	  .made = { { 'f', "/state/a.service", "enabled-runtime\n" },
		    { 'f', PRESET, "disable a.service\n" } },
	  .units = { { NAME("a.service"), .enabled = HOST_NO } },
	  .plan = "preset a.service: disable, and remove the links that enable it\n",
	  .log = "setting preset to disabled for \"a.service\"\n",
	  .tree = PRESET_TREE "disable a.service\n\nd /state 755\n"
			      "f /state/a.service 644 disabled\n\n" },
	{ "instances are disabled one by one",
	  .made = { { 'f', "/state/e@x.service", "enabled\n" },
		    { 'f', "/state/e@z.service", "enabled\n" } },
	  .units = { { NAME("e@x.service"), .enabled = HOST_NO },
		     { NAME("e@y.service"), .enabled = HOST_NO },
		     { NAME("e@z.service"), .enabled = HOST_NO } },
	  .plan = "preset e@.service x y z: disable, and remove the links that enable it\n",
	  .log = "setting preset to disabled for \"e@.service x y z\"\n",
	  .tree = PRESET_TREE "disable e@.service x z\n\nd /state 755\n"
			      "f /state/e@x.service 644 disabled\n\n"
			      "f /state/e@z.service 644 disabled\n\n" },
	{ "while units change, whether one is enabled is found out when it is applied",
	  .made = { { 'f', "/state/a.service", "disabled\n" } },
	  .units = { { NAME("a.service"), TEXT, .enabled = HOST_NO } },
	  .plan = "file " UNIT_DIR "/a.service: create, mode 0644\n"
		  "preset a.service: disable if it is enabled\n",
	  .log = "writing unit \"a.service\" at \"<root>" UNIT_DIR "/a.service\"\n"
		 "setting preset to disabled for \"a.service\"\n",
	  .tree = SYSTEMD_TREE "f " UNIT_DIR "/a.service 644 [Unit]\n\nd /state 755\n"
			       "f /state/a.service 644 disabled\n\n" },
};

static size_t count_units(const struct row *row)
{
	size_t count = 0;

	while (count < UNITS_MAX && row->units[count].name.data)
		count++;
	return count;
}

static int make_plan(struct target *target, const struct row *row,
		     const struct event_observer *observer, struct plan **ret, struct error *err)
{
	AUTO(accounts_free) struct accounts *accounts = NULL;
	int r = accounts_load(target->machine.root_fd, &accounts, err);
	const struct host_plan_params params = {
		.machine = &target->machine,
		.accounts = accounts,
		.observer = observer,
	};

	*ret = plan_new();
	return r < 0 ? r : host_plan_units(*ret, &params, row->units, count_units(row), err);
}

static void unit_target_init(struct target *target, const struct made *made)
{
	target_init(target, made);

	AUTO_FREE char *bin = xasprintf("%s/bin", target->base);
	AUTO_FREE char *path = xasprintf("%s:/usr/bin:/bin", bin);
	AUTO_CLOSE int fd = -1;

	mkdir(bin, 0755);
	fd = open(bin, O_PATH | O_DIRECTORY | O_CLOEXEC);
	root_replace(fd, "/systemctl", slice_of(systemctl), 0755, ROOT_VOLATILE, NULL);
	setenv("PATH", path, 1);
}

static void check_row(const struct row *row)
{
	AUTO(target_done) struct target target;
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(plan_free) struct plan *again = NULL;
	AUTO(text_done) struct text lines = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text log = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);

	unit_target_init(&target, row->made);

	int r = make_plan(&target, row, NULL, &plan, &err);
	AUTO_FREE char *error = without_root(&target, err.text);

	if (row->error) {
		tap_str(error, row->error, row->label);
		tap_int(r, row->want_r, "... with its number");
		return;
	}
	show_plan(plan, 0, &lines);
	tap_str(r < 0 ? error : text_str(&lines), row->plan, row->label);
	for (size_t i = 0; i < plan->count; i++)
		text_printf(&log, "%s\n", plan->operations[i].log_text);
	AUTO_FREE char *log_text = without_root(&target, text_str(&log));

	tap_str(log_text, row->log, "... in upstream's words");
	r = apply_plan(plan, &target.machine, &err);
	target_show(&target, "", &tree);
	tap_str(r < 0 ? err.text : text_str(&tree), row->tree, "... with the result");
	text_clear(&lines);
	r = make_plan(&target, row, NULL, &again, &err);
	show_plan(again, 0, &lines);
	tap_str(r < 0 ? err.text : text_str(&lines), "",
		"... and the next run finds nothing to do");
}

/* Directories are made before units: what they wipe away is not there any more. */
static void test_wiped_directory(void)
{
	static const struct made made[] = {
		{ 'f', UNIT_DIR "/a.service", "[Unit]\n" },
		{ 'd', UNIT_DIR "/b.service" },
		{ 'f', PRESET, "enable a.service\n" },
		{ 0 },
	};
	static const struct unit_request units[] = {
		{ NAME("a.service"), TEXT, .enabled = HOST_YES },
		{ NAME("b.service"), TEXT },
	};
	static const struct node_request wiped = { .kind = HOST_DIRECTORY,
						   .path = { "/etc/systemd", 12 },
						   .overwrite = true };
	AUTO(target_done) struct target target;
	AUTO(accounts_free) struct accounts *accounts = NULL;
	AUTO(plan_free) struct plan *plan = plan_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text tree = TEXT_INIT(TEXT_MESSAGE_MAX);

	unit_target_init(&target, made);
	accounts_load(target.machine.root_fd, &accounts, NULL);

	const struct host_plan_params params = { .machine = &target.machine, .accounts = accounts };

	tap_int(host_plan_nodes(plan, &params, &wiped, 1, &err), 0, "a directory with overwrite");
	tap_int(host_plan_units(plan, &params, units, ARRAY_SIZE(units), &err), 0,
		"... and units below it, one where a directory was");
	tap_int(apply_plan(plan, &target.machine, &err), 0, "... are applied");
	target_show(&target, "", &tree);
	tap_str(text_str(&tree),
		"d /etc/systemd 755\nd " UNIT_DIR " 755\nf " UNIT_DIR
		"/a.service 644 [Unit]\n\nf " UNIT_DIR "/b.service 644 [Unit]\n\nd " PRESET_DIR
		" 755\nf " PRESET " 644 enable a.service\n\n",
		"... and none of what was asked for is lost");
}

static void hear(const struct event_observer *observer, const struct event *event)
{
	if (event->kind == EVENT_MESSAGE)
		text_printf(observer->context, "%d %s\n", event->level, event->text);
}

static void test_without_systemctl(void)
{
	static const struct row row = {
		.made = { { 'f', "/state/a.service", "enabled\n" } },
		.units = { { NAME("a.service"), .enabled = HOST_NO },
			   { NAME("b.service"), .enabled = HOST_YES } },
	};
	AUTO(target_done) struct target target;
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(plan_free) struct plan *plan = NULL;
	AUTO(text_done) struct text lines = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text heard = TEXT_INIT(TEXT_MESSAGE_MAX);
	const struct event_observer observer = { .notify = hear, .context = &heard };

	unit_target_init(&target, row.made);
	setenv("PATH", "/nonexistent", 1);
	tap_int(make_plan(&target, &row, &observer, &plan, &err), 0,
		"without systemctl the plan goes on");
	show_plan(plan, 0, &lines);
	tap_str(text_str(&lines), "preset b.service: enable\n", "... without disabling");
	tap_str(text_str(&heard),
		"4 systemctl is not in PATH, so nobody knows whether a.service is enabled: it is "
		"left as it is; disable it by hand, or put systemctl where this runs\n",
		"... and says so");
}

static void test_failing_systemctl(void)
{
	static const struct row row = {
		.made = { { 'f', "/state/a.service", "enabled\n" }, { 'f', "/broken", "" } },
		.units = { { NAME("a.service"), .enabled = HOST_NO } },
	};
	AUTO(target_done) struct target target;
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(plan_free) struct plan *plan = NULL;

	unit_target_init(&target, row.made);
	tap_int(make_plan(&target, &row, NULL, &plan, NULL), 0, "a unit to disable");
	tap_int(apply_plan(plan, &target.machine, &err), -ECANCELED,
		"... that cannot be is a failure");
	AUTO_FREE char *text = xstrdup(err.text ? err.text : "");

	tap_ok(slice_starts(slice_of(text), "cannot remove symlink(s) for a.service: ") &&
		       strstr(text, "no"),
	       "... in upstream's words, with systemctl's (%s)", text);
}

/* What may stay in a directory with overwrite, as the units make it again. */
static void test_expected(void)
{
	static const struct dropin_request some[] = { { SLICE("x.conf"), SLICE("") },
						      { .name = SLICE("absent.conf") } };
	static const struct unit_request units[] = {
		{ .name = SLICE("a.service"), .contents = SLICE("x") },
		{ .name = SLICE("b.service"), .mask = HOST_YES },
		{ .name = SLICE("c.service"), .enabled = HOST_YES },
		{ .name = SLICE("d.service"), .dropins = some, .dropin_count = 2 },
	};
	static const struct {
		const char *path;
		bool want;
	} expected[] = {
		{ "/etc", true },
		{ "/etc/systemd/system", true },
		{ "/etc/systemd/system/a.service", true },
		{ "/etc/systemd/system/a.serv", false },
		{ "/etc/systemd/system/a.service.d", false },
		{ "/etc/systemd/system/b.service", true },
		{ "/etc/systemd/system/c.service", false },
		{ "/etc/systemd/system/d.service", false },
		{ "/etc/systemd/system/d.service.d", true },
		{ "/etc/systemd/system/d.service.d/x.conf", true },
		{ "/etc/systemd/system/d.service.d/absent.conf", false },
		{ "/etc/systemd/network", false },
		{ "/opt", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		tap_ok(host_units_expect(units, ARRAY_SIZE(units), expected[i].path) ==
			       expected[i].want,
		       "%s is %s", expected[i].path, expected[i].want ? "expected" : "not");
}

int main(void)
{
	if (geteuid() != 0) {
		printf("1..0 # SKIP owners of files: needs root\n");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
	test_wiped_directory();
	test_expected();
	test_without_systemctl();
	test_failing_systemctl();
	return tap_done();
}
