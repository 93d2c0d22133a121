/*
 * url - take a URL apart as Go's net/url does, so that the same texts are valid.
 */
#ifndef SLIPWAY_BASE_URL_H
#define SLIPWAY_BASE_URL_H

#include "base/error.h"
#include "base/text.h"

/* Parts are slices of the parsed text, still percent-encoded; absent parts have data NULL. */
struct url {
	struct slice scheme;   /* as written; compare without case */
	struct slice opaque;   /* rest of "scheme:rest" without slashes: data and arn URLs */
	struct slice userinfo; /* before '@' */
	struct slice host;     /* with brackets and port */
	struct slice path;
	struct slice query; /* without '?' */
	struct slice fragment;
};

/**
 * url_parse - split and check @text by the rules of Go's url.Parse: control characters, spaces in
 * hosts, bad escapes, a colon in the first path segment and bad ports are errors.
 *
 * Return: 0; -EINVAL (ERROR_INPUT).
 */
int url_parse(struct slice text, struct url *ret, struct error *err);

/** url_query_get - raw value of the first parameter @name; absent if there is none. */
struct slice url_query_get(const struct url *url, const char *name);

/** url_append_unescaped - @part with its percent escapes undone.  Return: as text_append(). */
int url_append_unescaped(struct text *out, struct slice part);

/** url_append_escaped - @text as one segment of a path.  Return: as text_append(). */
int url_append_escaped(struct text *out, struct slice text);

/** url_append_printable - the URL as logs may show it: no user info, no query, data: cut short. */
int url_append_printable(struct text *out, struct slice text);

#endif
