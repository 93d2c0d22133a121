/*
 * fetch - a URL to bytes: decompressed, verified, bounded.
 *
 * Owns: which schemes there are and what each needs, and the chain from a transfer over
 * decompression and hash to a sink.  Leaves to others: the network (fetch/transfer).
 */
#ifndef SLIPWAY_FETCH_FETCH_H
#define SLIPWAY_FETCH_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/content.h"
#include "base/error.h"
#include "base/event.h"
#include "base/text.h"
#include "fetch/limits.h"
#include "fetch/settings.h"

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
	const char *method;   /* without a body, as "PUT"; NULL: GET; HEAD brings no bytes */
	/* Statuses that are asked for again, beside 500 and above. */
	const unsigned *retry_statuses;
	size_t retry_status_count;
	unsigned attempts_max; /* 0: as many as the total time allows */
	bool refuse_redirects; /* as metadata services never send any */
	/* From a port that only root may use: a connection of this request's own. */
	bool is_privileged;
};

struct fetcher;
struct credential_source;

enum fetcher_mode {
	FETCHER_ONLINE,
	FETCHER_OFFLINE, /* whatever needs the network is ERROR_NEED_NETWORK */
};

/** fetcher_new - nothing is loaded or opened yet; free with fetcher_free(). */
struct fetcher *fetcher_new(enum fetcher_mode mode, const struct event_observer *observer);
void fetcher_free(struct fetcher *fetcher);

/** fetcher_is_offline - whether the network may not be used yet. */
bool fetcher_is_offline(const struct fetcher *fetcher);

/**
 * fetcher_configure - what counts from now on; FETCH_SETTINGS_DEFAULT until the first call.
 * @settings: copied, but for what it points at, which is borrowed until the next call
 *
 * Return: 0; ERROR_INPUT for authorities that are no PEM, and the old settings stay.
 */
int fetcher_configure(struct fetcher *fetcher, const struct fetch_settings *settings,
		      struct error *err);

/**
 * fetcher_set_credentials - where the platform's credentials for object stores come from.
 * @source: borrowed; NULL: the platform has none, and those of the environment count alone
 *
 * Nobody is asked before an object is fetched.
 */
void fetcher_set_credentials(struct fetcher *fetcher, const struct credential_source *source);

/* Who knows where the files of oem: URLs are. */
struct fetch_oem {
	/* The file @path, absolute and unescaped, whole to @sink.  Return: 0; -errno. */
	int (*deliver)(const void *context, const char *path, struct content_sink *sink,
		       struct error *err);
	const void *context;
};

/** fetcher_allow_oem - deliver oem: URLs by @oem, borrowed; without this their scheme is unknown.
 */
void fetcher_allow_oem(struct fetcher *fetcher, const struct fetch_oem *oem);

/** fetch_is_local - whether @url needs no network: empty, data: or oem:. */
bool fetch_is_local(struct slice url);

/**
 * fetch_stream - deliver the bytes of @request to @sink; the verdict on the hash comes after the
 * last.
 *
 * Return: 0; ERROR_INPUT (bad URL, bad compression), ERROR_VERIFY, ERROR_NEED_NETWORK,
 * ERROR_UNSUPPORTED; of the network: -ENOENT (ERROR_NOT_FOUND), ERROR_NETWORK_FINAL when the answer
 * is no, -ETIMEDOUT (ERROR_TIMEOUT) when the total time ran out, ERROR_NETWORK when the attempts
 * did or the body broke off; what the sink returned.
 */
int fetch_stream(struct fetcher *fetcher, const struct fetch_request *request,
		 struct content_sink *sink, struct error *err);

/* One of several fetches. */
struct fetch_job {
	const struct fetch_request *request;
	struct content_sink *sink;
	int result;	    /* as fetch_stream() */
	struct error error; /* of the result; the caller releases it */
};

/**
 * fetch_many - fetch_stream() for each of @jobs, FETCH_PARALLEL_MAX at a time; sinks are written to
 * in turns, and each knows how its own fetch ended.
 *
 * Return: 0; the result of the first job in order that failed; its error stays with it.
 */
int fetch_many(struct fetcher *fetcher, struct fetch_job *jobs, size_t count);

/**
 * fetch_first - fetch @jobs, of which one is enough, at the same time.
 * @jobs: of http or https; all but the returned one may have been given up (-ECANCELED)
 * @grace_ms: after the first final failure the others have so long to do better
 *
 * Return: index of the first that succeeded, else of the first that failed for good.
 */
size_t fetch_first(struct fetcher *fetcher, struct fetch_job *jobs, size_t count, int64_t grace_ms);

/**
 * fetch_in_order - fetch_many() for what will be used in order: behind one that failed, nothing is
 * wanted any more, and is given up with -ECANCELED.
 * @observer: hears of it instead of the fetcher's
 */
int fetch_in_order(struct fetcher *fetcher, const struct event_observer *observer,
		   struct fetch_job *jobs, size_t count);

/**
 * fetch_memory - the bytes of @request.
 * @ret: NUL-terminated, freed with free(); at most FETCH_MEMORY_MAX bytes
 */
int fetch_memory(struct fetcher *fetcher, const struct fetch_request *request, char **ret,
		 size_t *ret_length, struct error *err);

DEFINE_RELEASE(struct fetcher *, fetcher_free)

#endif
