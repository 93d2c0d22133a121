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

#endif
