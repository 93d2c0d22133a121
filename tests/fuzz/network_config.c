/* network_config - addresses are parts of the document, without a prefix length, each of its
 * family. */
#include "providers/network_config.h"

#include "fuzz.h"

static void check(const struct static_addresses *found)
{
	FUZZ_REQUIRE(!found->ipv4.length || !memchr(found->ipv4.data, ':', found->ipv4.length));
	FUZZ_REQUIRE(!found->ipv6.length || memchr(found->ipv6.data, ':', found->ipv6.length));
	FUZZ_REQUIRE(!found->ipv4.length || !memchr(found->ipv4.data, '/', found->ipv4.length));
	FUZZ_REQUIRE(!found->ipv6.length || !memchr(found->ipv6.data, '/', found->ipv6.length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = { (const char *)data, size };
	AUTO(fields_done) struct fields fields = { .source = NULL };

	if (fields_of_yaml(text, "the input", &fields, /* err= */ NULL) < 0)
		return 0;

	struct place top = fields_top(&fields);
	struct static_addresses found = network_config_addresses(top, NETWORK_FIRST_STATIC);

	check(&found);
	found = network_config_addresses(top, NETWORK_FIRST_LAST_WINS);
	check(&found);
	found = network_data_addresses(top);
	check(&found);
	return 0;
}
