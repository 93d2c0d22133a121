/*
 * content_range - which bytes of a resource an answer holds (RFC 9110, 14.4).  Pure.
 */
#ifndef SLIPWAY_FETCH_CONTENT_RANGE_H
#define SLIPWAY_FETCH_CONTENT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct content_range {
	uint64_t first;
	uint64_t last; /* inclusive */
	bool is_sized; /* total is known */
	uint64_t total;
};

/**
 * content_range_parse - the value of a Content-Range header, as "bytes 100-199/200".
 *
 * Return: whether it is one of bytes that makes sense: first <= last < total.
 */
bool content_range_parse(struct slice value, struct content_range *ret);

#endif
