#include "providers/link_service.h"

#include <ifaddrs.h>
#include <net/if.h>

#include "base/alloc.h"

#define SERVICE_IPV4 "http://169.254.169.254"
#define SERVICE_IPV6 "http://[fe80::a9fe:a9fe%%25%s]"

static bool has_base(const struct link_service *service, const char *base)
{
	for (size_t i = 0; service->bases[i]; i++)
		if (strcmp(service->bases[i], base) == 0)
			return true;
	return false;
}

static void add_links(struct link_service *service)
{
	struct ifaddrs *list = NULL;
	size_t count = 1;

	if (getifaddrs(&list) < 0)
		return;
	for (const struct ifaddrs *at = list; at && count < LINK_SERVICE_BASES_MAX;
	     at = at->ifa_next) {
		if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET6 ||
		    !(at->ifa_flags & IFF_UP) || (at->ifa_flags & IFF_LOOPBACK))
			continue;

		AUTO_FREE char *base = xasprintf(SERVICE_IPV6, at->ifa_name);

		if (!has_base(service, base))
			service->bases[count++] = take_ptr(&base);
	}
	freeifaddrs(list);
}

void link_service_init(struct link_service *ret, unsigned attempts_max)
{
	*ret = (struct link_service){ .bases = { SERVICE_IPV4 } };
	ret->rules = (struct metadata_service){ .bases = ret->bases, .attempts_max = attempts_max };
	add_links(ret);
}

void link_service_done(struct link_service *service)
{
	for (size_t i = 1; i < LINK_SERVICE_BASES_MAX && service->bases[i]; i++)
		free((void *)(uintptr_t)service->bases[i]);
}
