/*
 * crypt_key - the file with the key of an encrypted device, as the system opens it at boot.
 *
 * Owns: what /etc/crypttab says of a device, and where else its key is looked for (crypttab(5)).
 */
#ifndef SLIPWAY_RESIZE_CRYPT_KEY_H
#define SLIPWAY_RESIZE_CRYPT_KEY_H

#include "base/machine.h"

/**
 * crypt_key_path - of the device @name.
 *
 * Return: freed with free(); NULL when it is opened in another way: by a passphrase, a token, a key
 * on another device, or a part of a file.
 */
char *crypt_key_path(const struct machine *machine, const char *name);

#endif
