#include "base/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

/* The kernel's own limit is 2048 or 4096, by architecture; bootconfig adds 32 KiB. */
#define COMMAND_LINE_MAX ((size_t)64 << 10)

static int open_directory(const char *path, struct error *err)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? error_errno(err, errno, "open %s", path) : fd;
}

/* Without /proc there is no kernel command line, and that is no error. */
static int read_command_line(struct machine *machine, struct error *err)
{
	AUTO(error_done) struct error failure = ERROR_INIT;
	int r = machine_read(machine, "proc/cmdline", COMMAND_LINE_MAX,
			     &machine->kernel_command_line, /* ret_length= */ NULL, &failure);

	if (r == -ENOENT)
		machine->kernel_command_line = xstrdup("");
	if (r == 0 || r == -ENOENT || !err)
		return r == -ENOENT ? 0 : r;
	*err = failure;
	failure = ERROR_INIT;
	return r;
}

/* useradd and its kin want the root that they work in from the top. */
static int absolute_path(const char *path, char **ret, struct error *err)
{
	if (path[0] == '/') {
		*ret = xstrdup(path);
		return 0;
	}

	AUTO_FREE char *here = getcwd(NULL, 0);

	if (!here)
		return error_errno(err, errno, "find the working directory");
	*ret = xasprintf("%s/%s", here, path);
	return 0;
}

int machine_open(struct machine *ret, const char *host_path, const char *root_path,
		 struct error *err)
{
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	int r = 0;

	machine.host_fd = open_directory(host_path, err);
	if (machine.host_fd < 0)
		return machine.host_fd;
	if (root_path) {
		machine.root_fd = open_directory(root_path, err);
		r = machine.root_fd < 0 ? machine.root_fd
					: absolute_path(root_path, &machine.root_path, err);
	}
	if (r == 0)
		r = read_command_line(&machine, err);
	if (r < 0)
		return r;
	*ret = machine;
	machine = MACHINE_INIT;
	return 0;
}

void machine_done(struct machine *machine)
{
	scope_close(&machine->host_fd);
	scope_close(&machine->root_fd);
	free(machine->root_path);
	free(machine->kernel_command_line);
	free(machine->disk_name);
	free(machine->disk_stand_in);
	*machine = MACHINE_INIT;
}

void machine_close_root(struct machine *machine)
{
	scope_close(&machine->root_fd);
	machine->root_fd = -1;
}

int machine_open_root(struct machine *machine, struct error *err)
{
	machine_close_root(machine);
	machine->root_fd = open_directory(machine->root_path, err);
	return machine->root_fd < 0 ? machine->root_fd : 0;
}

int machine_read(const struct machine *machine, const char *path, size_t max_bytes, char **ret,
		 size_t *ret_length, struct error *err)
{
	AUTO_FREE char *name = xasprintf("/%s", path);
	AUTO_CLOSE int fd = openat(machine->host_fd, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "open %s", name);
	return file_read_fd(fd, name, max_bytes, ret, ret_length, err);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Next word of a kernel command line: blanks inside double quotes are part of it. */
static struct slice take_word(const char **at)
{
	bool quoted = false;

	while (is_blank(**at))
		(*at)++;

	const char *start = *at;

	for (; **at && (quoted || !is_blank(**at)); (*at)++)
		quoted ^= **at == '"';
	return (struct slice){ start, (size_t)(*at - start) };
}

/* Without the quotes around the whole of @s, as the kernel takes them off. */
static struct slice unquote(struct slice s)
{
	if (!slice_starts(s, "\""))
		return s;
	s = slice_from(s, 1);
	s.length -= slice_ends(s, "\"");
	return s;
}

bool machine_next_karg(const struct machine *machine, const char **at, struct machine_karg *ret)
{
	if (!*at)
		*at = machine->kernel_command_line ?: "";

	const struct slice whole = take_word(at);
	const struct slice word = unquote(whole);
	const char *equals = word.length ? memchr(word.data, '=', word.length) : NULL;

	*ret = (struct machine_karg){ .name = word };
	if (equals) {
		ret->name.length = (size_t)(equals - word.data);
		ret->value = unquote(slice_from(word, ret->name.length + 1));
	}
	return whole.length > 0;
}

void machine_karg(const struct machine *machine, const char *name, char **ret)
{
	struct machine_karg argument;
	struct slice found = { NULL, 0 };

	for (const char *at = NULL; machine_next_karg(machine, &at, &argument);)
		if (slice_is(argument.name, name))
			found = argument.value.data ? argument.value : SLICE("");
	*ret = found.data ? slice_dup(found) : NULL;
}
