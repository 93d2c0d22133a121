/*
 * console - consoles of an installed system: as arguments of its kernel, as commands for GRUB.
 *
 * Owns: the syntax of --console (spec install-and-boot 3.10).  Pure.
 */
#ifndef SLIPWAY_INSTALLER_CONSOLE_H
#define SLIPWAY_INSTALLER_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct console {
	struct slice device; /* "ttyS0"; of the text that was parsed */
	bool is_serial;	     /* and what follows counts */
	bool is_graphical;
	unsigned unit;
	unsigned speed; /* baud */
	char parity;	/* 'n', 'o' or 'e' */
	unsigned bits;	/* of a word */
};

/**
 * console_parse - "tty0", "hvc0", "ttysclp0", "ttyS<n>" or "ttyAMA<n>", these two with
 * "[,<speed>[<parity>[<bits>]]]".
 *
 * Return: 0; -EINVAL (ERROR_INPUT).
 */
int console_parse(struct slice text, struct console *ret, struct error *err);

/** console_append_karg - "console=ttyS0,115200n8". */
void console_append_karg(const struct console *console, struct text *out);

/** consoles_append_grub - the commands that make GRUB use all of them, a line each. */
void consoles_append_grub(const struct console *consoles, size_t count, struct text *out);

#endif
