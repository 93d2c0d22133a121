/*
 * merge - one config over another (spec ignition 4.2), driven by the schema tables.
 */
#ifndef SLIPWAY_CONFIG_MERGE_H
#define SLIPWAY_CONFIG_MERGE_H

#include "config/pool.h"
#include "config/schema.h"

/**
 * config_merge - @child over @parent, both of the newest version.
 *
 * Return: a config in @pool that shares strings and untouched lists with both; origins are those of
 * whichever side an object or element came from, the child's where both had it.
 */
const struct config *config_merge(struct config_pool *pool, const struct config *parent,
				  const struct config *child);

#endif
