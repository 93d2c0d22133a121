#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define V4_BYTES 4

static const unsigned char mapped_prefix[ADDRESS_BYTES - V4_BYTES] = { [10] = 0xff, [11] = 0xff };

static void set_v4(struct address *ret, const void *bytes)
{
	memcpy(ret->bytes, mapped_prefix, sizeof(mapped_prefix));
	memcpy(ret->bytes + sizeof(mapped_prefix), bytes, V4_BYTES);
	ret->is_v4 = true;
}

static void set_v6(struct address *ret, const void *bytes)
{
	memcpy(ret->bytes, bytes, ADDRESS_BYTES);
	ret->is_v4 = memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0;
}

void address_split_host(struct slice host, struct slice *ret_name, struct slice *ret_port)
{
	bool bracketed = slice_starts(host, "[");
	const char *end = bracketed ? memrchr(host.data, ']', host.length) : NULL;
	size_t search_from = end ? (size_t)(end - host.data) : 0;
	struct slice tail = slice_from(host, search_from);
	const char *colon = tail.length ? memrchr(tail.data, ':', tail.length) : NULL;
	struct slice name = host;

	*ret_port = (struct slice){ NULL, 0 };
	if (colon) {
		name.length = (size_t)(colon - host.data);
		*ret_port = slice_from(host, name.length + 1);
	}
	if (end)
		name = (struct slice){ host.data + 1, search_from - 1 };

	const char *zone = bracketed && name.length ? memchr(name.data, '%', name.length) : NULL;

	if (zone)
		name.length = (size_t)(zone - name.data);
	*ret_name = name;
}

bool address_parse(struct slice name, struct address *ret)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[ADDRESS_BYTES];

	if (name.length == 0 || name.length >= sizeof(text))
		return false;
	memcpy(text, name.data, name.length);
	text[name.length] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1)
		set_v4(ret, bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		set_v6(ret, bytes);
	else
		return false;
	return true;
}

bool address_of_socket(const struct sockaddr *address, struct address *ret)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (address->sa_family) {
	case AF_INET:
		memcpy(&v4, address, sizeof(v4));
		set_v4(ret, &v4.sin_addr);
		return true;
	case AF_INET6:
		memcpy(&v6, address, sizeof(v6));
		set_v6(ret, &v6.sin6_addr);
		return true;
	default:
		return false;
	}
}

bool address_has_prefix(const struct address *address, const struct address *prefix, unsigned bits)
{
	unsigned whole = bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(address->bytes, prefix->bytes, whole) != 0)
		return false;
	return rest == 0 || (address->bytes[whole] ^ prefix->bytes[whole]) >> (8 - rest) == 0;
}

/* A network of the tables below. */
struct network {
	const char *address;
	unsigned bits; /* of the 128 */
};

static bool is_in(const struct address *address, const struct network *networks, size_t count)
{
	struct address prefix;

	for (size_t i = 0; i < count; i++)
		if (address_parse(slice_of(networks[i].address), &prefix) &&
		    address_has_prefix(address, &prefix, networks[i].bits))
			return true;
	return false;
}

bool address_is_loopback(const struct address *address)
{
	static const struct network networks[] = {
		{ "127.0.0.0", ADDRESS_V4_PREFIX + 8 },
		{ "::1", 8 * ADDRESS_BYTES },
	};

	return is_in(address, networks, ARRAY_SIZE(networks));
}

bool address_is_link_local(const struct address *address)
{
	static const struct network networks[] = {
		{ "169.254.0.0", ADDRESS_V4_PREFIX + 16 },
		{ "fe80::", 10 },
		{ "fd00:ec2::", 32 },
	};

	return is_in(address, networks, ARRAY_SIZE(networks));
}
