/* command - how helper programs are started, bounded and judged. */
#include "base/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "base/alloc.h"
#include "base/child.h"
#include "tap.h"

#define LONG_MS	 20000
#define SHORT_MS 300

static const struct {
	const char *label, *script, *input;
	int64_t timeout_ms;
	int want, want_status;
	enum error_kind want_kind;
	const char *want_stdout, *want_error; /* error: its text begins with this */
} rows[] = {
	{ "success", "echo out; echo err >&2", NULL, LONG_MS, 0, 0, ERROR_NONE, "out\n", NULL },
	{ "an exit status", "echo out; exit 3", NULL, LONG_MS, -ECANCELED, 3, ERROR_SYSTEM, "out\n",
	  "exit status 3: Cmd: \"sh\" \"-c\" \"echo out; exit 3\" Stderr: \"\"" },
	{ "stderr is in the error", "echo 'no \"disk\"' >&2; false", NULL, LONG_MS, -ECANCELED, 1,
	  ERROR_SYSTEM, "",
	  "exit status 1: Cmd: \"sh\" \"-c\" \"echo 'no \\\"disk\\\"' >&2; false\" "
	  "Stderr: \"no \\\"disk\\\"\"" },
	{ "a signal", "kill -SEGV $$", NULL, LONG_MS, -ECANCELED, -1, ERROR_SYSTEM, "",
	  "signal: segmentation fault" },
	{ "a signal is no exit status", "kill -KILL $$", NULL, LONG_MS, -ECANCELED, -1,
	  ERROR_SYSTEM, "", "signal: killed: Cmd: " },
	{ "the deadline", "echo begun; echo slow >&2; sleep 600", NULL, SHORT_MS, -ETIMEDOUT, -1,
	  ERROR_TIMEOUT, "begun\n", "no end within 300 ms, killed: Cmd: " },
	{ "the deadline, with endless output", "while :; do echo x; done >&2", NULL, SHORT_MS,
	  -ETIMEDOUT, -1, ERROR_TIMEOUT, "", "no end within 300 ms, killed: Cmd: " },
	{ "input arrives", "cat", "line\n", LONG_MS, 0, 0, ERROR_NONE, "line\n", NULL },
	{ "empty input is an end", "cat", "", LONG_MS, 0, 0, ERROR_NONE, "", NULL },
	{ "without input there is an end", "cat", NULL, LONG_MS, 0, 0, ERROR_NONE, "", NULL },
	{ "a daemon left behind holds nobody up", "sleep 9 & echo x", NULL, 6000, 0, 0, ERROR_NONE,
	  "x\n", NULL },
	{ "a signal that we ignore", "kill -PIPE $$", NULL, LONG_MS, -ECANCELED, -1, ERROR_SYSTEM,
	  "", "signal: broken pipe" },
	{ "no signal is blocked", "grep SigBlk /proc/self/status", NULL, LONG_MS, 0, 0, ERROR_NONE,
	  "SigBlk:\t0000000000000000\n", NULL },
};

static void test_row(size_t i)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text out = TEXT_INIT(1000);
	const char *argv[] = { "sh", "-c", rows[i].script, NULL };
	const struct command command = { .argv = argv,
					 .input = slice_of(rows[i].input),
					 .timeout_ms = rows[i].timeout_ms };
	int status = -1;
	int r = command_run(&command, &out, &status, &err);

	tap_int(r, rows[i].want, rows[i].label);
	tap_ok(status == rows[i].want_status && err.kind == rows[i].want_kind,
	       "%s: status %d, kind %s", rows[i].label, status, error_kind_name(err.kind));
	tap_str(text_str(&out), rows[i].want_stdout, "its stdout");
	tap_ok(rows[i].want_error ? err.text && slice_starts(slice_of(err.text), rows[i].want_error)
				  : !err.text,
	       "its error: %s", err.text);
}

static void test_environment(void)
{
	AUTO(text_done) struct text out = TEXT_INIT(1000);
	const char *argv[] = { "env", NULL };
	static const char *const variables[] = { "LET_THROUGH", "UNSET", NULL };
	struct command command = { .argv = argv, .timeout_ms = LONG_MS };

	setenv("SECRET", "x", 1);
	setenv("LET_THROUGH", "y", 1);
	setenv("PATH", "/usr/bin:/bin", 1);
	tap_int(command_run(&command, &out, NULL, NULL), 0, "env runs");
	tap_str(text_str(&out), "PATH=/usr/bin:/bin\n", "PATH is all that is inherited");
	text_clear(&out);
	unsetenv("PATH");
	tap_int(command_run(&command, &out, NULL, NULL), 0, "env runs without our PATH");
	tap_str(text_str(&out), "PATH=" CHILD_PATH_DEFAULT "\n", "there is a default");
	setenv("PATH", "/usr/bin:/bin", 1);
	text_clear(&out);
	command.variables = variables;
	tap_int(command_run(&command, &out, NULL, NULL), 0, "env runs with variables named");
	tap_str(text_str(&out), "PATH=/usr/bin:/bin\nLET_THROUGH=y\n",
		"those that are set are passed on");
}

static void test_find(void)
{
	static const struct {
		const char *label, *path, *name;
		int want;
	} find_rows[] = {
		{ "found in a later directory", "/nonexistent:/bin", "sh", 0 },
		{ "an absolute path is taken as it is", "/nonexistent", "/bin/sh", 0 },
		{ "empty and relative entries are not searched", ":.:bin", "sh", -ENOENT },
		{ "a directory is no program", "/usr", "bin", -ENOENT },
		{ "not executable", "/etc", "passwd", -ENOENT },
		{ "nowhere", "/usr/bin:/bin", "slipway-no-such-program", -ENOENT },
		{ "an absolute path to nothing", "/bin", "/nonexistent/sh", -ENOENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(find_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		AUTO_FREE char *path = NULL;

		setenv("PATH", find_rows[i].path, 1);
		tap_int(command_find(find_rows[i].name, &path, &err), find_rows[i].want,
			find_rows[i].label);
		tap_ok(find_rows[i].want == 0 ? path && path[0] == '/'
					      : err.kind == ERROR_NOT_FOUND && !path,
		       "its result: %s%s", path ?: "", err.text ?: "");
	}
	setenv("PATH", "/usr/bin:/bin", 1);

	AUTO(error_done) struct error err = ERROR_INIT;
	const char *argv[] = { "slipway-no-such-program", NULL };

	tap_int(command_run(&(struct command){ .argv = argv, .timeout_ms = LONG_MS }, NULL, NULL,
			    &err),
		-ENOENT, "a missing program");
	tap_str(err.text, "program slipway-no-such-program is not in PATH", "is named");
}

static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 200; i++) {
		AUTO_FREE char *path = xasprintf("/proc/%d/stat", (int)pid);
		AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
		char stat[256] = "";

		if (fd < 0 || read(fd, stat, sizeof(stat) - 1) <= 0 || strstr(stat, ") Z "))
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	return false;
}

/* The script starts a sleeper, names it, and waits for it. */
static void test_grandchildren(void)
{
	AUTO(text_done) struct text out = TEXT_INIT(100);
	const char *argv[] = { "sh", "-c", "sleep 600 & echo $!; wait", NULL };
	const struct command command = { .argv = argv, .timeout_ms = SHORT_MS };
	int r = command_run(&command, &out, NULL, NULL);
	pid_t pid = 0;

	for (const char *c = text_str(&out); *c >= '0' && *c <= '9'; c++)
		pid = pid * 10 + (*c - '0');
	tap_int(r, -ETIMEDOUT, "a script and its child");
	tap_ok(pid > 1 && is_gone(pid), "the time-out kills the child's children");
}

struct heard {
	unsigned count;
	struct text words;
};

static void hear(const struct event_observer *observer, const struct event *event)
{
	struct heard *heard = observer->context;

	heard->count += event->kind == EVENT_COMMAND && event->level == EVENT_DEBUG;
	command_append_words(&heard->words, event->argv);
}

static void test_secrets(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	struct heard heard = { .words = TEXT_INIT(1000) };
	const struct event_observer observer = { hear, &heard };
	const char *argv[] = { "sh", "-c",	"echo \"bad hash '$1' for $2\" >&2; exit 1",
			       "sh", "$6$salt", "core",
			       NULL };
	const struct command command = {
		.argv = argv, .secrets = 1 << 4, .timeout_ms = LONG_MS, .observer = &observer
	};

	command_run(&command, NULL, NULL, &err);
	tap_int(heard.count, 1, "the observer hears of a command once");
	tap_str(text_str(&heard.words),
		"\"sh\" \"-c\" \"echo \\\"bad hash '$1' for $2\\\" >&2; exit 1\" \"sh\" "
		"\"<hidden>\" \"core\"",
		"but not its secret word");
	tap_ok(err.text && !strstr(err.text, "salt"), "nor does the error show it: %s", err.text);
	tap_ok(err.text && strstr(err.text, "Stderr: \"bad hash '<hidden>' for core\""),
	       "even where the program complains about it");
	text_done(&heard.words);
}

/* More than a pipe holds, in both directions. */
static void test_large(void)
{
	size_t length = (size_t)8 << 20;
	AUTO_FREE char *input = xcalloc(1, length);
	AUTO(text_done) struct text out = TEXT_INIT(1000);
	AUTO(text_done) struct text all = TEXT_INIT(2 * length);
	struct command command = { .input = { input, length }, .timeout_ms = LONG_MS };

	command.argv = (const char *[]){ "true", NULL };
	tap_int(command_run(&command, NULL, NULL, NULL), 0, "large input to who does not read");
	command.argv = (const char *[]){ "head", "-c", "1", NULL };
	tap_int(command_run(&command, &out, NULL, NULL), 0, "large input to who stops reading");
	command.argv = (const char *[]){ "cat", NULL };
	text_clear(&out);
	tap_int(command_run(&command, &out, NULL, NULL), 0, "output far beyond the ceiling");
	tap_int((int64_t)out.length, 1000, "is cut at the ceiling");
	tap_int(command_run(&command, &all, NULL, NULL), 0, "output below the ceiling");
	tap_int((int64_t)all.length, (int64_t)length, "is whole");
	tap_int(command_run(&command, NULL, NULL, NULL), 0, "output that nobody wants");
}

static void test_tail(void)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(error_done) struct error flood = ERROR_INIT;
	struct command command = { .timeout_ms = LONG_MS };

	command.argv = (const char *[]){ "sh", "-c", "seq 1 100 >&2; false", NULL };
	command_run(&command, NULL, NULL, &err);
	tap_ok(err.text && strstr(err.text, "Stderr: \"81\\n82\\n") &&
		       slice_ends(slice_of(err.text), "\\n99\\n100\""),
	       "the last 20 lines of stderr");
	command.argv = (const char *[]){
		"sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x >&2; echo end >&2; false", NULL
	};
	command_run(&command, NULL, NULL, &flood);
	tap_ok(flood.text && strlen(flood.text) < 9000 &&
		       slice_ends(slice_of(flood.text), "xxxend\""),
	       "and no more than some kilobytes of them");
}

/* The first three descriptors may be closed here, and the pipes be in their places. */
static void test_closed_stdio(void)
{
	AUTO(text_done) struct text out = TEXT_INIT(100);
	const char *argv[] = { "sh", "-c", "cat; echo err >&2; exit 4", NULL };
	const struct command command = { .argv = argv,
					 .input = SLICE("in\n"),
					 .timeout_ms = LONG_MS };
	AUTO(error_done) struct error err = ERROR_INIT;
	int saved[3];
	int status = 0;

	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		close(i);
	}
	command_run(&command, &out, &status, &err);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	tap_int(status, 4, "runs where no standard stream is open");
	tap_str(text_str(&out), "in\n", "input and output find their way");
	tap_ok(err.text && slice_ends(slice_of(err.text), "Stderr: \"err\""), "and so does stderr");
}

static struct command_process *begin(const char *script, int64_t timeout_ms, struct text *out)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	const struct command command = { .argv = argv, .timeout_ms = timeout_ms };
	struct command_process *process = NULL;

	return command_start(&command, out, &process, NULL) == 0 ? process : NULL;
}

/* The second ends first, the third runs out of time, the first is waited for. */
static void test_side_by_side(void)
{
	AUTO(text_done) struct text first = TEXT_INIT(1000);
	AUTO(text_done) struct text second = TEXT_INIT(1000);
	AUTO(error_done) struct error err = ERROR_INIT;
	struct command_process *running[] = {
		begin("sleep 0.6; echo one", LONG_MS, &first),
		begin("echo two; exit 7", LONG_MS, &second),
		begin("sleep 600", SHORT_MS, NULL),
	};
	size_t index = 0;
	int status = 0;

	tap_int(command_wait(running, 3, LONG_MS, &index, NULL), 0, "three run side by side");
	tap_int((int)index, 1, "the one that ends first is told first");
	tap_int(command_finish(running[1], &status, &err), -ECANCELED, "it is judged by itself");
	tap_ok(status == 7 && err.text, "its status: %d", status);
	tap_str(text_str(&second), "two\n", "its output is its own");
	error_done(&err);
	running[1] = running[2];
	tap_ok(command_wait(running, 2, LONG_MS, &index, NULL) == 0 && index == 1,
	       "then the one that uses up its time");
	tap_int(command_finish(running[1], NULL, &err), -ETIMEDOUT, "and is killed for it");
	tap_int(command_finish(running[0], NULL, NULL), 0, "finishing waits for the end");
	tap_str(text_str(&first), "one\n", "and has all of the output");

	struct command_process *endless = begin("sleep 600", LONG_MS, NULL);
	uint64_t written = 7;

	tap_ok(command_wait(&endless, 1, 50, &index, NULL) == 0 && index == 1,
	       "a wait may be shorter than what is waited for");
	tap_ok(command_written(endless, &written) == 0 && written == 0,
	       "what it wrote to disks is counted");

	command_process_free(endless);
	tap_ok(endless != NULL, "what is let go of is killed");
	command_process_free(NULL);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(i);
	test_environment();
	test_find();
	test_grandchildren();
	test_side_by_side();
	test_secrets();
	test_large();
	test_tail();
	test_closed_stdio();

	AUTO(text_done) struct text small = TEXT_INIT(4);

	tap_int(command_append_words(&small, (const char *[]){ "a", "b", NULL }), -E2BIG,
		"words beyond a ceiling");
	tap_str(text_str(&small), "", "leave nothing behind");
	return tap_done();
}
