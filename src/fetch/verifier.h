/*
 * verifier - the hash of what passes, and the verdict on it.
 */
#ifndef SLIPWAY_FETCH_VERIFIER_H
#define SLIPWAY_FETCH_VERIFIER_H

#include "base/content.h"
#include "base/event.h"
#include "base/hash.h"
#include "fetch/fetch.h"

/* A sink that passes everything on, and knows the hash of it in the end. */
struct verifier {
	struct content_sink sink;
	struct content_sink *next;
	struct hash hash;
	struct slice expected; /* hex, as the config has it; absent: nothing is verified */
};

/**
 * verifier_init - @ret passes to @next, borrowed, what is written to its sink; it must not move.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when the hash of @request is none.
 */
int verifier_init(struct verifier *ret, const struct fetch_request *request,
		  struct content_sink *next, struct error *err);

/** verifier_finish - after the last byte.  Return: 0; -EBADMSG (ERROR_VERIFY). */
int verifier_finish(struct verifier *verifier, const struct fetch_request *request,
		    const struct event_observer *observer, struct error *err);

#endif
