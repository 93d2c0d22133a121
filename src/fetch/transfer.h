/*
 * transfer - requests over the network, several at a time, until each has its bytes or its reason.
 *
 * Owns: attempts, waits, redirects, deadlines and what is said about them (spec ignition 5.2), and
 * the one multi handle of libcurl, which keeps connections.
 * Leaves to others: a single request (fetch/exchange).
 */
#ifndef SLIPWAY_FETCH_TRANSFER_H
#define SLIPWAY_FETCH_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/content.h"
#include "base/error.h"
#include "base/event.h"
#include "fetch/fetch.h"
#include "fetch/signer.h"

/* What the last answer was, for who has to understand a refusal. */
struct transfer_answer {
	const char *header_name; /* of a header that is wanted; NULL: none */
	char *header;		 /* its value; NULL: absent; owned */
	long status;		 /* 0: there was no answer */
	struct text refusal;	 /* body of an answer that is no success */
	uint64_t delivered;	 /* bytes that the sink has, of any attempt */
};

void transfer_answer_done(struct transfer_answer *answer);

enum transfer_flags {
	TRANSFER_STAY = 1 << 0, /* a redirect is a refusal */
};

struct transfer_job {
	const struct fetch_request *request; /* of http or https */
	struct content_sink *sink;
	const struct signer *signer;	/* not asked where a redirect leads; NULL: none */
	struct transfer_answer *answer; /* NULL: nobody wants to know */
	unsigned flags;
	int64_t spent_ms; /* of the total time, before the transfer began */
	int result;
	struct error error; /* of the result; the caller releases it */
};

struct transfer_params {
	const struct fetch_settings *settings;
	struct slice authorities; /* PEM; absent: libcurl's own */
	const struct event_observer *observer;
	/* One job is enough: a success ends the others, and so does a failure after grace_ms. */
	bool is_race;
	int64_t grace_ms;
	bool stops_at_failure; /* what is behind a failed job is given up, with -ECANCELED */
};

struct transfer_engine;

/** transfer_engine_new - load libcurl.  Return: 0; -ELIBACC (ERROR_UNSUPPORTED). */
int transfer_engine_new(struct transfer_engine **ret, struct error *err);
void transfer_engine_free(struct transfer_engine *engine);

/** transfer_run - run @jobs to their ends; each has its result then. */
void transfer_run(struct transfer_engine *engine, const struct transfer_params *params,
		  struct transfer_job *jobs, size_t count);

/** transfer_now_ms - the clock that transfers are timed by. */
int64_t transfer_now_ms(void);

DEFINE_DONE(struct transfer_answer, transfer_answer_done)

#endif
