/*
 * attempt - what one attempt of a transfer came to, and what follows: the end, another attempt, or
 * the place that a redirect leads to.
 *
 * Owns: the state of a transfer and of the run that it is part of, and the messages of its end.
 * Used by fetch/transfer only, which owns the loop.
 */
#ifndef SLIPWAY_FETCH_ATTEMPT_H
#define SLIPWAY_FETCH_ATTEMPT_H

#include <stdint.h>

#include "base/event.h"
#include "fetch/exchange.h"
#include "fetch/failure.h"
#include "fetch/transfer.h"

#define MS_PER_SECOND 1000
#define NEVER	      INT64_MAX

struct transfer_engine {
	struct curl_library library;
	CURLM *multi;
};

enum transfer_phase {
	TRANSFER_WAITING, /* until next_ms */
	TRANSFER_RUNNING,
	TRANSFER_DONE,
};

struct transfer {
	struct transfer_job *job;
	enum transfer_phase phase;
	struct exchange exchange; /* while it runs */
	struct body body;
	char *url;	 /* the request's; owned */
	char *printable; /* the same, without secrets; owned */
	char *target;	 /* where a redirect led to; NULL: the URL itself; owned */
	unsigned attempt;
	unsigned redirects;
	int64_t next_ms;
	int64_t deadline_ms;	/* NEVER until the first attempt */
	int64_t tell_ms;	/* when a wait is told next */
	int64_t progress_ms;	/* when progress is */
	char *cause;		/* of the last attempt's failure; owned */
	struct failure failure; /* likewise */
};

struct transfer_run {
	struct transfer_engine *engine;
	const struct transfer_params *params;
	struct transfer *transfers;
	size_t count;
	size_t running;
	size_t done;
	int64_t decided_ms; /* of a race: when it ends; NEVER until then */
	size_t wanted;	    /* those behind are given up */
};

/** attempt_printable - @url without secrets; freed with free(). */
char *attempt_printable(struct slice url);
/** attempt_method - "GET" unless the request says another. */
const char *attempt_method(const struct transfer *transfer);
/** attempt_duration_text - "15 s", or "1500 ms" where seconds are not enough; freed with free(). */
char *attempt_duration_text(int64_t ms);
/** attempt_progress - how far the body has come. */
struct event attempt_progress(const struct transfer *transfer);
/** attempt_set_cause - why the last attempt failed. @cause: taken */
void attempt_set_cause(struct transfer *transfer, struct failure failure, char *cause);
/** attempt_finish - the transfer is over, with @result. */
void attempt_finish(struct transfer_run *run, struct transfer *transfer, int result);
/** attempt_finish_late - the total time is over. */
void attempt_finish_late(struct transfer_run *run, struct transfer *transfer);
/** attempt_end_exchange - let go of the connection's handle. */
void attempt_end_exchange(struct transfer_run *run, struct transfer *transfer);
/** attempt_break - it broke off: another attempt, or the end. @cause: taken */
void attempt_break(struct transfer_run *run, struct transfer *transfer, struct failure failure,
		   char *cause);
/** attempt_end - libcurl is done with it: decide what follows. */
void attempt_end(struct transfer_run *run, struct transfer *transfer, CURLcode code);
/** attempt_release - free what @transfer owns. */
void attempt_release(struct transfer *transfer);

#endif
