/*
 * deflate - bytes in memory compressed as gzip.
 *
 * Owns: the compressor and its state, kept from one text to the next.  Decompression of what comes
 * from outside is src/fetch's.
 */
#ifndef SLIPWAY_BASE_DEFLATE_H
#define SLIPWAY_BASE_DEFLATE_H

#include "base/scope.h"
#include "base/text.h"

struct deflate;

/** deflate_new - of the highest level; free with deflate_free(). */
struct deflate *deflate_new(void);
void deflate_free(struct deflate *deflate);

/**
 * deflate_gzip - append @bytes to @out as one gzip member without name and time.
 *
 * Return: 0; -E2BIG when the result would not fit @out, which is then unchanged.
 */
int deflate_gzip(struct deflate *deflate, struct slice bytes, struct text *out);

DEFINE_RELEASE(struct deflate *, deflate_free)

#endif
