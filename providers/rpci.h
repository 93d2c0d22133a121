/*
 * rpci - requests of a VMware guest to its host, and their replies (spec providers 3.4).
 *
 * Owns: channels, both bandwidths, what a reply may be.  guestinfo is what the host and the guest
 * may both write; a guest cannot delete a key.
 */
#ifndef SLIPWAY_PROVIDERS_RPCI_H
#define SLIPWAY_PROVIDERS_RPCI_H

#include "base/error.h"
#include "base/text.h"
#include "providers/backdoor.h"

/* What a host may be configured to take; its default is 64 KiB. */
#define RPCI_BYTES_MAX ((size_t)1 << 20)

/**
 * rpci_call - send @request, and append the reply to @ret.
 *
 * Return: 0, with "1 …" or "0 …" in @ret; -EPROTO (ERROR_SYSTEM) when the host does not follow the
 * protocol; -EFBIG (ERROR_INPUT) for more than RPCI_BYTES_MAX.
 */
int rpci_call(const struct backdoor *port, struct slice request, struct text *ret,
	      struct error *err);

/**
 * guestinfo_get - the value of "guestinfo.<key>".
 * @ret: NUL-terminated, freed with free(); @ret_length may be NULL
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when there is none; -EPERM (ERROR_SYSTEM) when the host
 * refuses; as rpci_call().
 */
int guestinfo_get(const struct backdoor *port, const char *key, char **ret, size_t *ret_length,
		  struct error *err);

/** guestinfo_set - set it, and read it back.  Return: 0; -EPERM (ERROR_SYSTEM) when it did not. */
int guestinfo_set(const struct backdoor *port, const char *key, struct slice value,
		  struct error *err);

#endif
