/*
 * credentials - systemd's credentials, as whoever starts a machine hands them over: strings of
 * SMBIOS type 11, files of QEMU's firmware device, or what systemd made of either.
 *
 * Owns: finding one by its name.
 */
#ifndef SLIPWAY_PROVIDERS_CREDENTIALS_H
#define SLIPWAY_PROVIDERS_CREDENTIALS_H

#include "base/error.h"
#include "base/machine.h"

/**
 * credentials_find - the bytes of the credential @name.
 * @ret: NUL-terminated, freed with free(); NULL only checks
 * @ret_where: where it was found, freed with free(); NULL drops it
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND); -EINVAL (ERROR_INPUT) for one that is not in the base64 it
 * announces.
 */
int credentials_find(const struct machine *machine, const char *name, char **ret,
		     size_t *ret_length, char **ret_where, struct error *err);

#endif
