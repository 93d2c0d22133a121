#include "base/worker.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/syscall_filter.h"

#define CHUNK_BYTES   16384
#define MS_PER_SECOND 1000
#define NS_PER_MS     1000000

/* What comes before the bytes of a result: whether it is one, or an error. */
struct verdict {
	int result; /* 0; negative errno */
	enum error_kind kind;
	uint64_t length; /* of the output, or of the error's text */
};

/* --- the child */

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

/* Private memory of the process as of now. */
static uint64_t data_bytes(void)
{
	static const char name[] = "\nVmData:";
	AUTO(error_done) struct error problem = ERROR_INIT;
	AUTO_FREE char *status = NULL;
	uint64_t kib = 0;

	if (file_read("/proc/self/status", CHUNK_BYTES, /* flags= */ 0, &status,
		      /* ret_length= */ NULL, &problem) < 0)
		return 0;

	const char *at = strstr(status, name);

	for (at = at ? at + strlen(name) : "";
	     *at == ' ' || *at == '\t' || (*at >= '0' && *at <= '9' && kib < UINT32_MAX); at++)
		kib = *at >= '0' ? kib * 10 + (uint64_t)(*at - '0') : kib;
	return kib << 10;
}

static int limit_time(int64_t timeout_ms)
{
	const rlim_t seconds = (rlim_t)(timeout_ms / MS_PER_SECOND + 1);
	const struct rlimit cpu = { seconds, seconds };

	return timeout_ms && setrlimit(RLIMIT_CPU, &cpu) < 0 ? -errno : 0;
}

static int limit(const struct worker *worker)
{
	const struct rlimit none = { 0, 0 };
	int r = limit_time(worker->timeout_ms);

	if (r == 0 && setrlimit(RLIMIT_CORE, &none) < 0)
		r = -errno;
#ifndef __SANITIZE_ADDRESS__ /* whose shadow memory counts */
	const rlim_t memory = data_bytes() + worker->memory_max;
	const struct rlimit data = { memory, memory };

	if (r == 0 && setrlimit(RLIMIT_DATA, &data) < 0)
		r = -errno;
#else
	(void)data_bytes;
#endif
	return r;
}

static int compare_fds(const void *a, const void *b)
{
	const int left = *(const int *)a;
	const int right = *(const int *)b;

	return (left > right) - (left < right);
}

/* Whatever else this process has open, a device or a log, is none of its business. */
static int close_all_but(const struct worker *worker, int fd)
{
	int keep[WORKER_FDS_MAX + 1] = { fd };
	unsigned next = 0;

	assert(worker->fd_count <= WORKER_FDS_MAX);
	if (worker->fd_count)
		memcpy(keep + 1, worker->fds, worker->fd_count * sizeof(int));
	qsort(keep, worker->fd_count + 1, sizeof(int), compare_fds);
	for (size_t i = 0; i <= worker->fd_count; i++) {
		const unsigned kept = (unsigned)keep[i];

		if (kept > next && close_range(next, kept - 1, 0) < 0)
			return -errno;
		next = kept + 1;
	}
	return close_range(next, ~0U, 0) < 0 ? -errno : 0;
}

static int confine(const struct worker *worker, int fd, struct error *err)
{
	/* The child dies with whom it works for. */
	int r = prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;

	if (r == 0)
		r = close_all_but(worker, fd);
	if (r < 0 || worker->flags & WORKER_UNCONFINED)
		return r < 0 ? error_errno(err, -r, "set up a worker") : 0;
	r = limit(worker);
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = drop_capabilities();
	if (r == 0)
		r = syscall_filter_apply(worker->flags & WORKER_THREADS);
	return r < 0 ? error_errno(err, -r, "confine a worker") : 0;
}

_Noreturn static void work(const struct worker *worker, int fd)
{
	struct text output = TEXT_INIT(worker->output_max);
	struct error err = ERROR_INIT;
	int r = confine(worker, fd, &err);

	if (r == 0)
		r = worker->work(worker->input, &output, &err);

	const struct slice rest = r < 0 ? slice_of(err.text) : text_slice(&output);
	const struct verdict verdict = { .result = r, .kind = err.kind, .length = rest.length };

	if (file_write_fd(fd, &verdict, sizeof(verdict)) == 0)
		file_write_fd(fd, rest.data, rest.length);
	/* What was allocated goes with the process; nothing that was set up for its end may run. */
	_exit(0);
}

/* --- the parent */

struct worker_process {
	struct worker worker;
	pid_t pid; /* 0 once it was waited for */
	int fd;	   /* our end of the pipe */
};

void worker_process_free(struct worker_process *process)
{
	if (!process)
		return;
	if (process->pid > 0) {
		kill(process->pid, SIGKILL);
		while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	scope_close(&process->fd);
	free(process);
}

int worker_fd(const struct worker_process *process)
{
	return process->fd;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

int worker_start(const struct worker *worker, struct worker_process **ret, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, errno, "create a pipe");

	AUTO_CLOSE int reader = ends[0];
	AUTO_CLOSE int writer = ends[1];
	pid_t pid = fork();

	if (pid < 0)
		return error_errno(err, errno, "start a worker");
	if (pid == 0)
		work(worker, writer);

	struct worker_process *process = xcalloc(1, sizeof(*process));

	*process = (struct worker_process){ *worker, pid, take_fd(&reader) };
	*ret = process;
	return 0;
}

static int too_much(const struct worker *worker, struct error *err)
{
	return error_set(err, ERROR_INPUT, EFBIG, "%s: more than %zu bytes came out of it",
			 worker->what, worker->output_max);
}

/* Everything that the child says, until it closes its end. */
static int listen(const struct worker_process *process, struct text *heard, struct error *err)
{
	const struct worker *worker = &process->worker;
	const int64_t deadline = now_ms() + worker->timeout_ms;

	for (;;) {
		struct pollfd ready = { .fd = process->fd, .events = POLLIN };
		char chunk[CHUNK_BYTES];
		int64_t left = worker->timeout_ms ? deadline - now_ms() : INT_MAX;

		if (left <= 0)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "%s: reading it took longer than %" PRId64 " ms",
					 worker->what, worker->timeout_ms);
		if (poll(&ready, 1, (int)left) <= 0)
			continue;

		ssize_t got = read(process->fd, chunk, sizeof(chunk));

		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR)
			return error_errno(err, errno, "%s: read from its worker", worker->what);
		if (got > 0 && text_append(heard, chunk, (size_t)got) < 0)
			return too_much(worker, err);
	}
}

static int reap(struct worker_process *process, struct error *err)
{
	const struct worker *worker = &process->worker;
	int status = 0;

	while (waitpid(process->pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for a worker");
	process->pid = 0;
	if (WIFSIGNALED(status))
		return error_set(err, ERROR_INPUT, EBADMSG, "%s: its worker was killed by SIG%s%s",
				 worker->what, sigabbrev_np(WTERMSIG(status)) ?: "NAL",
				 WTERMSIG(status) == SIGSYS ? ": it tried more than to read" : "");
	return 0;
}

static int judge(const struct worker *worker, struct slice heard, struct text *ret,
		 struct error *err)
{
	struct verdict verdict;

	if (heard.length < sizeof(verdict))
		return error_set(err, ERROR_INPUT, EBADMSG, "%s: its worker said nothing",
				 worker->what);
	memcpy(&verdict, heard.data, sizeof(verdict));
	heard = slice_from(heard, sizeof(verdict));
	if (verdict.length != heard.length || verdict.result > 0 ||
	    verdict.kind >= ERROR_KIND_COUNT)
		return error_set(err, ERROR_INPUT, EBADMSG, "%s: its worker ended early",
				 worker->what);
	if (verdict.result < 0)
		return error_set(err, verdict.kind, -verdict.result, "%.*s", SLICE_ARGS(heard));
	return text_append_slice(ret, heard) < 0 ? too_much(worker, err) : 0;
}

int worker_finish(struct worker_process *process, struct text *ret, struct error *err)
{
	AUTO(worker_process_free) struct worker_process *owned = process;
	AUTO(text_done)
	struct text heard = TEXT_INIT(process->worker.output_max + TEXT_MESSAGE_MAX);
	int r = listen(process, &heard, err);

	if (r == 0)
		r = reap(owned, err);
	return r < 0 ? r : judge(&process->worker, text_slice(&heard), ret, err);
}

int worker_run(const struct worker *worker, struct text *ret, struct error *err)
{
	struct worker_process *process = NULL;
	int r = worker_start(worker, &process, err);

	if (r < 0)
		return r;
	assert(process);
	return worker_finish(process, ret, err);
}
