#include "base/command.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/alloc.h"

/* What of stderr goes into an error. */
#define TAIL_LINES  20
#define TAIL_BYTES  8192
#define CHUNK_BYTES 16384
/*
 * What a child wrote before it exited is in the pipes, which hold 64 KiB unless somebody enlarged
 * them; more than this is written by somebody who outlives it.
 */
#define LEFTOVER_MAX ((size_t)1 << 20)
#define HIDDEN	     "<hidden>"

DEFINE_DONE(posix_spawnattr_t, posix_spawnattr_destroy)
DEFINE_DONE(posix_spawn_file_actions_t, posix_spawn_file_actions_destroy)

enum child_stream {
	CHILD_STDOUT,
	CHILD_STDERR,
	CHILD_STREAM_COUNT,
};

/* A running child, its pidfd, and our ends of its pipes. */
struct child {
	pid_t pid; /* also its process group; 0 once it was waited for */
	int exit_fd;
	int fds[CHILD_STREAM_COUNT];
};

#define CHILD_INIT ((struct child){ .exit_fd = -1, .fds = { -1, -1 } })

/* Kills what still runs. */
static void child_done(struct child *child)
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

DEFINE_DONE(struct child, child_done)

/* The last bytes of a stream. */
struct tail {
	char data[TAIL_BYTES];
	size_t length;
};

static void tail_append(struct tail *tail, struct slice s)
{
	if (s.length > TAIL_BYTES)
		s = slice_from(s, s.length - TAIL_BYTES);
	if (tail->length + s.length > TAIL_BYTES) {
		size_t surplus = tail->length + s.length - TAIL_BYTES;

		memmove(tail->data, tail->data + surplus, tail->length - surplus);
		tail->length -= surplus;
	}
	memcpy(tail->data + tail->length, s.data, s.length);
	tail->length += s.length;
}

static struct slice tail_lines(const struct tail *tail)
{
	struct slice all = slice_trim((struct slice){ tail->data, tail->length });
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
static int open_input(struct slice input, struct error *err)
{
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
static char **make_environment(const struct command *command)
{
	const char *const *names = command->variables;
	size_t count = 0;

	while (names && names[count])
		count++;

	char **environment = xcalloc(count + 2, sizeof(char *));
	char **next = environment;

	*next++ = xasprintf("PATH=%s", getenv("PATH") ?: COMMAND_PATH_DEFAULT);
	for (size_t i = 0; i < count; i++) {
		const char *value = getenv(names[i]);

		if (value)
			*next++ = xasprintf("%s=%s", names[i], value);
	}
	return environment;
}

/* @streams become 0, 1 and 2 of the child.  Return: 0 or a positive errno, as posix_spawn(). */
static int spawn(const char *path, const struct command *command, const int streams[static 3],
		 pid_t *ret)
{
	AUTO(environment_free) char **environment = make_environment(command);
	AUTO(posix_spawnattr_destroy) posix_spawnattr_t attributes;
	AUTO(posix_spawn_file_actions_destroy) posix_spawn_file_actions_t actions;

	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_init(&actions);

	int r = set_attributes(&attributes);

	for (int i = 0; i < 3 && r == 0; i++)
		r = posix_spawn_file_actions_adddup2(&actions, streams[i], i);
	if (r == 0)
		r = posix_spawn(ret, path, &actions, &attributes, (char *const *)command->argv,
				environment);
	return r;
}

enum stdout_use {
	STDOUT_DROPPED,
	STDOUT_CAPTURED,
};

/* @child: CHILD_INIT; the caller's to release, whatever is returned */
static int start(const struct command *command, enum stdout_use use, struct child *child,
		 struct error *err)
{
	AUTO_FREE char *path = NULL;
	int r = command_find(command->argv[0], &path, err);

	if (r < 0)
		return r;
	assert(path);

	AUTO_CLOSE int in = open_input(command->input, err);

	if (in < 0)
		return in;

	AUTO_CLOSE int out =
		use == STDOUT_CAPTURED ? open_pipe(&child->fds[CHILD_STDOUT], err) : open_null(err);

	if (out < 0)
		return out;

	AUTO_CLOSE int errors = open_pipe(&child->fds[CHILD_STDERR], err);

	if (errors < 0)
		return errors;

	pid_t pid = 0;

	r = spawn(path, command, (const int[]){ in, out, errors }, &pid);
	if (r > 0)
		return error_errno(err, r, "start %s", path);
	child->pid = pid;
	child->exit_fd = pidfd_open(pid, 0);
	return child->exit_fd < 0 ? error_errno(err, errno, "watch %s", path) : 0;
}

/* What was read goes on; the rest of a stream that is full, or wanted by nobody, is dropped. */
struct output {
	struct text *captured; /* NULL: dropped */
	struct tail errors;
};

static void keep(struct output *output, enum child_stream stream, struct slice s)
{
	if (stream == CHILD_STDERR) {
		tail_append(&output->errors, s);
		return;
	}
	if (!output->captured)
		return;

	size_t room = output->captured->max - output->captured->length;

	s.length = s.length < room ? s.length : room;
	text_append_slice(output->captured, s);
}

/* One read from a stream, which is closed at its end.  Return: bytes read. */
static size_t pump(struct child *child, enum child_stream stream, struct output *output)
{
	char chunk[CHUNK_BYTES];
	int *fd = &child->fds[stream];

	if (*fd < 0)
		return 0;

	ssize_t length = read(*fd, chunk, sizeof(chunk));

	if (length > 0) {
		keep(output, stream, (struct slice){ chunk, (size_t)length });
		return (size_t)length;
	}
	if (length == 0 || (errno != EAGAIN && errno != EINTR))
		close(take_fd(fd));
	return 0;
}

/* What the child left in its pipes. */
static void drain(struct child *child, struct output *output)
{
	for (enum child_stream stream = 0; stream < CHILD_STREAM_COUNT; stream++) {
		size_t total = 0;
		size_t length = 0;

		do {
			length = pump(child, stream, output);
			total += length;
		} while (length && total < LEFTOVER_MAX);
	}
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Read until the child exits.  Return: 0; -ETIMEDOUT without an error set; -errno. */
static int follow(struct child *child, int64_t timeout_ms, struct output *output, struct error *err)
{
	int64_t start_ms = monotonic_ms();

	for (;;) {
		int64_t left_ms = timeout_ms - (monotonic_ms() - start_ms);
		struct pollfd fds[] = {
			{ .fd = child->exit_fd, .events = POLLIN },
			{ .fd = child->fds[CHILD_STDOUT], .events = POLLIN },
			{ .fd = child->fds[CHILD_STDERR], .events = POLLIN },
		};

		if (left_ms <= 0)
			return -ETIMEDOUT;
		if (poll(fds, ARRAY_SIZE(fds), left_ms < INT_MAX ? (int)left_ms : INT_MAX) < 0) {
			if (errno == EINTR)
				continue;
			return error_errno(err, errno, "wait for output");
		}
		if (fds[0].revents)
			break;
		pump(child, CHILD_STDOUT, output);
		pump(child, CHILD_STDERR, output);
	}
	drain(child, output);
	return 0;
}

/* "exit status 1", "signal: killed". */
static char *describe_end(const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		return xasprintf("exit status %d", info->si_status);

	const char *name = sigdescr_np(info->si_status);
	char *text = xasprintf("signal: %s%s", name ?: "unknown",
			       info->si_code == CLD_DUMPED ? " (core dumped)" : "");
	char *first = text + strlen("signal: ");

	if (*first >= 'A' && *first <= 'Z')
		*first = (char)(*first - 'A' + 'a');
	return text;
}

/* Both as a child was started, and as it may be shown. */
struct words {
	const char *const *argv;
	const char **shown; /* owned; "<hidden>" for secret words */
	uint64_t secrets;
};

static void words_done(struct words *words)
{
	free(words->shown);
}

DEFINE_DONE(struct words, words_done)

static bool is_secret(const struct words *words, size_t index)
{
	return index < 64 && (words->secrets >> index & 1);
}

static struct words words_of(const struct command *command)
{
	struct words words = { .argv = command->argv, .secrets = command->secrets };
	size_t count = 0;

	while (command->argv[count])
		count++;
	words.shown = xcalloc(count + 1, sizeof(*words.shown));
	for (size_t i = 0; i < count; i++)
		words.shown[i] = is_secret(&words, i) ? HIDDEN : command->argv[i];
	return words;
}

/* The secret word that @s begins with; NULL if none. */
static const char *secret_at(const struct words *words, struct slice s)
{
	for (size_t i = 0; words->argv[i]; i++)
		if (is_secret(words, i) && words->argv[i][0] && slice_starts(s, words->argv[i]))
			return words->argv[i];
	return NULL;
}

/* Programs quote their arguments when they complain: secret words stay hidden there too. */
static void append_without_secrets(struct text *out, struct slice s, const struct words *words)
{
	while (s.length) {
		const char *secret = secret_at(words, s);

		if (secret)
			text_append_str(out, HIDDEN);
		else
			text_append_char(out, s.data[0]);
		s = slice_from(s, secret ? strlen(secret) : 1);
	}
}

/* "<end>: Cmd: "a" "b" Stderr: "..."", as upstream words it. */
static int refuse(struct error *err, enum error_kind kind, const char *end,
		  const struct words *words, const struct tail *errors)
{
	AUTO(text_done) struct text cmd = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text lines = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text quoted = TEXT_INIT(TEXT_MESSAGE_MAX);

	command_append_words(&cmd, words->shown);
	append_without_secrets(&lines, tail_lines(errors), words);
	text_append_quoted(&quoted, text_slice(&lines));
	return error_set(err, kind, kind == ERROR_TIMEOUT ? ETIMEDOUT : ECANCELED,
			 "%s: Cmd: %s Stderr: %s", end, text_str(&cmd), text_str(&quoted));
}

/* Collect the child that has exited. */
static int collect(struct child *child, siginfo_t *ret, struct error *err)
{
	int r = 0;

	do
		r = waitid(P_PID, (id_t)child->pid, ret, WEXITED);
	while (r < 0 && errno == EINTR);
	child->pid = 0;
	return r < 0 ? error_errno(err, errno, "wait for the child") : 0;
}

int command_run(const struct command *command, struct text *ret_stdout, int *ret_status,
		struct error *err)
{
	AUTO(words_done) struct words words = words_of(command);
	AUTO(child_done) struct child child = CHILD_INIT;
	struct output output = { .captured = ret_stdout };
	siginfo_t info = { 0 };

	event_notify(command->observer, &(struct event){ .kind = EVENT_COMMAND,
							 .level = EVENT_DEBUG,
							 .argv = words.shown,
							 .secrets = command->secrets });

	int r = start(command, ret_stdout ? STDOUT_CAPTURED : STDOUT_DROPPED, &child, err);

	if (r < 0)
		return r;
	r = follow(&child, command->timeout_ms, &output, err);
	if (r == -ETIMEDOUT) {
		AUTO_FREE char *end =
			xasprintf("no end within %" PRId64 " ms, killed", command->timeout_ms);

		return refuse(err, ERROR_TIMEOUT, end, &words, &output.errors);
	}
	if (r == 0)
		r = collect(&child, &info, err);
	if (r < 0)
		return error_wrap(err, r, "run %s", command->argv[0]);
	if (ret_status && info.si_code == CLD_EXITED)
		*ret_status = info.si_status;
	if (info.si_code == CLD_EXITED && info.si_status == 0)
		return 0;

	AUTO_FREE char *end = describe_end(&info);

	return refuse(err, ERROR_SYSTEM, end, &words, &output.errors);
}

int command_append_words(struct text *out, const char *const *argv)
{
	size_t start = out->length;
	int r = 0;

	for (size_t i = 0; argv[i] && r == 0; i++) {
		if (i)
			r = text_append_char(out, ' ');
		if (r == 0)
			r = text_append_quoted(out, slice_of(argv[i]));
	}
	if (r < 0)
		text_truncate(out, start);
	return r;
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

int command_find(const char *name, char **ret, struct error *err)
{
	const char *at = getenv("PATH") ?: COMMAND_PATH_DEFAULT;

	if (strchr(name, '/') && is_program(name)) {
		*ret = xstrdup(name);
		return 0;
	}
	while (*at && !strchr(name, '/')) {
		size_t length = strcspn(at, ":");
		AUTO_FREE char *path = xasprintf("%.*s/%s", (int)length, at, name);

		/* A relative entry would find what lies in whatever directory we are in. */
		if (path[0] == '/' && length && is_program(path)) {
			*ret = take_ptr(&path);
			return 0;
		}
		at += length + (at[length] == ':');
	}
	return error_set(err, ERROR_NOT_FOUND, ENOENT, "program %s is not in PATH", name);
}
