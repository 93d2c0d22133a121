/* file - whole files of the running system. */
#include "base/file.h"

#include <errno.h>

#include "scratch.h"
#include "tap.h"

static void test_read(const struct scratch *scratch)
{
	AUTO_FREE char *path = scratch_path(scratch, "a");
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO_FREE char *data = NULL;
	AUTO_FREE char *command_line = NULL;
	size_t length = 0;

	scratch_write(scratch, "a", "four");
	tap_int(file_read(path, 4, 0, &data, &length, NULL), 0, "a file as large as the limit");
	tap_ok(length == 4 && strcmp(data, "four") == 0, "is read whole");
	tap_int(file_read(path, 3, 0, &data, &length, &err), -EFBIG, "one byte more is refused");
	tap_ok(strstr(err.text, "is larger than 3 B"), "with the limit: %s", err.text);
	tap_int(file_read(scratch->path, 3, 0, &data, &length, NULL), -EISDIR,
		"a directory is no file");
	tap_int(file_read("/proc/cmdline", 1 << 20, 0, &command_line, &length, NULL), 0,
		"a file whose size is said to be 0");
	tap_ok(length > 0, "is read to its end");
}

static void test_stdin(const struct scratch *scratch)
{
	AUTO_FREE char *data = NULL;
	size_t length = 0;
	int ends[2];

	if (pipe(ends) < 0 || write(ends[1], "piped", 5) != 5)
		abort();
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	tap_int(file_read("-", 100, FILE_STDIN, &data, &length, NULL), 0, "- is standard input");
	tap_str(data, "piped", "to its end");
	if (chdir(scratch->path) < 0)
		abort();
	tap_int(file_read("-", 100, 0, &data, &length, NULL), -ENOENT, "unless a file is meant");
}

static void test_replace(const struct scratch *scratch)
{
	AUTO_FREE char *path = scratch_path(scratch, "x/y/z");
	struct stat st;

	tap_int(file_replace(path, SLICE("one"), 0640, 0750, FILE_DURABLE, NULL), 0,
		"directories are made");
	tap_ok(stat(path, &st) == 0 && (st.st_mode & 07777) == 0640, "the mode is exact");
	tap_int(file_replace(path, SLICE("2"), 0600, 0750, FILE_VOLATILE, NULL), 0,
		"a file is replaced");

	AUTO_FREE char *text = scratch_read(scratch, "x/y/z");

	tap_str(text, "2", "as a whole");
	tap_int(file_replace("", SLICE("x"), 0600, 0750, FILE_VOLATILE, NULL), -ENOENT,
		"an empty path is no file");
}

static void test_dropped(const struct scratch *scratch)
{
	AUTO_FREE char *path = scratch_path(scratch, "x/y/w");
	AUTO_FREE char *large = calloc(1, 1 << 20);
	struct file_writer writer;

	memset(large, 'a', 1 << 20);
	tap_int(file_create(&writer, path, 0600, 0700, NULL), 0, "a file is begun");
	tap_int(writer.sink.write(&writer.sink, "b", 1, NULL), 0, "a byte");
	tap_int(writer.sink.write(&writer.sink, large, 1 << 20, NULL), 0,
		"and more than the buffer");

	char *temporary = writer.temporary;
	struct stat st;

	tap_ok(stat(temporary, &st) == 0 && st.st_size == (1 << 20) + 1, "are written in order");
	temporary = strdup(temporary);
	file_writer_done(&writer);
	tap_ok(stat(path, &st) < 0 && stat(temporary, &st) < 0,
	       "an uncommitted file leaves nothing behind");
	free(temporary);
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(file_unmap) struct slice map = { NULL, 0 };
	AUTO_FREE char *path = scratch_path(&scratch, "a");
	AUTO_FREE char *empty = scratch_path(&scratch, "empty");

	test_read(&scratch);
	tap_int(file_map(path, 4, &map, NULL), 0, "a file is mapped");
	tap_ok(slice_is(map, "four"), "with its contents");
	file_unmap(&map);
	scratch_write(&scratch, "empty", "");
	tap_int(file_map(empty, 4, &map, NULL), 0, "an empty one too");
	tap_int((int64_t)map.length, 0, "as nothing");
	test_replace(&scratch);
	test_dropped(&scratch);
	test_stdin(&scratch);
	return tap_done();
}
