/*
 * locate - who wrote what a path of a config leads to.
 *
 * Owns: the walk from a path in a report ("$.storage.files.0.mode") down a typed config to the
 * deepest object on it that has an origin.  It serves configs that no text is the text of: merged
 * ones, and those that other dialects were lowered to.
 * Leaves to others: configs that were decoded from one text (positions).
 */
#ifndef SLIPWAY_CONFIG_LOCATE_H
#define SLIPWAY_CONFIG_LOCATE_H

#include "config/schema.h"

/**
 * locate_origin - where the deepest object on @path that somebody wrote is.
 * @version: whose names @path has
 * @ret_rest: the steps below that object (".contents.source"); points into @path; may be NULL
 *
 * Return: an origin; its source is NULL when nobody wrote anything on the path.
 */
struct origin locate_origin(const struct config *config, enum spec_version version,
			    const char *path, const char **ret_rest);

/** locate_entries - set the origin of the entries from @first on that have none. */
void locate_entries(const struct config *config, enum spec_version version, struct report *report,
		    size_t first);

#endif
