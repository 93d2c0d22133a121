/*
 * encoding - user configs that a platform hands out encoded.
 */
#ifndef SLIPWAY_PROVIDERS_ENCODING_H
#define SLIPWAY_PROVIDERS_ENCODING_H

#include "providers/provider.h"

/**
 * encoding_decode_base64 - replace the bytes of @config by what they encode; white space around
 * them is ignored.
 *
 * Return: 0; -EINVAL (ERROR_INPUT).
 */
int encoding_decode_base64(struct provider_config *config, struct error *err);

/**
 * encoding_decode_gzip - likewise.
 *
 * Return: 0; -EINVAL, -EFBIG (ERROR_INPUT) beyond PROVIDER_CONFIG_MAX.
 */
int encoding_decode_gzip(struct provider_config *config, struct error *err);

/** encoding_gunzip - the same where the bytes begin as gzip does; others stay as they are. */
int encoding_gunzip(struct provider_config *config, struct error *err);

/**
 * encoding_decode - undo the encoding of that @name, as VMware's guests call them: "", "b64",
 * "base64", "gz", "gzip", and "gz+b64" with any of these words.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for another name too.
 */
int encoding_decode(struct provider_config *config, const char *name, struct error *err);

#endif
