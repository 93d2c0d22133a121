/*
 * cache - the rendered user config between stages, and beside it where each part came from.
 *
 * Owns: the cache file with upstream's bytes and mode (spec ignition 1.7), and the origins file:
 * one line with the key of the provisioning, then what config_encode_origins() writes, mode 0600.
 */
#ifndef SLIPWAY_IGNITION_CACHE_H
#define SLIPWAY_IGNITION_CACHE_H

#include "base/error.h"
#include "ignition/acquire.h"

#define CACHE_PATH_DEFAULT	   "/run/ignition.json"
#define CACHE_ORIGINS_PATH_DEFAULT "/run/slipway/origin"

/** cache_write - both files, each whole or not there; /run does not outlive the power anyway. */
int cache_write(const char *path, const struct acquired *acquired, struct error *err);

/**
 * cache_read - what cache_write() wrote.  Without the origins file messages have no positions, and
 * the key is the SHA-512 of the cache itself.
 * @pool: owns the config; the mapped cache lives as long as the process
 *
 * Return: 0; -ENOENT; -EINVAL.
 */
int cache_read(const char *path, struct config_pool *pool, struct acquired *ret, struct error *err);

#endif
