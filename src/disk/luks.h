/*
 * luks - what becomes of an encrypted volume that was asked for (spec ignition 6.6).
 *
 * Owns: the words of cryptsetup, and the rules by which a volume that is there is opened instead of
 * being made anew.  Pure: literal tables test it.
 * Leaves to others: looking at the device (disk/luks_plan), doing it (disk/luks_apply).
 */
#ifndef SLIPWAY_DISK_LUKS_H
#define SLIPWAY_DISK_LUKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "disk/luks_header.h"
#include "disk/probe.h"
#include "disk/request.h"

enum luks_action {
	LUKS_KEEP,     /* it is open, and its key is remembered */
	LUKS_REMEMBER, /* it is open; the key of the config is to be tried and remembered */
	LUKS_OPEN,     /* with its key, or by what it is bound to */
	LUKS_FORMAT,   /* what an earlier run left half done is closed first */
};

/* What is there. */
struct luks_facts {
	const struct probe_result *found;
	const struct luks_header *header; /* NULL: not there, or not looked at */
	const char *damage;		  /* why the header could not be read; NULL: it could */
	bool is_open;			  /* under the name that was asked for */
	bool has_key;			  /* an earlier run of this provisioning remembered it */
	const char *user;		  /* how anybody else uses the device; NULL */
};

/** luks_is_ours - whether this provisioning made the volume that is there. */
bool luks_is_ours(const struct luks_request *request, const struct luks_facts *facts);

/**
 * luks_decide - what to do for @request; pure.
 * @ret: set on success only
 *
 * Return: 0; -EBUSY (ERROR_BUSY) when the device is in use; -EINVAL (ERROR_INPUT) when something
 * is there that must not be overwritten, with upstream's words and the reason; -ENOKEY
 * (ERROR_NOT_FOUND) when the volume is ours, closed, and its drawn key is in the target already.
 */
int luks_decide(const struct luks_request *request, const struct luks_facts *facts,
		enum luks_action *ret, struct error *err);

/** luks_path - "/dev/mapper/root"; in @arena. */
const char *luks_path(const struct luks_request *request, struct arena *arena);

/**
 * luks_uuid - the UUID that the volume will be made with: of the request, else its identity.
 *
 * Return: in @arena or the request; NULL when the request's options give one, or none is known.
 */
const char *luks_uuid(const struct luks_request *request, struct arena *arena);

/**
 * luks_format_argv - the words that make the volume, NULL-terminated.
 * @key_path: of a file that holds the key
 *
 * The identity is its UUID unless the request or its options give one.
 */
const char *const *luks_format_argv(const struct luks_request *request, const char *node,
				    const char *key_path, struct arena *arena);

/** luks_open_argv - the words that open it. */
const char *const *luks_open_argv(const struct luks_request *request, const char *node,
				  const char *key_path, struct arena *arena);

#endif
