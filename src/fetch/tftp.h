/*
 * tftp - read a file by RFC 1350: octet mode, no options.
 *
 * Owns: the exchange of datagrams and what is sent again.  Ours because libcurl 7.88 waits for a
 * lost datagram without asking for it again (docs/decisions.md).
 */
#ifndef SLIPWAY_FETCH_TFTP_H
#define SLIPWAY_FETCH_TFTP_H

#include "base/content.h"
#include "fetch/fetch.h"

struct tftp_params {
	struct slice url;
	const char *name; /* of it, for events */
	int64_t total_ms; /* 0: no limit */
	const struct event_observer *observer;
};

/**
 * tftp_deliver - the file that @params->url names, whole, to @sink.
 *
 * Each packet is sent FETCH_TFTP_TRIES times at most, FETCH_TFTP_TRY_MS apart (spec ignition 5.1).
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND); ERROR_NETWORK_FINAL when the server says no; ERROR_NETWORK;
 * -ETIMEDOUT (ERROR_TIMEOUT); what the sink returned.
 */
int tftp_deliver(const struct tftp_params *params, struct content_sink *sink, struct error *err);

#endif
