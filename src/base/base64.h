/*
 * base64 - RFC 4648 section 4, strict as Go's StdEncoding is.
 *
 * Ours because it has to be both strict and as fast as memory (docs/decisions.md).
 */
#ifndef SLIPWAY_BASE_BASE64_H
#define SLIPWAY_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Bytes that decoding @length characters yields at most. */
#define BASE64_DECODED_MAX(length) ((length) / 4 * 3 + 3)

/**
 * base64_decode - decode the whole of @in.  CR and LF are skipped, as Go does.
 * @out: BASE64_DECODED_MAX(in.length) bytes; NULL only checks
 * @ret_length: bytes written; @ret_offset: of the first offending byte, on failure; either may be
 * NULL
 *
 * Return: 0; -EINVAL.
 */
int base64_decode(struct slice in, unsigned char *out, size_t *ret_length, size_t *ret_offset);

/** base64_append - encode @length bytes of @data.  Return: 0; -E2BIG. */
int base64_append(struct text *out, const void *data, size_t length);

#endif
