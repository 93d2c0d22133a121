#include "fetch/privileged_port.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/socket.h>

#define PORTS (PRIVILEGED_PORT_LAST - PRIVILEGED_PORT_FIRST + 1)

static int bind_to(int fd, int family, in_port_t port)
{
	const struct sockaddr_in ipv4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	const struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int r = family == AF_INET ? bind(fd, (const struct sockaddr *)&ipv4, sizeof(ipv4))
				  : bind(fd, (const struct sockaddr *)&ipv6, sizeof(ipv6));

	return r < 0 ? -errno : 0;
}

int privileged_port_bind(int fd, int family)
{
	uint16_t start = 0;
	int r = -EADDRINUSE;

	if (family != AF_INET && family != AF_INET6)
		return -EAFNOSUPPORT;
	/* Where to start need not be a secret: without randomness it is the first. */
	if (getrandom(&start, sizeof(start), GRND_NONBLOCK) < 0)
		start = 0;
	for (unsigned i = 0; i < PORTS && r == -EADDRINUSE; i++)
		r = bind_to(fd, family, (in_port_t)(PRIVILEGED_PORT_FIRST + (start + i) % PORTS));
	return r;
}
