/*
 * dataurl - RFC 2397 "data:" URLs by the grammar of spec ignition 5.4.
 */
#ifndef SLIPWAY_BASE_DATAURL_H
#define SLIPWAY_BASE_DATAURL_H

#include "base/content.h"
#include "base/error.h"
#include "base/text.h"

struct dataurl {
	bool is_base64;
	struct slice media_type; /* "text/plain" when the URL gives none */
	struct slice data;	 /* still encoded; borrowed from the URL */
};

/**
 * dataurl_parse - check a whole URL, its data included, without decoding it into memory.
 * @ret: may be NULL
 *
 * Return: 0; -EINVAL with the text that upstream's validator prints (ERROR_INPUT).
 */
int dataurl_parse(struct slice url, struct dataurl *ret, struct error *err);

/**
 * dataurl_decode - bytes of a URL that dataurl_parse() took apart.
 * @ret: freed with free(), NUL-terminated
 *
 * Return: 0; -EINVAL when @url->data is not what dataurl_parse() accepts.
 */
int dataurl_decode(const struct dataurl *url, unsigned char **ret, size_t *ret_length,
		   struct error *err);

/**
 * dataurl_deliver - the same bytes piece by piece, in little memory.
 *
 * Return: as dataurl_decode(); what @sink returned.
 */
int dataurl_deliver(const struct dataurl *url, struct content_sink *sink, struct error *err);

#endif
