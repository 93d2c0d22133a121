/*
 * luks_header - what the header of a LUKS2 volume says beside its label and UUID.
 *
 * Owns: `cryptsetup luksDump --dump-json-metadata`, and what is read from its output.
 */
#ifndef SLIPWAY_DISK_LUKS_HEADER_H
#define SLIPWAY_DISK_LUKS_HEADER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/event.h"
#include "base/text.h"

struct luks_header {
	bool allows_discards; /* whenever it is opened */
	unsigned keys;	      /* key slots */
	unsigned clevis_keys; /* of these: bound by clevis */
};

/**
 * luks_header_parse - from the text of cryptsetup; pure.
 *
 * Return: 0; -EBADMSG (ERROR_INPUT) when it is no such JSON.
 */
int luks_header_parse(struct slice text, struct luks_header *ret, struct error *err);

/**
 * luks_header_read - of the volume on @node.
 *
 * Return: 0; -EBADMSG (ERROR_INPUT) when the header is damaged, as cryptsetup says; as
 * command_run() when that cannot be run.
 */
int luks_header_read(const char *node, const struct event_observer *observer,
		     struct luks_header *ret, struct error *err);

#endif
