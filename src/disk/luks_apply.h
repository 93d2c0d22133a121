/*
 * luks_apply - making, opening and binding one encrypted volume.
 *
 * Owns: the order of the steps (spec ignition 6.6), and where its key is meanwhile: in memory,
 * never on a disk, in words or in messages.
 */
#ifndef SLIPWAY_DISK_LUKS_APPLY_H
#define SLIPWAY_DISK_LUKS_APPLY_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "disk/luks.h"
#include "disk/luks_key.h"

struct luks_work {
	const struct machine *machine;
	const struct luks_request *request;
	const char *node; /* of the device */
	enum luks_action action;
	bool is_open; /* under its name, before the action */
	struct luks_keyring *keys;
	const struct event_observer *observer;
};

/**
 * luks_apply - carry out work->action; afterwards the volume is open and its node is there.
 *
 * What must answer (servers, the TPM) is asked before anything is destroyed.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the key does not open a volume that was there; as
 * command_run(), content_deliver(), clevis_wait_for_tpm().
 */
int luks_apply(const struct luks_work *work, struct error *err);

#endif
