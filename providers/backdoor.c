#include "providers/backdoor.h"

#include <errno.h>
#include <stddef.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdbool.h>
#include <string.h>
#include <sys/io.h>
#endif

static int refuse(struct error *err)
{
	return error_set(err, ERROR_EMPTY, ENODEV, "this machine is no VMware guest");
}

int backdoor_knock(const struct backdoor *port, struct error *err)
{
	struct backdoor_registers registers = { .ax = BACKDOOR_MAGIC,
						.bx = ~BACKDOOR_MAGIC,
						.cx = BACKDOOR_VERSION,
						.dx = BACKDOOR_PORT_LOW };

	port->exchange(port, &registers);

	uint32_t version = (uint32_t)registers.ax;

	if (version == 0 || version == UINT32_MAX || (uint32_t)registers.bx != BACKDOOR_MAGIC)
		return refuse(err);
	return 0;
}

#if defined(__x86_64__)

_Static_assert(sizeof(struct backdoor_registers) == (size_t)7 * 8, "the offsets below");

/*
 * Load all registers from the struct that RAX points at, do @instruction, store them.  RBP and RBX
 * may be the compiler's, so they are saved by hand, below the red zone; the struct's address waits
 * on the stack.
 */
#define WITH_REGISTERS(instruction, registers)                                                     \
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"                                              \
			 "push %%rbp\n\t"                                                          \
			 "push %%rbx\n\t"                                                          \
			 "push %%rax\n\t"                                                          \
			 "mov 8(%%rax), %%rbx\n\t"                                                 \
			 "mov 16(%%rax), %%rcx\n\t"                                                \
			 "mov 24(%%rax), %%rdx\n\t"                                                \
			 "mov 32(%%rax), %%rsi\n\t"                                                \
			 "mov 40(%%rax), %%rdi\n\t"                                                \
			 "mov 48(%%rax), %%rbp\n\t"                                                \
			 "mov (%%rax), %%rax\n\t" instruction "\n\t"                               \
			 "xchg %%rax, (%%rsp)\n\t"                                                 \
			 "mov %%rbx, 8(%%rax)\n\t"                                                 \
			 "mov %%rcx, 16(%%rax)\n\t"                                                \
			 "mov %%rdx, 24(%%rax)\n\t"                                                \
			 "mov %%rsi, 32(%%rax)\n\t"                                                \
			 "mov %%rdi, 40(%%rax)\n\t"                                                \
			 "mov %%rbp, 48(%%rax)\n\t"                                                \
			 "popq (%%rax)\n\t"                                                        \
			 "pop %%rbx\n\t"                                                           \
			 "pop %%rbp\n\t"                                                           \
			 "lea 128(%%rsp), %%rsp"                                                   \
			 : "+a"(registers)                                                         \
			 :                                                                         \
			 : "rcx", "rdx", "rsi", "rdi", "memory", "cc")

static void machine_exchange(const struct backdoor *port, struct backdoor_registers *registers)
{
	(void)port;
	WITH_REGISTERS("inl %%dx, %%eax", registers);
}

static void machine_send(const struct backdoor *port, struct backdoor_registers *registers)
{
	(void)port;
	WITH_REGISTERS("cld; rep outsb", registers);
}

static void machine_receive(const struct backdoor *port, struct backdoor_registers *registers)
{
	(void)port;
	WITH_REGISTERS("cld; rep insb", registers);
}

const struct backdoor *backdoor_machine(void)
{
	static const struct backdoor machine = {
		.exchange = machine_exchange,
		.send = machine_send,
		.receive = machine_receive,
	};

	return &machine;
}

/* Leaf of the hypervisor's name, and the bit that says there is one (VMware KB 1009458). */
#define CPUID_HYPERVISOR     0x40000000U
#define CPUID_HAS_HYPERVISOR (1U << 31)

static bool is_vmware(void)
{
	unsigned words[4] = { 0 };
	char name[sizeof("VMwareVMware") - 1];

	if (!__get_cpuid(1, &words[0], &words[1], &words[2], &words[3]) ||
	    !(words[2] & CPUID_HAS_HYPERVISOR))
		return false;
	__cpuid(CPUID_HYPERVISOR, words[0], words[1], words[2], words[3]);
	memcpy(name, &words[1], sizeof(name));
	return memcmp(name, "VMwareVMware", sizeof(name)) == 0;
}

int backdoor_find(const struct backdoor **ret, struct error *err)
{
	if (!is_vmware())
		return refuse(err);
	/* A locked-down kernel forbids it, and VMware lets everybody use the port all the same. */
	(void)!iopl(3);

	int r = backdoor_knock(backdoor_machine(), err);

	if (r == 0)
		*ret = backdoor_machine();
	return r;
}

#else

const struct backdoor *backdoor_machine(void)
{
	return NULL;
}

/* The trapped system register of other processors is not spoken. */
int backdoor_find(const struct backdoor **ret, struct error *err)
{
	(void)ret;
	return refuse(err);
}

#endif
