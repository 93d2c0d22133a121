/*
 * lease - what the DHCP server said (spec providers 3.3).
 *
 * Owns: the lease files of systemd-networkd, NetworkManager and dhclient, and which one counts.
 */
#ifndef SLIPWAY_PROVIDERS_LEASE_H
#define SLIPWAY_PROVIDERS_LEASE_H

#include "base/error.h"
#include "base/machine.h"
#include "base/text.h"

/**
 * lease_find_server - address of the DHCP server, as of now.
 * @ret: four decimal numbers; freed with free()
 *
 * A server that is no neighbour is not believed: loopback, multicast, the unspecified address.
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when no lease names one.
 */
int lease_find_server(const struct machine *machine, char **ret, struct error *err);

/**
 * lease_server_in - the last address behind @word in the text of a lease file; freed with free();
 * NULL when there is none that may be a server.
 */
char *lease_server_in(struct slice text, const char *word);

#endif
