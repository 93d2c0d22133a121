/*
 * encode - a config as JSON, byte for byte as upstream writes its cache (spec ignition 10.1), and
 * the origins that go beside it.
 */
#ifndef SLIPWAY_CONFIG_ENCODE_H
#define SLIPWAY_CONFIG_ENCODE_H

#include "base/content.h"
#include "config/pool.h"
#include "config/schema.h"

enum encode_flag {
	ENCODE_INDENT = 1 << 0,	    /* two spaces, as upstream's dumps; else compact */
	ENCODE_OMIT_EMPTY = 1 << 2, /* no objects without members, as transpilers write */
	ENCODE_REDACT = 1 << 1, /* fields marked secret and the payload of data URLs are masked */
};

/**
 * config_encode - write @config to @sink in pieces; no trailing newline.
 *
 * Return: 0 or what the sink returned.
 */
int config_encode(const struct config *config, unsigned flags, struct content_sink *sink,
		  struct error *err);

/**
 * config_encode_at - as config_encode(), with the members that @version has, in its forms.
 * What @version cannot say is left out: config/express tells whether there is any such.
 */
int config_encode_at(const struct config *config, enum spec_version version, unsigned flags,
		     struct content_sink *sink, struct error *err);

/**
 * config_encode_origins - where each object of @config came from: one line per object, in the order
 * of the walk: "<path>\t<line>\t<column>\t<source name>\n".
 */
int config_encode_origins(const struct config *config, struct content_sink *sink,
			  struct error *err);

/**
 * config_load_origins - put the origins written by config_encode_origins() back into @config.
 * A text that does not fit the config is ignored from the first line that differs: origins are for
 * messages only.
 */
void config_load_origins(struct config_pool *pool, const struct config *config, struct slice text);

#endif
