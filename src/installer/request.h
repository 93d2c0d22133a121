/*
 * request - what somebody wants installed, and where.
 *
 * Owns: plain values that every front end fills (our own options, those of coreos-installer and of
 * flatcar-install, config files, kernel arguments); nothing here knows where they came from.
 * Everything is borrowed from who made the request, and outlives the install.
 */
#ifndef SLIPWAY_INSTALLER_REQUEST_H
#define SLIPWAY_INSTALLER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "installer/placement.h"
#include "installer/saved.h"

enum install_source_kind {
	INSTALL_FILE, /* a file of this machine, or a block device */
	INSTALL_URL,  /* whatever src/fetch can fetch */
};

struct install_source {
	enum install_source_kind kind;
	const char *location;
	/* Where the detached signature is, of the same kind; NULL: beside the image, as .sig. */
	const char *signature;
	/* "sha256-<hex>" or "sha512-<hex>" of the file as it is fetched; absent: none is known. */
	struct slice hash;
};

enum install_flag {
	INSTALL_INSECURE = 1 << 0,	    /* a missing signature will do; a bad one never does */
	INSTALL_PRESERVE_ON_ERROR = 1 << 1, /* leave a failed disk as it is */
	INSTALL_OFFLINE = 1 << 2,	    /* no network */
	INSTALL_RAW_ANYTHING = 1 << 3,	    /* what has no GPT may be written, too */
};

/* For fetch_retries. */
#define INSTALL_RETRIES_INFINITE UINT32_MAX

struct install_request {
	struct install_source source;
	const char *keyring; /* of OpenPGP, armoured or not; NULL: the distribution's */
	const char *device;  /* any name of the target */
	const struct saved_filter *filters;
	size_t filter_count; /* 0: nothing is saved */
	const struct placement *placements;
	size_t placement_count;
	unsigned flags; /* enum install_flag */
	uint32_t
		fetch_retries; /* of an answer that never came; a body that breaks off is resumed */
};

/*
 * Kernel arguments, consoles and the platform's id are edits of files on the image: placements that
 * a front end makes (see placement.h).  Which file of which partition that is depends on whose
 * image it is, so it is the front end's to know, and no profile stands here.
 */

#endif
