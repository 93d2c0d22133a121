/* Static addresses in the three shapes that drives have them in. */
#include "providers/network_config.h"

#include "base/alloc.h"
#include "tap.h"

enum shape { SHAPE_FIRST, SHAPE_LAST, SHAPE_DATA };

#define V1 "version: 1\nconfig:\n"
#define TWO                                                                                        \
	V1 "- type: physical\n  subnets: [{address: 10.0.0.1/8}, {address: 10.0.0.2},"             \
	   " {address: 'fd00::1/64'}, {address: 'fd00::2'}]\n"

static const struct {
	const char *label, *text;
	enum shape shape;
	const char *ipv4, *ipv6;
} rows[] = {
	{ "version 1: the first of each family", TWO, SHAPE_FIRST, "10.0.0.1", "fd00::1" },
	{ "version 1: the last of each family", TWO, SHAPE_LAST, "10.0.0.2", "fd00::2" },
	{ "version 1: the first link that has one",
	  V1 "- {type: physical, subnets: [{type: dhcp}]}\n"
	     "- {type: physical, subnets: [{address: 10.0.0.9}]}\n",
	  SHAPE_FIRST, "10.0.0.9", NULL },
	{ "version 1: or the first link alone",
	  V1 "- {type: physical, subnets: [{type: dhcp}]}\n"
	     "- {type: physical, subnets: [{address: 10.0.0.9}]}\n",
	  SHAPE_LAST, NULL, NULL },
	{ "version 1: no links but physical ones",
	  V1 "- {type: bond, subnets: [{address: 10.0.0.1}]}\n", SHAPE_FIRST, NULL, NULL },
	{ "version 2", "version: 2\nethernets: {a: {addresses: [10.0.0.1/8, 'fd00::1/64']}}\n",
	  SHAPE_FIRST, "10.0.0.1", "fd00::1" },
	{ "version 2 one level down",
	  "network: {version: 2, ethernets: {a: {addresses: [10.0.0.1]}}}", SHAPE_FIRST, "10.0.0.1",
	  NULL },
	{ "OpenStack's: of the first link that has one",
	  "{\"networks\": [{\"link\": \"a\"}, {\"link\": \"b\", \"ip_address\": \"10.0.0.1/8\"},"
	  " {\"link\": \"c\", \"ip_address\": \"fd00::1\"}, {\"link\": \"b\", \"ip_address\": "
	  "\"fd00::2\"}]}",
	  SHAPE_DATA, "10.0.0.1", "fd00::2" },
	{ "nothing", "{}", SHAPE_FIRST, NULL, NULL },
	{ "lists where objects belong", "[[]]", SHAPE_FIRST, NULL, NULL },
	{ "texts where lists belong", "version: 1\nconfig: x\n", SHAPE_FIRST, NULL, NULL },
	{ "nothing of OpenStack's", "networks: 5", SHAPE_DATA, NULL, NULL },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(fields_done) struct fields fields = { .source = NULL };

		tap_int(fields_of_yaml(slice_of(rows[i].text), "the test", &fields, NULL), 0,
			rows[i].label);

		struct place top = fields_top(&fields);
		struct static_addresses got =
			rows[i].shape == SHAPE_DATA
				? network_data_addresses(top)
				: network_config_addresses(top, rows[i].shape == SHAPE_FIRST
									? NETWORK_FIRST_STATIC
									: NETWORK_FIRST_LAST_WINS);
		AUTO_FREE char *ipv4 = got.ipv4.length ? slice_dup(got.ipv4) : NULL;
		AUTO_FREE char *ipv6 = got.ipv6.length ? slice_dup(got.ipv6) : NULL;

		tap_str(ipv4, rows[i].ipv4, rows[i].label);
		tap_str(ipv6, rows[i].ipv6, rows[i].label);
	}
	return tap_done();
}
