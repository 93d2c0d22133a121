/*
 * keyring - public keys of OpenPGP as gpgv reads them.
 *
 * Owns: taking the armour off (RFC 4880, 6.2): gpgv reads keys without only, and people keep them
 * with.
 */
#ifndef SLIPWAY_INSTALLER_KEYRING_H
#define SLIPWAY_INSTALLER_KEYRING_H

#include "base/error.h"
#include "base/text.h"

#define KEYRING_MAX ((size_t)4 << 20)

/**
 * keyring_load - the keys of the file @path, appended to @out.
 *
 * Return: 0; -ENOENT …; -EINVAL (ERROR_INPUT) when there is no key in it.
 */
int keyring_load(const char *path, struct text *out, struct error *err);

/** keyring_parse - the same from bytes; @path names them in messages. */
int keyring_parse(struct slice bytes, const char *path, struct text *out, struct error *err);

#endif
