#include "base/syscall_filter.h"

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/scope.h"

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

/* Which argument of clone() has the flags (clone(2)). */
#if defined(__s390x__)
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif
/* The lower half of an argument comes first where the lower byte does. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOWER_HALF 0
#else
#define LOWER_HALF 4
#endif

/* What malloc, the pipe and the end of a process need, and nothing that opens or sends. */
static const unsigned allowed_calls[] = {
	SYS_read,
	SYS_write,
	SYS_close,
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

/* What pthread_create() and the end of a thread need beside clone(). */
static const unsigned thread_calls[] = {
	SYS_mprotect,	 SYS_rt_sigprocmask,  SYS_rt_sigaction,
	SYS_rseq,	 SYS_set_robust_list, SYS_sched_getaffinity,
	SYS_sched_yield, SYS_gettid,	      SYS_exit,
#ifdef __SANITIZE_ADDRESS__
	SYS_prctl,	 SYS_prlimit64,	      SYS_readlink,
	SYS_openat,
#ifdef SYS_open
	SYS_open,
#endif
	SYS_lseek,	 SYS_fstat,	      SYS_newfstatat,
#endif
};

#define INSTRUCTIONS_MAX (2 * (ARRAY_SIZE(allowed_calls) + ARRAY_SIZE(thread_calls)) + 16)

struct program {
	struct sock_filter list[INSTRUCTIONS_MAX];
	unsigned short length;
};

static void add(struct program *program, struct sock_filter instruction)
{
	assert(program->length < INSTRUCTIONS_MAX);
	program->list[program->length++] = instruction;
}

/* The next @count instructions are for call @number alone. */
static void add_case(struct program *program, unsigned number, uint8_t count)
{
	add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, count));
}

static void add_verdict(struct program *program, unsigned verdict)
{
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}

static void add_calls(struct program *program, const unsigned *calls, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add_case(program, calls[i], 1);
		add_verdict(program, SECCOMP_RET_ALLOW);
	}
}

/* A thread, and no process; clone3() hides its flags, and libc does without it. */
static void add_clone(struct program *program)
{
	add_case(program, SYS_clone3, 1);
	add_verdict(program, SECCOMP_RET_ERRNO | ENOSYS);
	add_case(program, SYS_clone, 4);
	add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						  offsetof(struct seccomp_data, args[CLONE_FLAGS]) +
							  LOWER_HALF));
	add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
	add_verdict(program, SECCOMP_RET_ALLOW);
	add_verdict(program, SECCOMP_RET_KILL_PROCESS);
}

int syscall_filter_apply(bool with_threads)
{
	struct program program = { .length = 0 };

	add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, arch)));
	add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
	add_verdict(&program, SECCOMP_RET_KILL_PROCESS);
	add(&program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						   offsetof(struct seccomp_data, nr)));
	add_calls(&program, allowed_calls, ARRAY_SIZE(allowed_calls));
	if (with_threads) {
		add_calls(&program, thread_calls, ARRAY_SIZE(thread_calls));
		add_clone(&program);
	}
	add_verdict(&program, SECCOMP_RET_KILL_PROCESS);

	const struct sock_fprog fprog = { .len = program.length, .filter = program.list };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog) < 0 ? -errno : 0;
}
