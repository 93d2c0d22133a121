/*
 * boot_settings - how a freshly written Fedora CoreOS boots: edits of its boot filesystem.
 *
 * Owns: which of its files say what (spec install-and-boot 3.10): kernel arguments in the newest
 * boot loader entry, consoles in GRUB's config, what a platform wants in platforms.json, arguments
 * of the first boot.
 * Leaves to others: the texts (installer/boot_text), finding and mounting it (installer/placement).
 */
#ifndef SLIPWAY_INSTALLER_BOOT_SETTINGS_H
#define SLIPWAY_INSTALLER_BOOT_SETTINGS_H

#include <stddef.h>

#include "installer/console.h"
#include "installer/placement.h"

/* Detail of boot_settings; all is borrowed. */
struct boot_settings {
	const char *platform; /* NULL: stays what it is, with its consoles */
	const struct console *consoles;
	size_t console_count; /* 0: as the platform wants them */
	const char *const *deletes;
	size_t delete_count;
	const char *const *appends;
	size_t append_count;
};

/* Changes the newest boot loader entry, and GRUB's config where consoles change. */
extern const struct placement_class boot_settings_class;

/* Detail of first_boot_arguments: kernel arguments of the first boot, without quotes. */
struct first_boot_arguments {
	const char *arguments;
};

extern const struct placement_class first_boot_arguments_class;

/** first_boot_check - whether @arguments can be said in GRUB's syntax.  Return: 0; -EINVAL. */
int first_boot_check(const char *arguments, struct error *err);

#endif
