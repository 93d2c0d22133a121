/*
 * boot_text - edits of the texts by which an installed system boots.
 *
 * Owns: kernel arguments in a boot loader entry, GRUB's console settings, what platforms.json says
 * of a platform.  Pure: text in, text out.
 * Leaves to others: which files these are (installer/coreos).
 */
#ifndef SLIPWAY_INSTALLER_BOOT_TEXT_H
#define SLIPWAY_INSTALLER_BOOT_TEXT_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* What happens to a line of kernel arguments, in this order. */
struct kargs_edit {
	const char *platform; /* in the place of "metal" in ignition.platform.id; NULL: as it is */
	const char *const *deletes; /* all that are equal; one that is not there is no error */
	size_t delete_count;
	const char *const *appends;
	size_t append_count;
};

/**
 * kargs_edit_line - @line, of arguments between single blanks, with @edit done.
 *
 * Return: 0; -ENOENT (ERROR_INPUT) when the platform is to be replaced and is not there.
 */
int kargs_edit_line(struct slice line, const struct kargs_edit *edit, struct text *out,
		    struct error *err);

/**
 * entry_edit_options - a boot loader entry with @edit done to its options.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it has no line of options, or several; as
 * kargs_edit_line().
 */
int entry_edit_options(struct slice entry, const struct kargs_edit *edit, struct text *out,
		       struct error *err);

/**
 * grub_replace_consoles - what is between the lines "# CONSOLE-SETTINGS-START" and
 * "# CONSOLE-SETTINGS-END" becomes @commands, lines.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the lines are not both there, once and in this order.
 */
int grub_replace_consoles(struct slice config, struct slice commands, struct text *out,
			  struct error *err);

#endif
