/*
 * dialect - one way to read a text of any dialect.
 *
 * Owns: which front end a dialect has, and texts that begin with a gzip header, one layer of it.
 * Leaves to others: which dialect a text is in (sniff), what a front end asks for (supplies).
 */
#ifndef SLIPWAY_CONFIG_DIALECT_H
#define SLIPWAY_CONFIG_DIALECT_H

#include "config/front_end.h"
#include "config/sniff.h"

/** dialect_front_end - that of @dialect; NULL: it has none, as Ignition itself. */
const struct front_end *dialect_front_end(enum dialect dialect);

/**
 * dialect_unpack - @source, or what is in it when it is compressed; in @pool.
 *
 * Return: 0; -EINVAL, -EFBIG (ERROR_INPUT).
 */
int dialect_unpack(struct config_pool *pool, const struct source **source, struct error *err);

/**
 * dialect_read - a text of @dialect as a config of the newest version.
 * @flags: enum config_parse_flag, for Ignition
 *
 * Return: as config_parse(); as the front end's lower(); -EOPNOTSUPP (ERROR_UNSUPPORTED) for a
 * dialect that nothing here understands.
 */
int dialect_read(const struct front_end_input *input, enum dialect dialect, unsigned flags,
		 struct lowered *ret, struct error *err);

#endif
