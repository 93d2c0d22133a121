/*
 * sigv4 - AWS Signature Version 4, as a header of the request that it signs.
 *
 * Owns: the canonical request, the string to sign, the key derived from the secret (AWS General
 * Reference, "Signing AWS API requests").  Pure: the time is given.
 */
#ifndef SLIPWAY_FETCH_SIGV4_H
#define SLIPWAY_FETCH_SIGV4_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* SHA-256 of no bytes: the payload of a request without a body. */
#define SIGV4_EMPTY_PAYLOAD "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* "20130524T000000Z" and its NUL. */
#define SIGV4_TIME_BYTES 17
/* Parameters of a query; more are refused. */
#define SIGV4_PARAMETERS_MAX 32
/* Ceiling of a canonical request: above any URL and its headers. */
#define SIGV4_TEXT_MAX ((size_t)256 << 10)

struct sigv4_header {
	const char *name; /* in lower case */
	struct slice value;
};

/* What is signed; a request may carry more headers than these. */
struct sigv4_request {
	const char *method;
	struct slice path;		    /* as it is sent: escaped */
	struct slice query;		    /* likewise, without '?' */
	const struct sigv4_header *headers; /* in order of their names */
	size_t header_count;
	const char *payload_hash; /* hexadecimal, or "UNSIGNED-PAYLOAD" */
};

struct sigv4_scope {
	char time[SIGV4_TIME_BYTES];
	const char *region;
	const char *service;
};

/* An access key. */
struct sigv4_key {
	const char *id;
	const char *secret; /* never shown */
};

/** sigv4_format_time - @seconds since 1970 as a scope and the header x-amz-date have it. */
void sigv4_format_time(int64_t seconds, char ret[static SIGV4_TIME_BYTES]);

/**
 * sigv4_canonical - the request in the one form that both sides hash.
 *
 * Return: 0; -E2BIG (ERROR_INPUT).
 */
int sigv4_canonical(const struct sigv4_request *request, struct text *out, struct error *err);

/**
 * sigv4_authorization - the value of the header Authorization, appended to @out.
 *
 * Return: 0; -E2BIG (ERROR_INPUT).
 */
int sigv4_authorization(const struct sigv4_request *request, const struct sigv4_scope *scope,
			const struct sigv4_key *key, struct text *out, struct error *err);

#endif
