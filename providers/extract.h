/*
 * extract - a user config out of a document that nobody vouches for.
 *
 * Owns: the worker in which it is looked for, and what it hands over.
 * Leaves to others: reading the document, what it looks like (the providers).
 */
#ifndef SLIPWAY_PROVIDERS_EXTRACT_H
#define SLIPWAY_PROVIDERS_EXTRACT_H

#include "providers/provider.h"

/*
 * Finds a text in @document; in a worker, so it may look at nothing else.
 * @ret: appended to; nothing when there is none
 */
typedef int extractor(struct slice document, struct text *ret, struct error *err);

/**
 * extract - replace @config, a document, by what @find finds in it; nothing is an empty config.
 *
 * Return: 0; what @find returned; ERROR_INPUT when the worker died of the document.
 */
int extract(extractor *find, struct provider_config *config, struct error *err);

#endif
