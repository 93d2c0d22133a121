/*
 * hostname - the host name that a platform gives, as a file (spec providers 4.19).
 */
#ifndef SLIPWAY_METADATA_HOSTNAME_H
#define SLIPWAY_METADATA_HOSTNAME_H

#include "base/error.h"
#include "base/text.h"

/** hostname_shorten - @name as the kernel takes it: beyond 64 bytes only its first label. */
struct slice hostname_shorten(const char *name);

/** hostname_write - /etc/hostname or another file, replaced durably. */
int hostname_write(const char *path, const char *name, struct error *err);

#endif
