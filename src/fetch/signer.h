/*
 * signer - header lines that are made anew for each attempt of a request, because they go stale.
 */
#ifndef SLIPWAY_FETCH_SIGNER_H
#define SLIPWAY_FETCH_SIGNER_H

#include "base/error.h"
#include "base/text.h"

struct signer {
	/* Append "Name: value\n" for each line; none of them is ever shown. */
	int (*sign)(const struct signer *signer, struct text *lines, struct error *err);
	const void *context; /* the signer's own; borrowed */
};

/* Ceiling of all lines; session tokens are the longest, at 2 KiB or so. */
#define SIGNER_LINES_MAX ((size_t)32 << 10)

#endif
