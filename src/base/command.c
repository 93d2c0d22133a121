#include "base/command.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/child.h"
#include "base/file.h"
#include "base/number.h"

#define HIDDEN "<hidden>"
/* Seven short lines. */
#define PROC_IO_MAX	4096
#define PROC_IO_WRITTEN "write_bytes: "

/* Both as a child is started, and as it may be shown; copies in an arena. */
struct words {
	const char **argv;
	const char **shown; /* "<hidden>" for secret words */
	uint64_t secrets;
};

struct command_process {
	struct arena *arena; /* owns the words */
	struct words words;
	struct child child;
	int64_t timeout_ms;
	int64_t deadline_ms; /* monotonic */
	bool is_over;	     /* it has ended by itself, and is to be collected */
};

void command_process_free(struct command_process *process)
{
	if (!process)
		return;
	child_done(&process->child);
	arena_free(process->arena);
	free(process);
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
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

static bool is_secret(const struct words *words, size_t index)
{
	return index < 64 && (words->secrets >> index & 1);
}

static struct words words_of(const struct command *command, struct arena *arena)
{
	struct words words = { .secrets = command->secrets };
	size_t count = 0;

	while (command->argv[count])
		count++;
	words.argv = arena_array(arena, count + 1, sizeof(*words.argv));
	words.shown = arena_array(arena, count + 1, sizeof(*words.shown));
	for (size_t i = 0; i < count; i++) {
		words.argv[i] = arena_strdup(arena, command->argv[i]);
		words.shown[i] = is_secret(&words, i) ? HIDDEN : words.argv[i];
	}
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
static int refuse(const struct command_process *process, enum error_kind kind, const char *end,
		  struct error *err)
{
	AUTO(text_done) struct text cmd = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text lines = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(text_done) struct text quoted = TEXT_INIT(TEXT_MESSAGE_MAX);

	command_append_words(&cmd, process->words.shown);
	append_without_secrets(&lines, child_tail(&process->child), &process->words);
	text_append_quoted(&quoted, text_slice(&lines));
	return error_set(err, kind, kind == ERROR_TIMEOUT ? ETIMEDOUT : ECANCELED,
			 "%s: Cmd: %s Stderr: %s", end, text_str(&cmd), text_str(&quoted));
}

int command_start(const struct command *command, struct text *ret_stdout,
		  struct command_process **ret, struct error *err)
{
	AUTO(command_process_free)
	struct command_process *process = xcalloc(1, sizeof(*process));
	AUTO_FREE char *path = NULL;

	process->child = CHILD_INIT;
	process->child.captured = ret_stdout;
	process->arena = arena_new();
	process->words = words_of(command, process->arena);
	process->timeout_ms = command->timeout_ms;
	event_notify(command->observer, &(struct event){ .kind = EVENT_COMMAND,
							 .level = EVENT_DEBUG,
							 .argv = process->words.shown,
							 .secrets = command->secrets });

	int r = command_find(command->argv[0], &path, err);

	if (r < 0)
		return r;
	assert(path);
	process->deadline_ms = monotonic_ms() + command->timeout_ms;
	const struct child_program program = { .path = path,
					       .argv = process->words.argv,
					       .variables = command->variables,
					       .input = command->input,
					       .input_fd = command->input_fd };

	r = child_start(&program, &process->child, err);
	if (r == 0)
		*ret = take_ptr(&process);
	return r;
}

/* The first deadline of any, or @wait_ms from now. */
static int64_t first_deadline(struct command_process *const *processes, size_t count, int wait_ms)
{
	int64_t first_ms = monotonic_ms() + wait_ms;

	for (size_t i = 0; i < count; i++)
		if (processes[i]->deadline_ms < first_ms)
			first_ms = processes[i]->deadline_ms;
	return first_ms;
}

/* Reads from those that said something.  Return: the first that is over or late; @count: none. */
static size_t hear(struct command_process *const *processes, size_t count, const struct pollfd *fds)
{
	int64_t now_ms = monotonic_ms();

	for (size_t i = 0; i < count; i++) {
		processes[i]->is_over = fds[i * CHILD_POLL_COUNT].revents;
		if (!processes[i]->is_over)
			child_read(&processes[i]->child);
	}
	for (size_t i = 0; i < count; i++)
		if (processes[i]->is_over || processes[i]->deadline_ms <= now_ms)
			return i;
	return count;
}

int command_wait(struct command_process *const *processes, size_t count, int wait_ms,
		 size_t *ret_index, struct error *err)
{
	AUTO_FREE struct pollfd *fds = xcalloc(count * CHILD_POLL_COUNT, sizeof(*fds));
	const int64_t first_ms = first_deadline(processes, count, wait_ms);
	int64_t left_ms = 0;

	do {
		left_ms = first_ms - monotonic_ms();
		for (size_t i = 0; i < count; i++)
			child_poll(&processes[i]->child, &fds[i * CHILD_POLL_COUNT]);

		int ready = poll(fds, count * CHILD_POLL_COUNT, left_ms > 0 ? (int)left_ms : 0);

		if (ready < 0 && errno != EINTR)
			return error_errno(err, errno, "wait for output");
		/* What it holds is of no meaning then. */
		for (size_t i = 0; ready < 0 && i < count * CHILD_POLL_COUNT; i++)
			fds[i].revents = 0;
		*ret_index = hear(processes, count, fds);
	} while (*ret_index == count && left_ms > 0);
	return 0;
}

int command_written(const struct command_process *process, uint64_t *ret)
{
	AUTO_FREE char *path = xasprintf("/proc/%d/io", (int)process->child.pid);
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	int r = file_read(path, PROC_IO_MAX, /* flags= */ 0, &text, &length, /* err= */ NULL);

	for (struct slice rest = { text, length }; r == 0 && rest.length;) {
		struct slice line = slice_take_line(&rest);

		if (slice_starts(line, PROC_IO_WRITTEN))
			return number_parse_u64(slice_from(line, strlen(PROC_IO_WRITTEN)), 0,
						UINT64_MAX, ret);
	}
	return r < 0 ? r : -ENODATA;
}

static int finish(struct command_process *process, int *ret_status, struct error *err)
{
	siginfo_t info = { 0 };
	size_t index = 0;
	int r = command_wait(&process, 1, COMMAND_WAIT_MAX, &index, err);

	if (r == 0 && !process->is_over) {
		AUTO_FREE char *end =
			xasprintf("no end within %" PRId64 " ms, killed", process->timeout_ms);

		return refuse(process, ERROR_TIMEOUT, end, err);
	}
	if (r == 0)
		r = child_collect(&process->child, &info, err);
	if (r < 0)
		return error_wrap(err, r, "run %s", process->words.argv[0]);
	if (ret_status && info.si_code == CLD_EXITED)
		*ret_status = info.si_status;
	if (info.si_code == CLD_EXITED && info.si_status == 0)
		return 0;

	AUTO_FREE char *end = describe_end(&info);

	return refuse(process, ERROR_SYSTEM, end, err);
}

int command_finish(struct command_process *process, int *ret_status, struct error *err)
{
	int r = finish(process, ret_status, err);

	command_process_free(process);
	return r;
}

int command_run(const struct command *command, struct text *ret_stdout, int *ret_status,
		struct error *err)
{
	struct command_process *process = NULL;
	int r = command_start(command, ret_stdout, &process, err);

	if (r < 0)
		return r;
	assert(process);
	return command_finish(process, ret_status, err);
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
	const char *at = child_search_path();

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
