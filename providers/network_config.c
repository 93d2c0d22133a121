#include "providers/network_config.h"

static struct slice without_prefix(struct slice address)
{
	const char *slash = address.length ? memchr(address.data, '/', address.length) : NULL;

	return slash ? (struct slice){ address.data, (size_t)(slash - address.data) } : address;
}

static void note(struct static_addresses *found, struct slice address, enum network_choice choice)
{
	address = without_prefix(slice_trim(address));
	if (!address.length)
		return;

	struct slice *place =
		memchr(address.data, ':', address.length) ? &found->ipv6 : &found->ipv4;

	if (!place->length || choice == NETWORK_FIRST_LAST_WINS)
		*place = address;
}

static bool is_found(const struct static_addresses *found)
{
	return found->ipv4.length || found->ipv6.length;
}

/* {config: [{type: physical, subnets: [{address}]}]} */
static struct static_addresses of_version_1(struct place items, enum network_choice choice)
{
	struct static_addresses found = { .ipv4 = { NULL, 0 } };

	for (struct place item = place_first(items); item.is_present; item = place_next(item)) {
		struct place subnet = place_first(place_member(item, "subnets"));

		if (!slice_is(place_member_text(item, "type"), "physical"))
			continue;
		for (; subnet.is_present; subnet = place_next(subnet))
			note(&found, place_member_text(subnet, "address"), choice);
		if (is_found(&found) || choice == NETWORK_FIRST_LAST_WINS)
			break;
	}
	return found;
}

/* {ethernets: {eth0: {addresses: [a]}}} */
static struct static_addresses of_version_2(struct place links, enum network_choice choice)
{
	struct static_addresses found = { .ipv4 = { NULL, 0 } };

	for (struct place link = place_first(links); link.is_present; link = place_next(link)) {
		struct place address = place_first(place_member(link, "addresses"));

		for (; address.is_present; address = place_next(address))
			note(&found, place_text(address), choice);
		if (is_found(&found) || choice == NETWORK_FIRST_LAST_WINS)
			break;
	}
	return found;
}

struct static_addresses network_config_addresses(struct place top, enum network_choice choice)
{
	/* A netplan file has it all one level down. */
	struct place inner = place_member(top, "network");
	struct place network = inner.is_present ? inner : top;

	if (slice_is(place_member_text(network, "version"), "2"))
		return of_version_2(place_member(network, "ethernets"), choice);
	return of_version_1(place_member(network, "config"), choice);
}

struct static_addresses network_data_addresses(struct place top)
{
	struct static_addresses found = { .ipv4 = { NULL, 0 } };
	struct place network = place_first(place_member(top, "networks"));
	struct slice link = { NULL, 0 };

	for (; network.is_present; network = place_next(network)) {
		struct slice address = place_member_text(network, "ip_address");

		if (!address.length)
			continue;
		if (!link.data)
			link = place_member_text(network, "link");
		if (slice_equal(link, place_member_text(network, "link")))
			note(&found, address, NETWORK_FIRST_STATIC);
	}
	return found;
}
