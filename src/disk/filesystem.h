/*
 * filesystem - the formats that can be made, and when one that is there will do.
 *
 * Owns: the table of formats with the words of their mkfs programs (spec ignition 6.7), limits of
 * labels, the rule of reuse, and making one.
 * Leaves to others: what is on a device (disk/probe), mounting.
 */
#ifndef SLIPWAY_DISK_FILESYSTEM_H
#define SLIPWAY_DISK_FILESYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/event.h"
#include "base/history.h"
#include "disk/probe.h"
#include "disk/request.h"

struct command_process;

struct filesystem_format {
	const char *name;	 /* as configs say it */
	const char *program;	 /* NULL: nothing is made */
	const char *force;	 /* overwrite without a question; NULL: needs no word */
	const char *uuid_option; /* NULL: cannot be given */
	const char *uuid_prefix; /* before the UUID in the same word; NULL: none */
	const char *label_option;
	unsigned label_max;  /* bytes */
	bool has_short_uuid; /* eight hexadecimal digits, without the dash */
	bool is_mounted;     /* can be */
};

/** filesystem_format_find - by name; NULL when there is no such format. */
const struct filesystem_format *filesystem_format_find(struct slice name);

/** filesystem_format_at - for walks over the table; NULL behind the last. */
const struct filesystem_format *filesystem_format_at(size_t index);

enum filesystem_decision {
	FILESYSTEM_SKIP,   /* no format was asked for */
	FILESYSTEM_KEEP,   /* what is there matches */
	FILESYSTEM_CREATE, /* nothing is there, or wiping was asked for */
	FILESYSTEM_REFUSE, /* something else is there */
};

/** filesystem_decide - the rule of reuse; pure.  @found: may be NULL when @request wipes. */
enum filesystem_decision filesystem_decide(const struct filesystem_request *request,
					   const struct probe_result *found);

/**
 * filesystem_decide_again - filesystem_decide() where an earlier run of this provisioning may have
 * been; pure.
 * @record: of the operation that makes it; NULL: there was none
 *
 * What that run made stays, also where wiping is asked for; what it was cut off from is made again.
 */
enum filesystem_decision filesystem_decide_again(const struct filesystem_request *request,
						 const struct probe_result *found,
						 const struct history_record *record);

/**
 * filesystem_draw_uuid - a UUID for what @request makes, so that it can be known again.
 * @ret: in the form that its mkfs takes, in @arena; NULL when the request has one, in its UUID or
 *	in its options, and for format "none"
 */
int filesystem_draw_uuid(const struct filesystem_request *request, struct arena *arena,
			 const char **ret, struct error *err);

/**
 * filesystem_argv - the words of mkfs for @request, NULL-terminated.
 * @arena: owns them
 * @node: of the device
 *
 * Return: NULL for format "none".
 */
const char *const *filesystem_argv(const struct filesystem_request *request, const char *node,
				   struct arena *arena);

/**
 * filesystem_begin - wipe @node and start to make what @request says on it.
 * @ret: its mkfs, to be finished; stays as it is for format "none"
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when the program is missing, and then nothing was wiped;
 * -EINVAL (ERROR_INPUT) for a format that is not in the table; else as command_start().
 */
int filesystem_begin(const struct filesystem_request *request, const char *node,
		     const struct event_observer *observer, struct command_process **ret,
		     struct error *err);

#endif
