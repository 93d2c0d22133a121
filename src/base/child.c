#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "base/alloc.h"

/* Of an error. */
#define TAIL_LINES  20
#define CHUNK_BYTES 16384
/*
 * What a child wrote before it exited is in the pipes, which hold 64 KiB unless somebody enlarged
 * them; more than this is written by somebody who outlives it.
 */
#define LEFTOVER_MAX ((size_t)1 << 20)

DEFINE_DONE(posix_spawnattr_t, posix_spawnattr_destroy)
DEFINE_DONE(posix_spawn_file_actions_t, posix_spawn_file_actions_destroy)

const char *child_search_path(void)
{
	return getenv("PATH") ?: CHILD_PATH_DEFAULT;
}

void child_done(struct child *child)
{
	if (child->pid) {
		kill(-child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	scope_close(&child->exit_fd);
	for (size_t i = 0; i < CHILD_STREAM_COUNT; i++)
		scope_close(&child->fds[i]);
}

/* The last bytes of what it said. */
static void append_tail(struct child *child, struct slice s)
{
	if (s.length > CHILD_TAIL_BYTES)
		s = slice_from(s, s.length - CHILD_TAIL_BYTES);
	if (child->tail_length + s.length > CHILD_TAIL_BYTES) {
		size_t surplus = child->tail_length + s.length - CHILD_TAIL_BYTES;

		memmove(child->tail, child->tail + surplus, child->tail_length - surplus);
		child->tail_length -= surplus;
	}
	memcpy(child->tail + child->tail_length, s.data, s.length);
	child->tail_length += s.length;
}

struct slice child_tail(const struct child *child)
{
	struct slice all = slice_trim((struct slice){ child->tail, child->tail_length });
	unsigned lines = 1;

	for (size_t at = all.length; at > 0; at--)
		if (all.data[at - 1] == '\n' && lines++ == TAIL_LINES)
			return slice_from(all, at);
	return all;
}

/* Descriptors up to 2 are the child's standard streams: ours stay out of their way. */
static int above_standard(int fd)
{
	if (fd < 0 || fd > STDERR_FILENO)
		return fd;

	int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int saved = errno;

	close(fd);
	errno = saved;
	return moved;
}

static int open_null(struct error *err)
{
	int fd = above_standard(open("/dev/null", O_RDWR | O_CLOEXEC));

	return fd < 0 ? error_errno(err, errno, "open /dev/null") : fd;
}

/* Input is a file in memory: a child that reads slowly or never cannot block us. */
static int open_input(const struct child_program *program, struct error *err)
{
	struct slice input = program->input;

	if (program->input_fd) {
		int copy = fcntl(*program->input_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		return copy < 0 ? error_errno(err, errno, "hand over the input") : copy;
	}
	if (!input.data)
		return open_null(err);

	AUTO_CLOSE int fd = above_standard(memfd_create("input", MFD_CLOEXEC));

	if (fd < 0)
		return error_errno(err, errno, "create a file in memory");
	while (input.length) {
		ssize_t written = write(fd, input.data, input.length);

		if (written < 0 && errno != EINTR)
			return error_errno(err, errno, "keep %zu bytes of input", input.length);
		input = slice_from(input, written < 0 ? 0 : (size_t)written);
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_errno(err, errno, "rewind the input");
	return take_fd(&fd);
}

/* A pipe whose reading end does not block.  Return: the writing end. */
static int open_pipe(int *ret_read, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, errno, "create a pipe");

	AUTO_CLOSE int reader = above_standard(ends[0]);
	AUTO_CLOSE int writer = above_standard(ends[1]);

	if (reader < 0 || writer < 0 || fcntl(reader, F_SETFL, O_NONBLOCK) < 0)
		return error_errno(err, errno, "set up a pipe");
	*ret_read = take_fd(&reader);
	return take_fd(&writer);
}

/* A process group of its own, and no signal blocked or ignored. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none;
	sigset_t all;

	sigemptyset(&none);
	sigfillset(&all);

	int r = posix_spawnattr_setflags(
		attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

	if (r == 0)
		r = posix_spawnattr_setpgroup(attributes, 0);
	if (r == 0)
		r = posix_spawnattr_setsigmask(attributes, &none);
	return r ? r : posix_spawnattr_setsigdefault(attributes, &all);
}

static void environment_free(char **environment)
{
	for (size_t i = 0; environment && environment[i]; i++)
		free(environment[i]);
	free(environment);
}
DEFINE_RELEASE(char **, environment_free)

/* PATH, and what the caller lets through. */
static char **make_environment(const char *const *names)
{
	size_t count = 0;

	while (names && names[count])
		count++;

	char **environment = xcalloc(count + 2, sizeof(char *));
	char **next = environment;

	*next++ = xasprintf("PATH=%s", child_search_path());
	for (size_t i = 0; i < count; i++) {
		const char *value = getenv(names[i]);

		if (value)
			*next++ = xasprintf("%s=%s", names[i], value);
	}
	return environment;
}

/* @streams become 0, 1 and 2 of the child.  Return: 0 or a positive errno, as posix_spawn(). */
static int spawn(const struct child_program *program, const int streams[static 3], pid_t *ret)
{
	AUTO(environment_free) char **environment = make_environment(program->variables);
	AUTO(posix_spawnattr_destroy) posix_spawnattr_t attributes;
	AUTO(posix_spawn_file_actions_destroy) posix_spawn_file_actions_t actions;

	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_init(&actions);

	int r = set_attributes(&attributes);

	for (int i = 0; i < 3 && r == 0; i++)
		r = posix_spawn_file_actions_adddup2(&actions, streams[i], i);
	if (r == 0)
		r = posix_spawn(ret, program->path, &actions, &attributes,
				(char *const *)program->argv, environment);
	return r;
}

int child_start(const struct child_program *program, struct child *child, struct error *err)
{
	AUTO_CLOSE int in = open_input(program, err);

	if (in < 0)
		return in;

	AUTO_CLOSE int out =
		child->captured ? open_pipe(&child->fds[CHILD_STDOUT], err) : open_null(err);

	if (out < 0)
		return out;

	AUTO_CLOSE int errors = open_pipe(&child->fds[CHILD_STDERR], err);

	if (errors < 0)
		return errors;

	pid_t pid = 0;
	int r = spawn(program, (const int[]){ in, out, errors }, &pid);

	if (r > 0)
		return error_errno(err, r, "start %s", program->path);
	child->pid = pid;
	child->exit_fd = pidfd_open(pid, 0);
	return child->exit_fd < 0 ? error_errno(err, errno, "watch %s", program->path) : 0;
}

void child_poll(const struct child *child, struct pollfd ret[static CHILD_POLL_COUNT])
{
	ret[0] = (struct pollfd){ .fd = child->exit_fd, .events = POLLIN };
	for (size_t i = 0; i < CHILD_STREAM_COUNT; i++)
		ret[i + 1] = (struct pollfd){ .fd = child->fds[i], .events = POLLIN };
}

/* The rest of a stream that is full, or wanted by nobody, is dropped. */
static void keep(struct child *child, enum child_stream stream, struct slice s)
{
	if (stream == CHILD_STDERR) {
		append_tail(child, s);
		return;
	}
	if (!child->captured)
		return;

	size_t room = child->captured->max - child->captured->length;

	s.length = s.length < room ? s.length : room;
	text_append_slice(child->captured, s);
}

/* One read from a stream, which is closed at its end.  Return: bytes read. */
static size_t pump(struct child *child, enum child_stream stream)
{
	char chunk[CHUNK_BYTES];
	int *fd = &child->fds[stream];

	if (*fd < 0)
		return 0;

	ssize_t length = read(*fd, chunk, sizeof(chunk));

	if (length > 0) {
		keep(child, stream, (struct slice){ chunk, (size_t)length });
		return (size_t)length;
	}
	if (length == 0 || (errno != EAGAIN && errno != EINTR))
		close(take_fd(fd));
	return 0;
}

void child_read(struct child *child)
{
	for (enum child_stream stream = 0; stream < CHILD_STREAM_COUNT; stream++)
		pump(child, stream);
}

/* What the child left in its pipes. */
static void drain(struct child *child)
{
	for (enum child_stream stream = 0; stream < CHILD_STREAM_COUNT; stream++) {
		size_t total = 0;
		size_t length = 0;

		do {
			length = pump(child, stream);
			total += length;
		} while (length && total < LEFTOVER_MAX);
	}
}

int child_collect(struct child *child, siginfo_t *ret, struct error *err)
{
	int r = 0;

	drain(child);
	do
		r = waitid(P_PID, (id_t)child->pid, ret, WEXITED);
	while (r < 0 && errno == EINTR);
	child->pid = 0;
	return r < 0 ? error_errno(err, errno, "wait for the child") : 0;
}
