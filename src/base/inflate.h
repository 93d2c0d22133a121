/*
 * inflate - a gzip file in memory as the bytes that were compressed.
 *
 * Owns: the decompressor and its ceiling.  Streams that come from outside are src/fetch's.
 */
#ifndef SLIPWAY_BASE_INFLATE_H
#define SLIPWAY_BASE_INFLATE_H

#include "base/error.h"
#include "base/text.h"

/**
 * inflate_gzip - append what is in @bytes, one or more whole gzip members, to @out.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it is no gzip file; -EFBIG (ERROR_INPUT) when more comes
 * out than @out may hold.
 */
int inflate_gzip(struct slice bytes, struct text *out, struct error *err);

#endif
