/*
 * crypt_key - the key of an encrypted device, as the system comes by it at boot.
 *
 * Owns: what /etc/crypttab says of a device, where else its key is looked for (crypttab(5)), and
 * the calls of clevis.
 */
#ifndef SLIPWAY_RESIZE_CRYPT_KEY_H
#define SLIPWAY_RESIZE_CRYPT_KEY_H

#include <stdbool.h>

#include "base/event.h"
#include "base/machine.h"
#include "disk/luks_key.h"

/**
 * crypt_key_path - of the device @name.
 *
 * Return: freed with free(); NULL when it is opened in another way: by a passphrase, a token, a key
 * on another device, or a part of a file.
 */
char *crypt_key_path(const struct machine *machine, const char *name);

/**
 * crypt_key_ask_clevis - what the LUKS volume on @node is bound to gives the key.
 * @ret: shown (luks_key_show()); release with luks_key_done()
 *
 * Return: whether it did; not where clevis is not installed, the volume is not bound, or a server
 * does not answer.
 */
bool crypt_key_ask_clevis(const char *node, const struct event_observer *observer,
			  struct luks_key *ret);

#endif
