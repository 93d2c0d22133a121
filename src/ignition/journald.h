/*
 * journald - structured entries for systemd's journal, by its native protocol.
 *
 * Ours because the protocol for small entries is one datagram, while libsystemd would be the
 * largest library of the engine (docs/decisions.md).
 */
#ifndef SLIPWAY_IGNITION_JOURNALD_H
#define SLIPWAY_IGNITION_JOURNALD_H

#include "base/error.h"
#include "base/event.h"

/* After a successful fetch, one per entry of the state (spec ignition 1.10). */
#define JOURNALD_CONFIG_FETCHED "57124006b5c94805b77ce473e92a8aeb"
/**
 * journald_send - one entry of priority info.
 * @fields: ends with a NULL name
 *
 * Return: 0; -ENOENT, -ECONNREFUSED … when no journal listens.
 */
int journald_send(const char *message_id, const char *message, const struct event_field *fields,
		  struct error *err);

#endif
