/*
 * inquiry - a small question that has to be answered before a fetch can begin: of a cloud's
 * metadata service, of a store.
 *
 * Owns: its ceilings in bytes and time.  Redirects are not followed: who answers is who was asked.
 */
#ifndef SLIPWAY_FETCH_INQUIRY_H
#define SLIPWAY_FETCH_INQUIRY_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/fetch.h"

struct transfer_engine;
struct transfer_params;

/* With what to ask, and until when; everything is borrowed. */
struct inquirer {
	struct transfer_engine *engine;
	const struct transfer_params *params;
	int64_t deadline_ms; /* transfer_now_ms() by which the fetch has to end; INT64_MAX: never */
};

struct inquiry {
	struct fetch_request request;
	int64_t limit_ms;	 /* for all attempts; 0: until the deadline */
	const char *header_name; /* that is wanted of the answer, also of a refusal; NULL: none */
};

struct inquiry_answer {
	long status;  /* 0: there was none */
	char *header; /* NULL: absent; owned */
	char *body;   /* of a success, NUL-terminated; owned */
	size_t length;
};

void inquiry_answer_done(struct inquiry_answer *answer);

/**
 * inquire - ask, and wait for the answer.
 * @ret: status and header are filled also when the answer is a refusal; to be released in any case
 *
 * Return: as fetch_stream(); ERROR_INPUT for a body larger than INQUIRY_MAX_BYTES.
 */
int inquire(const struct inquirer *inquirer, const struct inquiry *inquiry,
	    struct inquiry_answer *ret, struct error *err);

DEFINE_DONE(struct inquiry_answer, inquiry_answer_done)

#endif
