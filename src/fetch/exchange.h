/*
 * exchange - one request and its answer, on a handle of libcurl.
 *
 * Owns: how a request is put to libcurl, and what of an answer's body reaches the sink: that of a
 * success only, each byte once, also when a later exchange goes on where one broke off.
 * Leaves to others: running it, and what to do next (fetch/transfer).
 */
#ifndef SLIPWAY_FETCH_EXCHANGE_H
#define SLIPWAY_FETCH_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/content.h"
#include "fetch/curl_library.h"
#include "fetch/fetch.h"
#include "fetch/signer.h"

/* Longer validators are taken for none. */
#define VALIDATOR_MAX_BYTES 256

/* What the exchanges of one fetch share: how far the body has come, and of what it is. */
struct body {
	struct content_sink *sink;
	uint64_t delivered; /* bytes that the sink has */
	bool is_sized;	    /* total is known */
	uint64_t total;
	char etag[VALIDATOR_MAX_BYTES]; /* "": none, or a weak one */
	char last_modified[VALIDATOR_MAX_BYTES];
	struct error failure; /* final: the sink's, or the body is another one now; owned */
	int failure_result;   /* of the failure; 0: none */
};

struct exchange_params {
	const struct curl_library *library;
	const struct fetch_request *request;
	const struct fetch_settings *settings;
	struct slice authorities; /* PEM; absent: libcurl's own */
	const char *url;	  /* where to: the request's, or what a redirect said */
	bool is_redirected;
	const struct signer *signer; /* NULL: none */
	struct text *refusal;	     /* gets the body of an answer that is no success; or NULL */
	struct body *body;
	void *owner; /* CURLOPT_PRIVATE */
};

struct exchange {
	struct exchange_params params;
	CURL *easy;
	struct curl_slist *headers;
	char *url; /* as libcurl takes it */
	int64_t started_ms;
	bool has_headers;
	size_t header_bytes;
	bool has_body; /* the first byte was seen */
	bool is_refusal;
	uint64_t refused_bytes;
	uint64_t skip; /* bytes that the sink has already */
	bool is_proxied;
	bool met_link_local;
	int bind_result; /* of a privileged port: 0, or why there is none */
	char text[CURL_ERROR_SIZE];
};

/**
 * exchange_init - prepare @ret for a multi handle.
 * @params: copied; what it points at is borrowed
 *
 * Return: 0; ERROR_INPUT for headers or a URL that cannot be sent.
 */
int exchange_init(struct exchange *ret, const struct exchange_params *params, struct error *err);
/** exchange_done - release it, removed from its multi handle. */
void exchange_done(struct exchange *exchange);

/** exchange_status - of the answer; 0 without one. */
long exchange_status(const struct exchange *exchange);
/** exchange_header - value of header @name (or NULL: none) of the answer, malloc'ed; NULL: absent.
 */
char *exchange_header(const struct exchange *exchange, const char *name);
/** exchange_is_late - whether the headers are overdue. */
bool exchange_is_late(const struct exchange *exchange, int64_t now_ms);
/** body_can_resume - whether another exchange can go on behind what was delivered. */
bool body_can_resume(const struct body *body);

#endif
