/*
 * crypttab - how the target opens its encrypted volumes (spec ignition 6.14).
 *
 * Owns: lines of /etc/crypttab and the key files that they name.  A line that is there is not added
 * again; the file is readable by root alone afterwards.
 */
#ifndef SLIPWAY_HOST_CRYPTTAB_H
#define SLIPWAY_HOST_CRYPTTAB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/machine.h"
#include "base/plan.h"
#include "base/source.h"
#include "base/text.h"

#define CRYPTTAB_PATH "/etc/crypttab"

struct crypttab_request {
	struct origin origin;
	struct slice name;
	struct slice uuid; /* of the volume's header; absent: it is not known before it is made */
	bool has_key_file; /* else something else opens it */
	struct slice key;  /* absent: not known here, so it must be in the target already */
	bool needs_network;
};

/**
 * crypttab_plan - add an operation to @plan for each key file and each line that is not there yet.
 * @requests: borrowed, must outlive @plan
 *
 * An entry whose UUID is not known is shown in a plan; carried out, it is told to be left out.
 *
 * Return: 0; -EEXIST (ERROR_INPUT) when a key file holds something else; -ENOKEY (ERROR_NOT_FOUND)
 * when a key is neither known nor there.
 */
int crypttab_plan(const struct machine *machine, const struct crypttab_request *requests,
		  size_t count, struct plan *plan, struct error *err);

#endif
