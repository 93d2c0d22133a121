/*
 * fetch - a URL to bytes: decompressed, verified, bounded.
 *
 * Owns: which schemes there are and what each needs.  In this version: data:.  The other schemes
 * are known and refused by name: with ERROR_NEED_NETWORK while offline, ERROR_UNSUPPORTED
 * otherwise.
 */
#ifndef SLIPWAY_FETCH_FETCH_H
#define SLIPWAY_FETCH_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/content.h"
#include "base/error.h"
#include "base/event.h"
#include "base/text.h"

/* A decompressed resource that is kept in memory (configs, CAs) may not be larger. */
#define FETCH_MEMORY_MAX ((size_t)256 << 20)

struct fetch_header {
	struct slice name;
	struct slice value;
};

struct fetch_request {
	struct slice url;	  /* empty: no bytes, no error */
	struct slice compression; /* "" or "gzip" */
	struct slice hash;	  /* "sha512-<hex>", "sha256-<hex>"; absent: not verified */
	const struct fetch_header *headers;
	size_t header_count;
	bool case_exact_hash; /* configs compare the hash text exactly (spec ignition 4.1) */
};

struct fetcher;

enum fetcher_mode {
	FETCHER_ONLINE,
	FETCHER_OFFLINE, /* whatever needs the network is ERROR_NEED_NETWORK */
};

/** fetcher_new - nothing is loaded or opened yet; free with fetcher_free(). */
struct fetcher *fetcher_new(enum fetcher_mode mode, const struct event_observer *observer);
void fetcher_free(struct fetcher *fetcher);

/** fetch_is_local - whether @url needs no network: empty, or data:. */
bool fetch_is_local(struct slice url);

/**
 * fetch_stream - deliver the bytes of @request to @sink; the verdict on the hash comes after the
 * last.
 *
 * Return: 0; ERROR_INPUT (bad URL, bad compression), ERROR_VERIFY, ERROR_NEED_NETWORK,
 * ERROR_UNSUPPORTED; what the sink returned.
 */
int fetch_stream(struct fetcher *fetcher, const struct fetch_request *request,
		 struct content_sink *sink, struct error *err);

/**
 * fetch_memory - the bytes of @request.
 * @ret: NUL-terminated, freed with free(); at most FETCH_MEMORY_MAX bytes
 */
int fetch_memory(struct fetcher *fetcher, const struct fetch_request *request, char **ret,
		 size_t *ret_length, struct error *err);

/* Longer URLs are cut where they are printed. */
#define FETCH_LABEL_MAX 256

/* What a content of this module delivers; fetcher and all that request points at are borrowed. */
struct fetch_content {
	struct fetcher *fetcher;
	struct fetch_request request;
	char label[FETCH_LABEL_MAX]; /* filled by fetch_content_init() */
};

/** fetch_content_init - @ret delivers what fetch_stream() would; it keeps @detail, borrowed. */
void fetch_content_init(struct content *ret, struct fetch_content *detail);

DEFINE_RELEASE(struct fetcher *, fetcher_free)

#endif
