/*
 * nocloud_argument - "ds=nocloud;s=http://10.0.0.1/;i=i-1;h=web" on the kernel command line or in
 * the firmware's serial number (spec providers 5).
 *
 * Owns: that grammar, and the names of firmware fields in a seed's address.
 */
#ifndef SLIPWAY_PROVIDERS_NOCLOUD_ARGUMENT_H
#define SLIPWAY_PROVIDERS_NOCLOUD_ARGUMENT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/machine.h"

/* What it says; NULL where it says nothing; owned. */
struct nocloud_argument {
	bool is_present;
	char *seed; /* s=: URL or directory below which the files are */
	char *instance_id;
	char *hostname;
};

/**
 * nocloud_argument_read - add what @value says, where nothing was said before.
 * @value: behind "ds=": "nocloud;h=web"
 *
 * Return: whether it is NoCloud's.
 */
bool nocloud_argument_read(struct slice value, struct nocloud_argument *ret);

/** nocloud_argument_read_serial - the same of the last word of @serial that begins with "ds=". */
bool nocloud_argument_read_serial(struct slice serial, struct nocloud_argument *ret);

/** nocloud_argument_find - of @machine: its serial number before its kernel command line. */
void nocloud_argument_find(const struct machine *machine, struct nocloud_argument *ret);
void nocloud_argument_done(struct nocloud_argument *argument);

/**
 * nocloud_argument_expand - @seed with each "__dmi.<field>__" replaced by that firmware string.
 * @ret: appended to
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for a field that nobody knows; -ENOENT (ERROR_NOT_FOUND) for one
 * that this machine has not.
 */
int nocloud_argument_expand(const struct machine *machine, struct slice seed, struct text *ret,
			    struct error *err);

DEFINE_DONE(struct nocloud_argument, nocloud_argument_done)

#endif
