#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/number.h"

/* Small writes are collected up to this; larger ones pass through. */
#define WRITE_BUFFER_BYTES ((size_t)64 << 10)
/* First read from a pipe, whose size nobody knows. */
#define READ_FIRST_BYTES ((size_t)64 << 10)

static int refuse_large(const char *path, size_t max_bytes, struct error *err)
{
	AUTO(text_done) struct text limit = TEXT_INIT(TEXT_MESSAGE_MAX);

	number_append_size(&limit, max_bytes);
	return error_set(err, ERROR_INPUT, EFBIG, "%s is larger than %s", path, text_str(&limit));
}

/* Opens a file to be read whole; *ret_size is what fstat says, 0 for pipes and /proc files. */
static int open_whole(const char *path, size_t max_bytes, unsigned flags, size_t *ret_size,
		      struct error *err)
{
	bool is_stdin = (flags & FILE_STDIN) && strcmp(path, "-") == 0;
	AUTO_CLOSE int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, errno, "open %s", path);
	if (S_ISDIR(st.st_mode))
		return error_errno(err, EISDIR, "read %s", path);
	*ret_size = S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
	if (*ret_size > max_bytes)
		return refuse_large(path, max_bytes, err);
	return take_fd(&fd);
}

int file_read_fd(int fd, const char *name, size_t max_bytes, char **ret, size_t *ret_length,
		 struct error *err)
{
	struct stat st = { .st_size = 0 };

	if (fstat(fd, &st) < 0)
		return error_errno(err, errno, "look at %s", name);

	/* One byte more than the size, so that the end is seen without another buffer. */
	size_t size = st.st_size > 0 ? (size_t)st.st_size : READ_FIRST_BYTES;
	size_t capacity = (size < max_bytes ? size : max_bytes) + 1;
	AUTO_FREE char *data = xmalloc(capacity + 1);
	size_t length = 0;

	for (;;) {
		ssize_t n = read(fd, data + length, capacity - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, errno, "read %s", name);
		if (n == 0)
			break;
		length += (size_t)n;
		if (length > max_bytes)
			return refuse_large(name, max_bytes, err);
		if (length == capacity) {
			capacity *= 2;
			data = xreallocarray(data, capacity + 1, 1);
		}
	}
	data[length] = '\0';
	*ret = take_ptr(&data);
	if (ret_length)
		*ret_length = length;
	return 0;
}

int file_read(const char *path, size_t max_bytes, unsigned flags, char **ret, size_t *ret_length,
	      struct error *err)
{
	size_t size = 0;
	AUTO_CLOSE int fd = open_whole(path, max_bytes, flags, &size, err);

	return fd < 0 ? fd : file_read_fd(fd, path, max_bytes, ret, ret_length, err);
}

int file_map(const char *path, size_t max_bytes, struct slice *ret, struct error *err)
{
	size_t size = 0;
	AUTO_CLOSE int fd = open_whole(path, max_bytes, /* flags= */ 0, &size, err);

	if (fd < 0)
		return fd;
	if (size == 0) {
		*ret = (struct slice){ NULL, 0 };
		return 0;
	}

	void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return error_errno(err, errno, "map %s", path);
	*ret = (struct slice){ map, size };
	return 0;
}

void file_unmap(struct slice *map)
{
	if (map->length)
		munmap((void *)(uintptr_t)map->data, map->length);
	*map = (struct slice){ NULL, 0 };
}

int file_write_fd(int fd, const void *data, size_t length)
{
	for (const char *next = data; length;) {
		ssize_t written = write(fd, next, length);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			next += written;
			length -= (size_t)written;
		}
	}
	return 0;
}

static int write_to(const struct file_writer *writer, const void *data, size_t length,
		    struct error *err)
{
	int r = file_write_fd(writer->fd, data, length);

	return r < 0 ? error_errno(err, -r, "write %s", writer->path) : 0;
}

static int flush(struct file_writer *writer, struct error *err)
{
	int r = write_to(writer, text_str(&writer->buffer), writer->buffer.length, err);

	text_clear(&writer->buffer);
	return r;
}

static int sink_write(struct content_sink *sink, const void *data, size_t length, struct error *err)
{
	struct file_writer *writer = sink->context;

	if (text_append(&writer->buffer, data, length) == 0)
		return 0;

	int r = flush(writer, err);

	if (r < 0)
		return r;
	if (text_append(&writer->buffer, data, length) == 0)
		return 0;
	return write_to(writer, data, length, err);
}

int file_make_parents(const char *path, mode_t mode, struct error *err)
{
	AUTO_FREE char *directory = xstrdup(path);

	for (char *slash = strchr(directory + (*directory != '\0'), '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(directory, mode) < 0 && errno != EEXIST)
			return error_errno(err, errno, "make directory %s", directory);
		*slash = '/';
	}
	return 0;
}

int file_create(struct file_writer *ret, const char *path, mode_t mode, mode_t directory_mode,
		struct error *err)
{
	AUTO_FREE char *temporary = xasprintf("%s.XXXXXX", path);
	int r = file_make_parents(path, directory_mode, err);

	if (r < 0)
		return r;

	AUTO_CLOSE int fd = mkostemp(temporary, O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "create %s", path);
	*ret = (struct file_writer){
		.sink = { .write = sink_write },
		.path = xstrdup(path),
		.buffer = TEXT_INIT(WRITE_BUFFER_BYTES),
	};
	ret->temporary = take_ptr(&temporary);
	ret->fd = take_fd(&fd);
	ret->sink.context = ret;
	if (fchmod(ret->fd, mode) < 0) {
		r = error_errno(err, errno, "set mode of %s", path);
		file_writer_done(ret);
		return r;
	}
	return 0;
}

/* fsync of the directory that holds @path. */
static int sync_parent(const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *directory =
		slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	AUTO_CLOSE int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return error_errno(err, errno, "sync %s", directory);
	return 0;
}

int file_commit(struct file_writer *writer, enum file_durability durability, struct error *err)
{
	int r = flush(writer, err);

	if (r < 0)
		return r;
	if (durability == FILE_DURABLE && fsync(writer->fd) < 0)
		return error_errno(err, errno, "sync %s", writer->path);
	if (rename(writer->temporary, writer->path) < 0)
		return error_errno(err, errno, "rename to %s", writer->path);
	free(writer->temporary);
	writer->temporary = NULL;
	return durability == FILE_DURABLE ? sync_parent(writer->path, err) : 0;
}

void file_writer_done(struct file_writer *writer)
{
	if (writer->temporary)
		unlink(writer->temporary);
	if (writer->path)
		close(writer->fd);
	free(writer->temporary);
	free(writer->path);
	text_done(&writer->buffer);
	*writer = (struct file_writer){ .fd = -1 };
}

int file_replace(const char *path, struct slice data, mode_t mode, mode_t directory_mode,
		 enum file_durability durability, struct error *err)
{
	AUTO(file_writer_done) struct file_writer writer = { .fd = -1 };
	int r = file_create(&writer, path, mode, directory_mode, err);

	if (r < 0 || writer.fd < 0)
		return r;
	r = sink_write(&writer.sink, data.data, data.length, err);
	return r < 0 ? r : file_commit(&writer, durability, err);
}
