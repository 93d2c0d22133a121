/*
 * values - what strings of a CoreOS cloud-config may be.
 *
 * Owns: the regular expressions of spec configs 1.7, as words and small parsers, and the decoding
 * of contents.
 */
#ifndef SLIPWAY_CONFIG_CLOUD_CONFIG_VALUES_H
#define SLIPWAY_CONFIG_CLOUD_CONFIG_VALUES_H

#include "base/error.h"
#include "base/text.h"

enum cloud_value {
	CLOUD_VALUE_ANY,
	CLOUD_VALUE_PROXY,
	CLOUD_VALUE_WINDOW_START,
	CLOUD_VALUE_WINDOW_LENGTH,
	CLOUD_VALUE_STRATEGY,
	CLOUD_VALUE_COMMAND,
	CLOUD_VALUE_PERMISSIONS,
	CLOUD_VALUE_ENCODING,
	CLOUD_VALUE_COUNT,
};

/** cloud_value_is_valid - whether @text may be a @value; the empty text always is. */
bool cloud_value_is_valid(enum cloud_value value, struct slice text);

/**
 * cloud_value_decode - append what @content stands for in @encoding, "gz+base64".
 *
 * Return: 0; -EINVAL (ERROR_INPUT) in upstream's words; -EFBIG beyond the ceiling of @out.
 */
int cloud_value_decode(struct slice content, struct slice encoding, struct text *out,
		       struct error *err);

#endif
