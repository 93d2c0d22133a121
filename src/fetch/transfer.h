/*
 * transfer - requests over the network, several at a time, until each has its bytes or its reason.
 *
 * Owns: attempts, waits, redirects, deadlines and what is said about them (spec ignition 5.2), and
 * the one multi handle of libcurl, which keeps connections.
 * Leaves to others: a single request (fetch/exchange).
 */
#ifndef SLIPWAY_FETCH_TRANSFER_H
#define SLIPWAY_FETCH_TRANSFER_H

#include "base/content.h"
#include "base/error.h"
#include "base/event.h"
#include "fetch/fetch.h"

struct transfer_job {
	const struct fetch_request *request; /* of http or https */
	struct content_sink *sink;
	int result;
	struct error error; /* of the result; the caller releases it */
};

struct transfer_params {
	const struct fetch_settings *settings;
	struct slice authorities; /* PEM; absent: libcurl's own */
	const struct event_observer *observer;
	bool stops_at_failure; /* what is behind a failed job is given up, with -ECANCELED */
};

struct transfer_engine;

/** transfer_engine_new - load libcurl.  Return: 0; -ELIBACC (ERROR_UNSUPPORTED). */
int transfer_engine_new(struct transfer_engine **ret, struct error *err);
void transfer_engine_free(struct transfer_engine *engine);

/** transfer_run - run @jobs to their ends; each has its result then. */
void transfer_run(struct transfer_engine *engine, const struct transfer_params *params,
		  struct transfer_job *jobs, size_t count);

#endif
