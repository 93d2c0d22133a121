/*
 * express - whether an older version of the spec can say what a config says, and its text there.
 *
 * Owns: the way down from the newest version: which members an older one lacks, which values it
 * does not allow.  Leaves to others: the way up (translate), the writing itself (encode).
 */
#ifndef SLIPWAY_CONFIG_EXPRESS_H
#define SLIPWAY_CONFIG_EXPRESS_H

#include "config/encode.h"

/**
 * express_check - add an error for each member and value of @config that @version cannot say.
 * @config: of the newest version
 * @report: entries have paths in Ignition's names, and origins where somebody wrote them; what the
 *	rules of @version warn of is in it too
 *
 * Return: whether @version can say it all.
 */
bool express_check(const struct config *config, enum spec_version version, struct report *report);

/**
 * express_encode - write @config as a text of @version, whatever of it that has.
 * @flags: enum encode_flag
 *
 * Return: 0 or what the sink returned.
 */
int express_encode(const struct config *config, enum spec_version version, unsigned flags,
		   struct content_sink *sink, struct error *err);

#endif
