/* Work on untrusted bytes: what comes back, and what a worker cannot do. */
#include "base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "tap.h"

#define OUTPUT_MAX 1000
#define MEMORY_MAX ((size_t)16 << 20)

static int echo(const void *input, struct text *output, struct error *err)
{
	(void)err;
	return text_append_str(output, input);
}

static int fail(const void *input, struct text *output, struct error *err)
{
	(void)output;
	return error_set(err, ERROR_VERIFY, EILSEQ, "no %s in it", (const char *)input);
}

static int fail_silently(const void *input, struct text *output, struct error *err)
{
	(void)input;
	(void)output;
	(void)err;
	return -EILSEQ;
}

static int overflow(const void *input, struct text *output, struct error *err)
{
	(void)input;
	for (size_t i = 0; i <= OUTPUT_MAX; i++)
		if (text_append_char(output, 'x') < 0)
			return error_set(err, ERROR_INPUT, EFBIG, "full");
	return 0;
}

static int open_file(const void *input, struct text *output, struct error *err)
{
	(void)output;
	(void)err;
	return open(input, O_RDONLY | O_CLOEXEC) < 0 ? -errno : 0;
}

static int open_socket(const void *input, struct text *output, struct error *err)
{
	(void)input;
	(void)output;
	(void)err;
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 ? -errno : 0;
}

static int start_program(const void *input, struct text *output, struct error *err)
{
	char *const argv[] = { (char *)(uintptr_t)input, NULL };

	(void)output;
	(void)err;
	return execv(input, argv) < 0 ? -errno : 0;
}

static int kill_parent(const void *input, struct text *output, struct error *err)
{
	(void)input;
	(void)output;
	(void)err;
	return syscall(SYS_kill, 1, 0) < 0 ? -errno : 0;
}

static int write_to_ours(const void *input, struct text *output, struct error *err)
{
	(void)output;
	(void)err;
	return write(*(const int *)input, "x", 1) < 0 ? -errno : 0;
}

static int crash(const void *input, struct text *output, struct error *err)
{
	(void)input;
	(void)output;
	(void)err;
	__builtin_trap();
}

static int exit_early(const void *input, struct text *output, struct error *err)
{
	(void)input;
	(void)output;
	(void)err;
	_exit(0);
}

static const bool never;

static int spin(const void *input, struct text *output, struct error *err)
{
	(void)output;
	(void)err;
	while (!*(const volatile bool *)input)
		continue;
	return 0;
}

#ifndef __SANITIZE_ADDRESS__ /* whose shadow memory leaves no ceiling */
static int allocate(const void *input, struct text *output, struct error *err)
{
	const size_t *size = input;
	char *memory = malloc(*size);

	(void)output;
	if (!memory)
		return error_set(err, ERROR_SYSTEM, ENOMEM, "no memory");
	memset(memory, 1, *size);

	int r = text_printf(output, "%d", memory[*size - 1]);

	free(memory);
	return r;
}

#endif

static const struct row {
	const char *label;
	int (*work)(const void *input, struct text *output, struct error *err);
	const void *input;
	int result;
	enum error_kind kind;
	const char *text; /* of the result, or of the error */
} rows[] = {
	{ "what it writes comes back", echo, "bytes", 0, ERROR_NONE, "bytes" },
	{ "nothing may come back", echo, "", 0, ERROR_NONE, "" },
	{ "its error comes back with kind and text", fail, "sense", -EILSEQ, ERROR_VERIFY,
	  "no sense in it" },
	{ "an error without words", fail_silently, "", -EILSEQ, ERROR_NONE, "" },
	{ "more output than allowed is its own error", overflow, "", -EFBIG, ERROR_INPUT, "full" },
	{ "it cannot open a file", open_file, "/dev/null", -EBADMSG, ERROR_INPUT,
	  "the test: its worker was killed by SIGSYS: it tried more than to read" },
	{ "it cannot make a socket", open_socket, "", -EBADMSG, ERROR_INPUT,
	  "the test: its worker was killed by SIGSYS: it tried more than to read" },
	{ "it cannot start a program", start_program, "/bin/true", -EBADMSG, ERROR_INPUT,
	  "the test: its worker was killed by SIGSYS: it tried more than to read" },
	{ "it cannot send a signal", kill_parent, "", -EBADMSG, ERROR_INPUT,
	  "the test: its worker was killed by SIGSYS: it tried more than to read" },
	{ "it cannot write to what we have open", write_to_ours, &(const int){ STDOUT_FILENO },
	  -EBADF, ERROR_NONE, "" },
	{ "its end without a word is an error", exit_early, "", -EBADMSG, ERROR_INPUT,
	  "the test: its worker said nothing" },
	{ "work without end is ended", spin, &never, -ETIMEDOUT, ERROR_TIMEOUT,
	  "the test: reading it took longer than 500 ms" },
#ifndef __SANITIZE_ADDRESS__
	{ "memory within its ceiling is there", allocate, &(const size_t){ MEMORY_MAX / 2 }, 0,
	  ERROR_NONE, "1" },
	{ "memory beyond its ceiling is not", allocate, &(const size_t){ 4 * MEMORY_MAX }, -ENOMEM,
	  ERROR_SYSTEM, "no memory" },
#endif
};

static int run(int (*work)(const void *input, struct text *output, struct error *err),
	       const void *input, struct text *ret, struct error *err)
{
	const struct worker worker = {
		.what = "the test",
		.work = work,
		.input = input,
		.output_max = OUTPUT_MAX,
		.memory_max = MEMORY_MAX,
		.timeout_ms = 500,
	};

	return worker_run(&worker, ret, err);
}

static void check_row(const struct row *row)
{
	AUTO(text_done) struct text output = TEXT_INIT(OUTPUT_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = run(row->work, row->input, &output, &err);
	const char *said = r < 0 ? err.text ?: "" : text_str(&output);
	bool ok = r == row->result && err.kind == row->kind && strcmp(said, row->text) == 0;

	if (!tap_ok(ok, "%s", row->label))
		printf("#   want %d %d %s\n#   got  %d %d %s\n", row->result, row->kind, row->text,
		       r, err.kind, said);
}

int main(void)
{
	AUTO(text_done) struct text output = TEXT_INIT(OUTPUT_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);

	tap_int(run(crash, "", &output, &err), -EBADMSG, "a crash is an error of the bytes");
	tap_ok(strncmp(err.text, "the test: its worker was killed by SIG", 38) == 0,
	       "and says by which signal");
	tap_int(kill(getpid(), 0), 0, "whoever asked goes on");
	tap_int(waitpid(-1, NULL, WNOHANG), -1, "no child is left behind");
	return tap_done();
}
