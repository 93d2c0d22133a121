/*
 * metadata_json - the flat JSON object that a metadata service answers with.
 */
#ifndef SLIPWAY_FETCH_METADATA_JSON_H
#define SLIPWAY_FETCH_METADATA_JSON_H

#include "base/error.h"
#include "base/text.h"

struct metadata_json;

/**
 * metadata_json_parse - @text, borrowed by the result.
 *
 * Return: 0; -EINVAL (ERROR_INPUT); what the text says is not in the message.
 */
int metadata_json_parse(struct slice text, struct metadata_json **ret, struct error *err);
void metadata_json_free(struct metadata_json *json);

/**
 * metadata_json_get - the string or number that is called @name; absent when there is none, and
 * for a string with a control character, which could not be sent on.
 */
struct slice metadata_json_get(struct metadata_json *json, const char *name);

DEFINE_RELEASE(struct metadata_json *, metadata_json_free)

#endif
