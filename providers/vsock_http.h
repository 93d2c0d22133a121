/*
 * vsock_http - one HTTP request over a socket that is connected already (spec providers 3.9).
 *
 * Owns: the few lines of HTTP/1.0 that one document takes.  The host closes the connection at its
 * end, so there is nothing to count but what it says itself.
 */
#ifndef SLIPWAY_PROVIDERS_VSOCK_HTTP_H
#define SLIPWAY_PROVIDERS_VSOCK_HTTP_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/**
 * vsock_http_connect - to @port of the host.
 *
 * Return: a descriptor; -errno (ERROR_NETWORK_FINAL) when nobody listens there, or not in time.
 */
int vsock_http_connect(unsigned port, int64_t timeout_ms, struct error *err);

/**
 * vsock_http_get - the body of @path of the server behind @fd.
 * @fd: connected, of any kind
 * @ret: its ceiling counts for the headers too; the body alone is left in it
 *
 * Return: 0; -EPROTO (ERROR_NETWORK_FINAL) for another status than 200, an answer that is no HTTP
 * or broke off; -EFBIG (ERROR_INPUT); -ETIMEDOUT (ERROR_TIMEOUT).
 */
int vsock_http_get(int fd, const char *path, int64_t timeout_ms, struct text *ret,
		   struct error *err);

/** vsock_http_take_body - take the head off @answer.  Return: as vsock_http_get(). */
int vsock_http_take_body(struct text *answer, struct error *err);

#endif
