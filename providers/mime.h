/*
 * mime - a part of a multipart message (RFC 2046), as vendor-data is on some platforms.
 *
 * Owns: the subset that cloud-init's writers produce: one level, parts as they are or in base64.
 * Made for workers.
 */
#ifndef SLIPWAY_PROVIDERS_MIME_H
#define SLIPWAY_PROVIDERS_MIME_H

#include "base/error.h"
#include "base/text.h"

/**
 * mime_find_part - body of the first part of @type in @message.
 * @type: "text/cloud-config"
 * @ret: appended to; nothing when there is no such part
 *
 * A message that is not multipart has no parts.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) for a part that is not in the base64 it announces; -E2BIG
 * beyond the ceiling of @ret.
 */
int mime_find_part(struct slice message, const char *type, struct text *ret, struct error *err);

#endif
