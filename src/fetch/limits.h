/*
 * limits - every ceiling and wait of the network, in one place.
 *
 * Owns: the numbers.  Leaves to others: which of them a config may change (fetch/settings.h).
 */
#ifndef SLIPWAY_FETCH_LIMITS_H
#define SLIPWAY_FETCH_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* A decompressed resource that is kept in memory (configs, CAs) may not be larger. */
#define FETCH_MEMORY_MAX ((size_t)256 << 20)
/* No resource may be larger: above any image, below what a server could send for days. */
#define FETCH_BODY_MAX_BYTES ((uint64_t)1 << 40)
/* All header lines of one answer together. */
#define FETCH_HEADERS_MAX_BYTES ((size_t)256 << 10)
/* Of an answer that is no success only this much is read before the connection is given up. */
#define FETCH_REFUSAL_MAX_BYTES ((uint64_t)64 << 10)
/* A URL, also one that a redirect leads to. */
#define FETCH_URL_MAX_BYTES ((size_t)64 << 10)
/* All certificates: the system's and the config's. */
#define FETCH_AUTHORITIES_MAX_BYTES ((size_t)64 << 20)

/* DESIGN promise 4: what is unset is finite. */
#define FETCH_TOTAL_DEFAULT_MS ((int64_t)15 * 60 * 1000)
/* Spec ignition 5.2. */
#define FETCH_RESPONSE_HEADERS_DEFAULT_MS ((int64_t)10 * 1000)
#define FETCH_CONNECT_MS		  ((int64_t)30 * 1000)
/* A wait is told this often. */
#define FETCH_TELL_EVERY_MS ((int64_t)30 * 1000)
/* How far a body has come is told this often. */
#define FETCH_PROGRESS_EVERY_MS ((int64_t)1000)
/* Spec ignition 5.2: the first wait, doubled each time up to the last. */
#define FETCH_BACKOFF_FIRST_MS ((int64_t)200)
#define FETCH_BACKOFF_LAST_MS  ((int64_t)5000)
/* Longer waits that a server asks for with Retry-After are cut. */
#define FETCH_RETRY_AFTER_MAX_MS ((int64_t)120 * 1000)
/* Spec ignition 5.1: for one packet. */
#define FETCH_TFTP_TRIES  5
#define FETCH_TFTP_TRY_MS ((int64_t)5 * 1000)

/* What a metadata service answers: credentials, names. */
#define INQUIRY_MAX_BYTES ((size_t)64 << 10)
/* Spec ignition 5.9: for one question to a metadata service, all attempts. */
#define FETCH_METADATA_MS ((int64_t)15 * 1000)

/* DESIGN section 4, Trust. */
#define FETCH_REDIRECTS_MAX 10
/* Transfers that run at the same time, as curl --parallel; and connections that are kept. */
#define FETCH_PARALLEL_MAX 50

#endif
