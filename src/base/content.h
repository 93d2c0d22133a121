/*
 * content - bytes that will be written somewhere, wherever they come from.
 *
 * Owns: the interface between who asks for a file (a config, an installer) and who brings its bytes
 * (src/fetch).  A plan compares contents with what is there; apply writes them; neither knows URLs.
 */
#ifndef SLIPWAY_BASE_CONTENT_H
#define SLIPWAY_BASE_CONTENT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/event.h"
#include "base/text.h"

/* Where delivered bytes go, in order. */
struct content_sink {
	int (*write)(struct content_sink *sink, const void *data, size_t length, struct error *err);
	void *context;
};

struct content;

struct content_class {
	/* Hand all bytes to @sink, verified to their end before returning 0. */
	int (*deliver)(const struct content *content, struct content_sink *sink,
		       const struct event_observer *observer, struct error *err);
};

struct content {
	const struct content_class *class;
	const void *detail; /* the class's own; borrowed */
	struct slice label; /* where from, for messages: a printable URL */
	bool is_local;	    /* delivering needs no network: a plan may look at the bytes */
};

/** content_deliver - call the class. */
int content_deliver(const struct content *content, struct content_sink *sink,
		    const struct event_observer *observer, struct error *err);

/** content_of_bytes - @ret delivers @bytes, borrowed. */
void content_of_bytes(struct content *ret, const struct slice *bytes);

#endif
