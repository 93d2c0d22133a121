/*
 * prefetch - contents that come from URLs, in an order that is known before the first is asked for.
 *
 * Owns: what a plan will ask for, and fetching it ahead: whoever asks for one content makes all
 * that is expected after it come too, at the same time.  What came early waits in a file without a
 * name, in the filesystem that it is bound for, never in memory.
 * Leaves to others: fetching (fetch/fetch).
 */
#ifndef SLIPWAY_FETCH_PREFETCH_H
#define SLIPWAY_FETCH_PREFETCH_H

#include "base/content.h"
#include "fetch/fetch.h"

/* Longer URLs are cut where they are printed. */
#define PREFETCH_LABEL_MAX 256

struct prefetch;

/** prefetch_new - by @fetcher, borrowed; free with prefetch_free(). */
struct prefetch *prefetch_new(struct fetcher *fetcher);
void prefetch_free(struct prefetch *prefetch);

/* What a content of a prefetch delivers; the prefetch and all that request points at are borrowed.
 */
struct prefetch_content {
	struct prefetch *prefetch;
	struct fetch_request request;
	char label[PREFETCH_LABEL_MAX]; /* filled by prefetch_content_init() */
};

/** prefetch_content_init - @ret delivers what fetch_stream() would; it keeps @detail, borrowed. */
void prefetch_content_init(struct content *ret, struct prefetch_content *detail);

/**
 * prefetch_expect - @content will be asked for, once, after all that were expected before.
 * @content: one of @prefetch; others, and what needs no network, are left as they are
 * @root_fd: borrowed for as long as @prefetch
 * @path: below it, copied: where the bytes will be needed
 */
void prefetch_expect(struct prefetch *prefetch, const struct content *content, int root_fd,
		     const char *path);

DEFINE_RELEASE(struct prefetch *, prefetch_free)

#endif
