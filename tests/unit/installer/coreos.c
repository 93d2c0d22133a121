/* What goes onto the boot filesystem of Fedora CoreOS (spec install-and-boot 3.10, 3.12). */
#include "installer/coreos.h"

#include <errno.h>
#include <fcntl.h>

#include "scratch.h"
#include "tap.h"

static const char platforms[] =
	"{\"metal\": {\"kernel_arguments\": [\"console=tty0\"]},"
	" \"qemu\": {\"grub_commands\": [\"serial --unit=0\", \"terminal_input serial\"],"
	" \"kernel_arguments\": [\"console=ttyS0,115200n8\"]}}";

static const char grub[] = "a\n# CONSOLE-SETTINGS-START\nold\n# CONSOLE-SETTINGS-END\nb\n";

static const char entry[] = "title X\noptions ignition.platform.id=metal console=tty0 rw\n";

struct row {
	const char *label;
	const char *yaml[6][2];	  /* settings */
	const char *want_options; /* of the newest entry; NULL: refused */
	const char *want_console; /* what GRUB's file has between the lines */
	const char *want_first;	  /* of ignition.firstboot */
};

static const struct row rows[] = {
	{ "nothing", { { NULL } }, "ignition.platform.id=metal console=tty0 rw", "old\n", "" },
	{ "arguments of the kernel",
	  { { "append-karg", "a=1" }, { "delete-karg", "rw" }, { "append-karg", "b" } },
	  "ignition.platform.id=metal console=tty0 a=1 b",
	  "old\n",
	  "" },
	{ "another platform brings its consoles",
	  { { "platform", "qemu" } },
	  "ignition.platform.id=qemu rw console=ttyS0,115200n8",
	  "serial --unit=0\nterminal_input serial\n",
	  "" },
	{ "consoles that are asked for stand for the platform's",
	  { { "platform", "qemu" }, { "console", "hvc0" }, { "console", "ttyS1" } },
	  "ignition.platform.id=qemu rw console=hvc0 console=ttyS1,9600n8",
	  "serial --unit=1 --speed=9600 --word=8 --parity=no\nterminal_input serial\n"
	  "terminal_output serial\n",
	  "" },
	{ "arguments of the first boot",
	  { { "firstboot-args", "rd.neednet=1 ip=dhcp" } },
	  "ignition.platform.id=metal console=tty0 rw",
	  "old\n",
	  "set ignition_network_kcmdline=\"rd.neednet=1 ip=dhcp\"\n" },
	{ "arguments that GRUB would read otherwise",
	  { { "firstboot-args", "a=\"b" } },
	  NULL,
	  NULL,
	  NULL },
	{ "no console", { { "console", "tty7" } }, NULL, NULL, NULL },
};

static void fill(const struct scratch *scratch)
{
	static const char *const directories[] = { "loader", "loader/entries", "grub2", "coreos" };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		AUTO_FREE char *path = scratch_path(scratch, directories[i]);

		mkdir(path, 0755);
	}
	scratch_write(scratch, "loader/entries/ostree-1.conf", "options old\n");
	scratch_write(scratch, "loader/entries/ostree-2.conf", entry);
	scratch_write(scratch, "loader/entries/ostree-3.txt", "no entry\n");
	scratch_write(scratch, "grub2/grub.cfg", grub);
	scratch_write(scratch, "coreos/platforms.json", platforms);
	scratch_write(scratch, "ignition.firstboot", "");
}

static int apply(const struct scratch *scratch, const struct settings *settings, struct error *err)
{
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO_CLOSE int root_fd = open(scratch->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct coreos_placements placements = { .list = NULL };
	int r = coreos_place(settings, (struct slice){ NULL, 0 }, arena, &placements, err);

	for (size_t i = 0; i < placements.count && r == 0; i++)
		r = placements.list[i].class->apply(&placements.list[i], root_fd, err);
	return r;
}

static void check_row(const struct row *row)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(settings_done) struct settings settings;
	int r = 0;

	fill(&scratch);
	settings_init(&settings);
	for (size_t i = 0; i < ARRAY_SIZE(row->yaml) && row->yaml[i][0]; i++)
		settings_set(&settings, setting_find(slice_of(row->yaml[i][0])),
			     slice_of(row->yaml[i][1]), /* err= */ NULL);
	r = apply(&scratch, &settings, &err);
	if (!row->want_options) {
		tap_ok(r == -EINVAL && err.kind == ERROR_INPUT, "%s: refused", row->label);
		return;
	}
	AUTO_FREE char *got_entry = scratch_read(&scratch, "loader/entries/ostree-2.conf");
	AUTO_FREE char *got_grub = scratch_read(&scratch, "grub2/grub.cfg");
	AUTO_FREE char *got_first = scratch_read(&scratch, "ignition.firstboot");
	AUTO(text_done) struct text want = TEXT_INIT(TEXT_MESSAGE_MAX);

	tap_str(err.text, NULL, row->label);
	text_printf(&want, "title X\noptions %s\n", row->want_options);
	tap_str(got_entry, text_str(&want), "... the newest entry");
	text_clear(&want);
	text_printf(&want, "a\n# CONSOLE-SETTINGS-START\n%s# CONSOLE-SETTINGS-END\nb\n",
		    row->want_console);
	tap_str(got_grub, text_str(&want), "... GRUB's consoles");
	tap_str(got_first, row->want_first, "... the first boot");
}

static void check_files(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(arena_free) struct arena *arena = arena_new();
	AUTO(settings_done) struct settings settings;
	struct coreos_placements placements = { .list = NULL };
	AUTO_FREE char *below = scratch_path(&scratch, "directory");
	AUTO_FREE char *link = scratch_path(&scratch, "link");

	settings_init(&settings);
	settings.copy_network = true;
	settings.network_dir = scratch.path;
	scratch_write(&scratch, "b.nmconnection", "B");
	scratch_write(&scratch, "a.nmconnection", "A");
	mkdir(below, 0755);
	if (symlink("/etc/shadow", link) < 0)
		abort();
	tap_int(coreos_place(&settings, SLICE("{}"), arena, &placements, &err), 0,
		"a config and the network");
	tap_int((int64_t)placements.count, 3, "links and directories are left where they are");

	const char *const paths[] = { "ignition/config.ign",
				      "coreos-firstboot-network/a.nmconnection",
				      "coreos-firstboot-network/b.nmconnection" };

	for (size_t i = 0; i < ARRAY_SIZE(paths) && i < placements.count; i++) {
		const struct placement_file_detail *detail = placements.list[i].detail;

		tap_str(detail->path, paths[i], "its place");
		tap_ok(detail->mode == 0600 && detail->directory_mode == 0700,
		       "only root may read it");
	}
	settings.network_dir = below;
	rmdir(below);
	tap_int(coreos_place(&settings, SLICE("{}"), arena, &placements, &err), -ENOENT,
		"a directory of the network that is not there");
}

static const struct {
	const char *label;
	const char *line;
	const char *want;
} kargs[] = {
	{ "no network", "quiet root=/dev/sda", "" },
	{ "what configures it, in order",
	  "quiet ip=dhcp nameserver=8.8.8.8 rd.route=a:b bond=x coreos.no_persist_ip",
	  "rd.neednet=1 ip=dhcp nameserver=8.8.8.8 rd.route=a:b bond=x coreos.no_persist_ip" },
	{ "names that only begin so", "ipx=1 bridged=2", "" },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
	check_files();
	for (size_t i = 0; i < ARRAY_SIZE(kargs); i++) {
		AUTO(text_done) struct text out = TEXT_INIT(TEXT_MESSAGE_MAX);
		char *line = (char *)kargs[i].line;
		const struct machine machine = { .host_fd = -1,
						 .root_fd = -1,
						 .kernel_command_line = line };

		coreos_append_network_kargs(&machine, &out);
		tap_str(text_str(&out), kargs[i].want, kargs[i].label);
	}
	return tap_done();
}
