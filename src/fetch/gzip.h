/*
 * gzip - a sink that decompresses what is written to it into another sink.
 *
 * Owns: the decoder's state, and what counts as a whole stream: one or more members, nothing else
 * before, between or behind them, as Go's gzip reader has it.  Leaves to others: how many bytes are
 * too many (the sink behind it says so).
 */
#ifndef SLIPWAY_FETCH_GZIP_H
#define SLIPWAY_FETCH_GZIP_H

#include "base/content.h"

struct gzip;

/** gzip_new - decompress into @next (borrowed); free with gzip_free(). */
struct gzip *gzip_new(struct content_sink *next);
void gzip_free(struct gzip *gzip);

/**
 * gzip_sink - where compressed bytes go; lives as long as @gzip.
 *
 * Its write returns 0; -EINVAL (ERROR_INPUT) when the bytes are not gzip; what the next sink
 * returned.
 */
struct content_sink *gzip_sink(struct gzip *gzip);

/** gzip_finish - there are no more bytes.  Return: 0; -EINVAL (ERROR_INPUT) when some are missing.
 */
int gzip_finish(const struct gzip *gzip, struct error *err);

DEFINE_RELEASE(struct gzip *, gzip_free)

#endif
