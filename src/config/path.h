/*
 * path - the lexical path functions of Go's package path, because validators compare with them.
 *
 * Owns: arithmetic on slashes and dots.  Nothing here looks at a file system.
 */
#ifndef SLIPWAY_CONFIG_PATH_H
#define SLIPWAY_CONFIG_PATH_H

#include <stdbool.h>

#include "base/text.h"

/** path_is_absolute - whether @path begins with a slash. */
bool path_is_absolute(struct slice path);

/** path_is_clean - whether path_clean() would leave the absolute @path as it is. */
bool path_is_clean(struct slice path);

/**
 * path_clean - append the shortest equivalent of @path: single slashes, no ".", no "name/..", no
 * "/.." at the root, no slash at the end; "." for nothing.
 *
 * Return: 0; -E2BIG, @out unchanged.
 */
int path_clean(struct text *out, struct slice path);

/** path_join - append the clean form of @base "/" @name; empty ones are left out, "" for none. */
int path_join(struct text *out, struct slice base, struct slice name);

/** path_extension - from the last dot of the last component on; empty when it has none. */
struct slice path_extension(struct slice path);

#endif
