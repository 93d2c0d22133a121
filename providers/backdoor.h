/*
 * backdoor - the I/O port by which a VMware guest talks to its host (spec providers 3.4).
 *
 * Owns: the proof that the port is there, and the instructions that use it.  A port is an
 * interface: tests bring one of their own.
 * Leaves to others: what is said (providers/rpci).
 */
#ifndef SLIPWAY_PROVIDERS_BACKDOOR_H
#define SLIPWAY_PROVIDERS_BACKDOOR_H

#include <stdint.h>

#include "base/error.h"

/* Loaded before the instruction, and as it left them.  The assembly knows their order. */
struct backdoor_registers {
	uint64_t ax, bx, cx, dx, si, di, bp;
};

enum backdoor_command {
	BACKDOOR_VERSION = 0x0a,
	BACKDOOR_MESSAGE = 0x1e,
};

#define BACKDOOR_MAGIC	   0x564d5868U
#define BACKDOOR_PORT_LOW  0x5658U
#define BACKDOOR_PORT_HIGH 0x5659U

struct backdoor {
	/* One word each way, at BACKDOOR_PORT_LOW. */
	void (*exchange)(const struct backdoor *port, struct backdoor_registers *registers);
	/* cx bytes from si, at BACKDOOR_PORT_HIGH. */
	void (*send)(const struct backdoor *port, struct backdoor_registers *registers);
	/* cx bytes to di, likewise. */
	void (*receive)(const struct backdoor *port, struct backdoor_registers *registers);
	void *context; /* of a test's port */
};

/**
 * backdoor_find - the machine's port, when the processor says that VMware is below it.
 *
 * Anywhere else reading it would end the process.
 *
 * Return: 0; -ENODEV (ERROR_EMPTY) when this is no VMware guest.
 */
int backdoor_find(const struct backdoor **ret, struct error *err);

/** backdoor_knock - ask @port for its version.  Return: 0; -ENODEV (ERROR_EMPTY). */
int backdoor_knock(const struct backdoor *port, struct error *err);

/** backdoor_machine - the machine's port unasked, for backdoor_find() and the test of its
 * instructions; NULL on other processors. */
const struct backdoor *backdoor_machine(void);

#endif
