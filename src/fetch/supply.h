/*
 * supply - contents that come from URLs, in an order that is known before the first is asked for.
 *
 * Owns: what a plan will ask for, and fetching it ahead: whoever asks for one content makes all
 * that is expected after it come too, at the same time.  What came early waits in a file without a
 * name, in the filesystem that it is bound for, never in memory.
 * Leaves to others: fetching (fetch/fetch).
 */
#ifndef SLIPWAY_FETCH_SUPPLY_H
#define SLIPWAY_FETCH_SUPPLY_H

#include "base/content.h"
#include "fetch/fetch.h"

/* Longer URLs are cut where they are printed. */
#define SUPPLY_LABEL_MAX 256

struct supply;

/** supply_new - by @fetcher, borrowed; free with supply_free(). */
struct supply *supply_new(struct fetcher *fetcher);
void supply_free(struct supply *supply);

/* What a content of a supply delivers; the supply and all that request points at are borrowed. */
struct supply_content {
	struct supply *supply;
	struct fetch_request request;
	char label[SUPPLY_LABEL_MAX]; /* filled by supply_content_init() */
};

/** supply_content_init - @ret delivers what fetch_stream() would; it keeps @detail, borrowed. */
void supply_content_init(struct content *ret, struct supply_content *detail);

/**
 * supply_expect - @content will be asked for, once, after all that were expected before.
 * @content: one of @supply; others, and what needs no network, are left as they are
 * @root_fd: borrowed for as long as @supply
 * @path: below it, copied: where the bytes will be needed
 */
void supply_expect(struct supply *supply, const struct content *content, int root_fd,
		   const char *path);

DEFINE_RELEASE(struct supply *, supply_free)

#endif
