/*
 * clevis - binding a volume to servers and hardware, so that it opens without a key file.
 *
 * Owns: the words and the JSON that clevis takes (spec ignition 6.6), and when it can be proved
 * that the binding works.  Pure but for clevis_wait_for_tpm().
 */
#ifndef SLIPWAY_DISK_CLEVIS_H
#define SLIPWAY_DISK_CLEVIS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "disk/request.h"

/* Word of clevis_bind_argv() that must not be shown: a custom config may hold secrets. */
#define CLEVIS_SECRET_WORDS (UINT64_C(1) << 9)

/** clevis_config - the JSON that tells which of the pins must answer; in @arena. */
const char *clevis_config(const struct clevis_request *clevis, struct arena *arena);

/** clevis_bind_argv - bind the volume on @node, which @key_path opens; NULL-terminated, in @arena.
 */
const char *const *clevis_bind_argv(const struct clevis_request *clevis, const char *node,
				    const char *key_path, struct arena *arena);

/** clevis_unlock_argv - open the volume on @node under @name by what it is bound to. */
const char *const *clevis_unlock_argv(const char *node, struct slice name, struct arena *arena);

/**
 * clevis_is_provable - whether so many pins can be had here that opening must work: servers that
 * are asked for their advertisement, and the TPM.
 */
bool clevis_is_provable(const struct clevis_request *clevis);

/** clevis_needs_network - whether the volume can be opened only when the network is up. */
bool clevis_needs_network(const struct clevis_request *clevis);

/** clevis_needs_tpm - whether it cannot even be bound without a TPM. */
bool clevis_needs_tpm(const struct clevis_request *clevis);

/**
 * clevis_wait_for_tpm - the kernel knows a TPM, whose driver may come late.
 *
 * Return: 0; -ENODEV (ERROR_NOT_FOUND).
 */
int clevis_wait_for_tpm(const struct machine *machine, const struct event_observer *observer,
			struct error *err);

#endif
