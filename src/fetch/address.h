/*
 * address - hosts of URLs as addresses, and which of them are special.
 *
 * Pure: names are not looked up.
 */
#ifndef SLIPWAY_FETCH_ADDRESS_H
#define SLIPWAY_FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/text.h"

/* An IPv4 address is kept as the IPv6 address that stands for it (RFC 4291, 2.5.5.2). */
#define ADDRESS_BYTES	  16
#define ADDRESS_V4_PREFIX 96

struct address {
	unsigned char bytes[ADDRESS_BYTES];
	bool is_v4;
};

/**
 * address_split_host - the host of a URL as name (without brackets and zone) and port.
 * @ret_port: absent when there is none
 */
void address_split_host(struct slice host, struct slice *ret_name, struct slice *ret_port);

/** address_parse - @name as an address; whether it is one. */
bool address_parse(struct slice name, struct address *ret);
/** address_of_socket - the address of @address; whether it is one of IP. */
bool address_of_socket(const struct sockaddr *address, struct address *ret);

/** address_has_prefix - whether the first @bits of both are the same. */
bool address_has_prefix(const struct address *address, const struct address *prefix, unsigned bits);
/** address_is_loopback - 127.0.0.0/8, ::1. */
bool address_is_loopback(const struct address *address);
/** address_is_link_local - 169.254.0.0/16, fe80::/10, and fd00:ec2::/32, a cloud's metadata. */
bool address_is_link_local(const struct address *address);

#endif
