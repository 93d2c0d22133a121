/*
 * profile - what to do where the peers disagree.
 *
 * Owns: every such difference, as one const struct per profile.  The default is chosen when the
 * program is configured (--with-profile); a file on the image overrides it.
 * docs/compatibility.md has a column for each.
 */
#ifndef SLIPWAY_IGNITION_PROFILE_H
#define SLIPWAY_IGNITION_PROFILE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/machine.h"

/* One word, the name of a profile. */
#define PROFILE_FILE "usr/lib/slipway/profile"

/* What becomes of a user config that is not Ignition's. */
enum profile_dialects {
	PROFILE_IGNITION_ALONE, /* it is refused */
	PROFILE_LEAVES_OTHERS,	/* cloud-configs and scripts are left alone: somebody else's */
	PROFILE_TAKES_DIALECTS,
};

struct profile {
	const char *name;
	unsigned passwd_flags; /* enum passwd_flag */
	bool labels_files;     /* for SELinux, in targets that have it */
	/* A filesystem labelled OEM is kept whatever its type; mounts of the OEM go to /oem. */
	bool keeps_oem;
	unsigned config_dialect; /* enum config_dialect */
	enum profile_dialects dialects;
};

/** profile_find - by name; NULL when unknown. */
const struct profile *profile_find(const char *name);

/**
 * profile_load - the profile of the running system: its PROFILE_FILE, else the configured default.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the file names an unknown profile.
 */
int profile_load(const struct machine *machine, const struct profile **ret, struct error *err);

#endif
