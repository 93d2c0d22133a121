/* machine - a fixture of a running system, its files and its kernel command line. */
#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "tap.h"

static const struct {
	const char *label, *line, *name, *want;
} karg_rows[] = {
	{ "a value", "a=1 ignition.platform.id=qemu b\n", "ignition.platform.id", "qemu" },
	{ "the last of several", "x=1 x=2 y=3", "x", "2" },
	{ "a bare word after a value", "x=1 x", "x", "" },
	{ "a bare word", "quiet x", "x", "" },
	{ "an empty value", "x=", "x", "" },
	{ "absent", "xy=1 y=x", "x", NULL },
	{ "a name that goes on", "x.y=1", "x", NULL },
	{ "an equals sign in the value", "x=a=b", "x", "a=b" },
	{ "a quoted value", "x=\"a b\" c", "x", "a b" },
	{ "a quoted word", "\"x=a b\" c", "x", "a b" },
	{ "quotes inside a value stay", "x=a\"b c\"d e", "x", "a\"b c\"d" },
	{ "a quote at the end alone stays", "x=a\"b c\"", "x", "a\"b c\"" },
	{ "an open quote lasts to the end", "x=\"a b", "x", "a b" },
	{ "nothing at all", "", "x", NULL },
	{ "an empty word ends nothing", "\"\" x=1", "x", "1" },
	{ "blanks of every kind", "\t x=1\t\n", "x", "1" },
};

static void write_file(const char *path, const char *text, size_t length)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		tap_ok(false, "write the fixture %s", path);
}

static void test_relative_root(const char *fixture)
{
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO_FREE char *want = xasprintf("%s/.", fixture);

	if (chdir(fixture) < 0)
		tap_ok(false, "enter the fixture");
	tap_int(machine_open(&machine, "/", ".", /* err= */ NULL), 0, "open a relative root");
	tap_str(machine.root_path, want, "its path is absolute, for children");
}

static void test_open(const char *fixture)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(error_done) struct error none = ERROR_INIT;
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(machine_done) struct machine other = MACHINE_INIT;
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *file = xasprintf("%s/proc/cmdline", fixture);
	AUTO_FREE char *proc = xasprintf("%s/proc", fixture);

	tap_int(machine_open(&machine, fixture, fixture, &err), 0, "open without /proc/cmdline");
	tap_str(machine.kernel_command_line, "", "the kernel command line is empty then");
	tap_str(machine.root_path, fixture, "the target root is known by its path");
	mkdir(proc, 0700);
	write_file(file, "a=1\n", 4);
	tap_int(machine_open(&other, fixture, /* root_path= */ NULL, &err), 0, "open a fixture");
	tap_str(other.kernel_command_line, "a=1\n", "its kernel command line is read");
	tap_ok(other.root_fd == -1 && !other.root_path, "without a target there is none");

	tap_int(machine_read(&other, "proc/cmdline", 4, &text, NULL, &err), 0,
		"as large as allowed");
	tap_str(text, "a=1\n", "is read whole");
	tap_int(machine_read(&other, "proc/cmdline", 3, &text, NULL, &err), -EFBIG,
		"larger is refused");
	tap_str(err.text, "/proc/cmdline is larger than 3 B", "with its limit");
	tap_int(machine_read(&other, "nothing", 3, &text, NULL, &none), -ENOENT, "a missing file");
	tap_ok(none.kind == ERROR_NOT_FOUND, "is not found");
	error_done(&none);
	tap_int(machine_read(&other, "proc", 3, &text, NULL, &none), -EISDIR,
		"a directory is no file");
	error_done(&none);
	tap_int(machine_open(&other, file, NULL, &none), -ENOTDIR, "a file is no machine");
	error_done(&none);
	tap_int(machine_open(&other, fixture, "/nonexistent", &none), -ENOENT, "a missing target");
	tap_str(none.text, "open /nonexistent: No such file or directory", "is named");
	unlink(file);
	mkdir(file, 0700);
	error_done(&none);
	tap_int(machine_open(&other, fixture, NULL, &none), -EISDIR, "an unreadable command line");
	tap_str(none.text, "read /proc/cmdline: Is a directory", "is an error");
	rmdir(file);
	rmdir(proc);
}

int main(void)
{
	char fixture[] = "/tmp/slipway-machine-XXXXXX";

	if (!mkdtemp(fixture))
		return 1;
	test_open(fixture);
	test_relative_root(fixture);
	rmdir(fixture);
	for (size_t i = 0; i < ARRAY_SIZE(karg_rows); i++) {
		AUTO_FREE char *line = xstrdup(karg_rows[i].line);
		AUTO_FREE char *value = NULL;
		const struct machine machine = { .kernel_command_line = line };

		machine_karg(&machine, karg_rows[i].name, &value);
		tap_str(value, karg_rows[i].want, karg_rows[i].label);
	}
	return tap_done();
}
