/*
 * retry - which failures are tried again, and when.
 *
 * Owns: the table of spec ignition 5.2.  Pure.
 */
#ifndef SLIPWAY_FETCH_RETRY_H
#define SLIPWAY_FETCH_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * retry_wants_status - whether an answer with @status is asked for again: 500 and above, and what
 * the request lists.
 */
bool retry_wants_status(long status, const unsigned *extra, size_t extra_count);

/**
 * retry_wait_ms - how long to wait after an attempt.
 * @attempt: that failed, from 1
 * @retry_after_ms: what the server asked for; 0: nothing
 * @random: any number; takes up to a quarter off, so that machines that booted together spread
 *
 * Return: FETCH_BACKOFF_FIRST_MS doubled with each attempt up to FETCH_BACKOFF_LAST_MS, less the
 * jitter; @retry_after_ms when that is longer, up to FETCH_RETRY_AFTER_MAX_MS.
 */
int64_t retry_wait_ms(unsigned attempt, int64_t retry_after_ms, uint32_t random);

#endif
