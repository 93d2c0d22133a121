/*
 * request_headers - the header lines of a request.
 *
 * Owns: the defaults of every HTTP request (spec ignition 5.2), what overrides them, and which
 * names and values may be sent at all.
 */
#ifndef SLIPWAY_FETCH_REQUEST_HEADERS_H
#define SLIPWAY_FETCH_REQUEST_HEADERS_H

#include "fetch/curl_library.h"
#include "fetch/fetch.h"
#include "fetch/signer.h"

struct header_params {
	const struct curl_library *library;
	const struct fetch_request *request;
	const char *user_agent;	     /* NULL: "Ignition/<version>" */
	bool is_redirected;	     /* nothing of the request's own is sent */
	const struct signer *signer; /* not asked when redirected; NULL: none */
	uint64_t offset;	     /* of the first byte that is wanted */
	const char *validator;	     /* of the body that @offset counts in */
};

/** request_headers_check - whether the headers of @request can be sent.  Return: 0; ERROR_INPUT. */
int request_headers_check(const struct fetch_request *request, struct error *err);

/**
 * request_headers - the list for libcurl.
 * @ret: freed with slist_free_all()
 *
 * Of several values for one name the last is sent; Host is libcurl's to say.
 *
 * Return: as request_headers_check(); what the signer returns.
 */
int request_headers(const struct header_params *params, struct curl_slist **ret, struct error *err);

#endif
