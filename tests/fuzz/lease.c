/* lease - whatever a lease file says, a server's address is an address of a neighbour, or none. */
#include "providers/lease.h"

#include <arpa/inet.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	AUTO_FREE char *found = lease_server_in(text, "SERVER_ADDRESS=");
	struct in_addr address;

	if (!found)
		return 0;
	FUZZ_REQUIRE(inet_pton(AF_INET, found, &address) == 1);

	uint32_t first = ntohl(address.s_addr) >> 24;

	FUZZ_REQUIRE(first != 0 && first != 127 && first < 224);
	return 0;
}
