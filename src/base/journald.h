/*
 * journald - structured entries for systemd's journal, by its native protocol.
 *
 * Ours because the protocol for small entries is one datagram, while libsystemd would be the
 * largest library of the engine (docs/decisions.md).
 */
#ifndef SLIPWAY_BASE_JOURNALD_H
#define SLIPWAY_BASE_JOURNALD_H

#include "base/error.h"
#include "base/event.h"

/**
 * journald_send - one entry of priority info.
 * @fields: ends with a NULL name
 *
 * Return: 0; -ENOENT, -ECONNREFUSED … when no journal listens.
 */
int journald_send(const char *message_id, const char *message, const struct event_field *fields,
		  struct error *err);

#endif
