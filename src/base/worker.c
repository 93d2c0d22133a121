#include "base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
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

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#else
#error "no seccomp filter for this architecture"
#endif

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

/* What malloc, the pipe and the end of a process need, and nothing that opens or sends. */
static const unsigned allowed_calls[] = {
	SYS_read,
	SYS_write,
	SYS_brk,
	SYS_mmap,
	SYS_munmap,
	SYS_mremap,
	SYS_madvise,
	SYS_exit_group,
	SYS_futex,
	SYS_rt_sigreturn,
	SYS_clock_gettime,
	SYS_getrandom,
#ifdef __SANITIZE_ADDRESS__
	/* What the sanitizers' own run time calls. */
	SYS_mprotect,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_sigaltstack,
	SYS_gettid,
	SYS_getpid,
	SYS_sched_yield,
	SYS_exit,
#endif
};

#define FILTER_HEAD 4
#define FILTER_TAIL 2

static int forbid_calls(void)
{
	struct sock_filter filter[FILTER_HEAD + ARRAY_SIZE(allowed_calls) + FILTER_TAIL] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	size_t length = FILTER_HEAD;

	for (size_t i = 0; i < ARRAY_SIZE(allowed_calls); i++) {
		/* To the last instruction, which allows. */
		unsigned distance = (unsigned)(ARRAY_SIZE(allowed_calls) - i);

		filter[length++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, allowed_calls[i], (uint8_t)distance, 0);
	}
	filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	const struct sock_fprog program = { .len = (unsigned short)length, .filter = filter };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

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

static int limit(const struct worker *worker)
{
	const rlim_t seconds = (rlim_t)(worker->timeout_ms / MS_PER_SECOND + 1);
	const struct rlimit cpu = { seconds, seconds };
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CPU, &cpu) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -errno;
#ifndef __SANITIZE_ADDRESS__ /* whose shadow memory counts */
	const rlim_t memory = data_bytes() + worker->memory_max;
	const struct rlimit data = { memory, memory };

	if (setrlimit(RLIMIT_DATA, &data) < 0)
		return -errno;
#else
	(void)data_bytes;
#endif
	return 0;
}

/* Whatever else this process has open, a device or a log, is none of its business. */
static int close_all_but(int fd)
{
	unsigned keep = (unsigned)fd;

	if (keep > 0 && close_range(0, keep - 1, 0) < 0)
		return -errno;
	return close_range(keep + 1, ~0U, 0) < 0 ? -errno : 0;
}

static int confine(const struct worker *worker, int fd, struct error *err)
{
	/* The child dies with whom it works for. */
	int r = prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;

	if (r == 0)
		r = limit(worker);
	if (r == 0)
		r = close_all_but(fd);
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0)
		r = drop_capabilities();
	if (r == 0)
		r = forbid_calls();
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

struct child {
	pid_t pid; /* 0 once it was waited for */
	int fd;	   /* our end of the pipe */
};

static void child_done(struct child *child)
{
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	scope_close(&child->fd);
}

DEFINE_DONE(struct child, child_done)

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / NS_PER_MS;
}

static int start(const struct worker *worker, struct child *ret, struct error *err)
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
	*ret = (struct child){ .pid = pid, .fd = take_fd(&reader) };
	return 0;
}

static int too_much(const struct worker *worker, struct error *err)
{
	return error_set(err, ERROR_INPUT, EFBIG, "%s: more than %zu bytes came out of it",
			 worker->what, worker->output_max);
}

/* Everything that the child says, until it closes its end. */
static int listen(const struct worker *worker, const struct child *child, struct text *heard,
		  struct error *err)
{
	const int64_t deadline = now_ms() + worker->timeout_ms;

	for (;;) {
		struct pollfd ready = { .fd = child->fd, .events = POLLIN };
		char chunk[CHUNK_BYTES];
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return error_set(err, ERROR_TIMEOUT, ETIMEDOUT,
					 "%s: reading it took longer than %" PRId64 " ms",
					 worker->what, worker->timeout_ms);
		if (poll(&ready, 1, (int)left) <= 0)
			continue;

		ssize_t got = read(child->fd, chunk, sizeof(chunk));

		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR)
			return error_errno(err, errno, "%s: read from its worker", worker->what);
		if (got > 0 && text_append(heard, chunk, (size_t)got) < 0)
			return too_much(worker, err);
	}
}

static int reap(const struct worker *worker, struct child *child, struct error *err)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(err, errno, "wait for a worker");
	child->pid = 0;
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

int worker_run(const struct worker *worker, struct text *ret, struct error *err)
{
	AUTO(child_done) struct child child = { .fd = -1 };
	AUTO(text_done)
	struct text heard = TEXT_INIT(worker->output_max + TEXT_MESSAGE_MAX);
	int r = start(worker, &child, err);

	if (r == 0)
		r = listen(worker, &child, &heard, err);
	if (r == 0)
		r = reap(worker, &child, err);
	return r < 0 ? r : judge(worker, text_slice(&heard), ret, err);
}
