/* netconf_debian - /etc/network/interfaces, as much of it as spec configs 1.13 has. */
#include <errno.h>

#include "base/number.h"
#include "config/netconf.h"

#define VLAN_ID_MAX 4094
#define WORDS_MAX   64
/* Interfaces are compared with each other. */
#define INTERFACES_MAX 4096

/* The words of one line. */
struct words {
	struct slice items[WORDS_MAX];
	size_t count;
};

/* One "iface" while its lines are read. */
struct stanza {
	struct netconf_interface interface;
	struct slice address;
	struct slice netmask;
	struct slice gateway;
	struct slice raw_device;
	struct netconf_list slaves; /* struct slice */
	bool is_static;
};

struct reader {
	struct netconf *netconf;
	struct netconf_list stanzas; /* struct stanza */
};

static void split(struct slice line, struct words *ret)
{
	ret->count = 0;
	for (line = slice_trim(line); line.length && ret->count < WORDS_MAX;
	     line = slice_trim(line)) {
		size_t length = 0;

		while (length < line.length && line.data[length] != ' ' &&
		       line.data[length] != '\t')
			length++;
		ret->items[ret->count++] = (struct slice){ line.data, length };
		line = slice_from(line, length);
	}
}

/* An address to which a mask belongs, and the way to it. */
static void add_route(struct reader *reader, struct stanza *stanza, struct slice destination,
		      struct slice gateway)
{
	struct netconf_pair *route =
		netconf_add(reader->netconf->arena, &stanza->interface.routes, sizeof(*route));

	*route = (struct netconf_pair){ destination, gateway };
}

/* post-up route add [-net] 10.0.0.0 netmask 255.0.0.0 gw 10.1.1.1 [|| true] */
static void take_post_up(struct reader *reader, struct stanza *stanza, const struct words *words)
{
	struct slice destination = SLICE(""), netmask = SLICE(""), gateway = SLICE("");

	if (words->count < 4 || !slice_is(words->items[1], "route") ||
	    !slice_is(words->items[2], "add"))
		return;
	for (size_t i = 3; i < words->count; i++) {
		const bool has_next = i + 1 < words->count;

		if (slice_is(words->items[i], "-net"))
			continue;
		if (slice_is(words->items[i], "netmask") && has_next)
			netmask = words->items[++i];
		else if (slice_is(words->items[i], "gw") && has_next)
			gateway = words->items[++i];
		else if (destination.length == 0)
			destination = words->items[i];
	}
	if (netmask.length)
		destination = netconf_address(reader->netconf->arena, destination, netmask);
	if (destination.length && gateway.length)
		add_route(reader, stanza, destination, gateway);
}

/* Options of the bonding module, and what networkd calls them. */
static const struct bond_option {
	const char *name;
	const char *key;
	const char *unit; /* of its value */
} bond_options[] = {
	{ "bond-mode", "Mode", "" },
	{ "bond-miimon", "MIIMonitorSec", "ms" },
	{ "bond-lacp-rate", "LACPTransmitRate", "" },
};

static void take_bond_option(struct reader *reader, struct stanza *stanza, struct slice name,
			     struct slice value)
{
	struct arena *arena = reader->netconf->arena;
	struct netconf_pair *option;

	for (size_t i = 0; i < ARRAY_SIZE(bond_options); i++) {
		if (!slice_is(name, bond_options[i].name))
			continue;
		option = netconf_add(arena, &stanza->interface.options, sizeof(*option));
		option->name = slice_of(bond_options[i].key);
		option->value = slice_of(
			arena_printf(arena, "%.*s%s", SLICE_ARGS(value), bond_options[i].unit));
		stanza->interface.kind = NETCONF_BOND;
	}
}

static void take_option(struct reader *reader, struct stanza *stanza, const struct words *words)
{
	const struct {
		const char *name;
		struct slice *place;
	} places[] = {
		{ "address", &stanza->address },
		{ "netmask", &stanza->netmask },
		{ "gateway", &stanza->gateway },
		{ "vlan_raw_device", &stanza->raw_device },
	};
	const struct slice name = words->items[0];
	const struct slice value = words->count > 1 ? words->items[1] : SLICE("");

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (slice_is(name, places[i].name))
			*places[i].place = value;
	if (slice_is(name, "hwaddress") && slice_is(value, "ether") && words->count > 2)
		stanza->interface.mac = words->items[2];
	for (size_t i = 1; slice_is(name, "dns-nameservers") && i < words->count; i++)
		netconf_add_text(reader->netconf->arena, &stanza->interface.nameservers,
				 words->items[i]);
	if (slice_is(name, "post-up"))
		take_post_up(reader, stanza, words);
	for (size_t i = 1; slice_is(name, "bond-slaves") && i < words->count; i++) {
		stanza->interface.kind = NETCONF_BOND;
		if (!slice_is(words->items[i], "none"))
			netconf_add_text(reader->netconf->arena, &stanza->slaves, words->items[i]);
	}
	take_bond_option(reader, stanza, name, value);
}

static int begin_stanza(struct reader *reader, const struct words *words, struct error *err)
{
	static const char *const methods[] = { "static", "loopback", "manual", "dhcp" };
	const struct slice method = words->count > 3 ? words->items[3] : SLICE("");
	struct stanza *stanza;
	size_t i = 0;

	if (words->count < 4)
		return error_set(err, ERROR_INPUT, EINVAL, "incorrect number of attributes");
	while (i < ARRAY_SIZE(methods) && !slice_is(method, methods[i]))
		i++;
	if (i == ARRAY_SIZE(methods))
		return error_set(err, ERROR_INPUT, EINVAL, "invalid config method: \"%.*s\"",
				 SLICE_ARGS(method));
	if (reader->stanzas.count == INTERFACES_MAX)
		return error_set(err, ERROR_INPUT, E2BIG, "more than %d interfaces",
				 INTERFACES_MAX);
	stanza = netconf_add(reader->netconf->arena, &reader->stanzas, sizeof(*stanza));
	stanza->interface.name = words->items[1];
	stanza->is_static = slice_is(method, "static");
	stanza->interface.uses_dhcp = slice_is(method, "dhcp");
	return 0;
}

static struct stanza *last(const struct reader *reader)
{
	return (struct stanza *)reader->stanzas.items + reader->stanzas.count - 1;
}

/* "eth0.12" and "vlan12" say it by their names. */
static unsigned vlan_of(struct slice name)
{
	size_t start = name.length;
	uint64_t id = 0;

	while (start && name.data[start - 1] >= '0' && name.data[start - 1] <= '9')
		start--;

	const struct slice word = { name.data, start };

	if (start == name.length || !(slice_ends(word, ".") || slice_is(word, "vlan")) ||
	    number_parse_u64(slice_from(name, start), 1, VLAN_ID_MAX, &id) < 0)
		return 0;
	return (unsigned)id;
}

static int finish_stanza(struct reader *reader, struct stanza *stanza, struct error *err)
{
	struct netconf_interface *interface = &stanza->interface;
	struct slice address = SLICE("");

	if (stanza->is_static) {
		address = netconf_address(reader->netconf->arena, stanza->address, stanza->netmask);
		if (stanza->address.length == 0 || address.length == 0)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "malformed static network config for \"%.*s\"",
					 SLICE_ARGS(interface->name));
		netconf_add_text(reader->netconf->arena, &interface->addresses, address);
		if (stanza->gateway.length)
			add_route(reader, stanza, SLICE("0.0.0.0/0"), stanza->gateway);
	}
	interface->vlan_id = vlan_of(interface->name);
	if (interface->vlan_id)
		interface->kind = NETCONF_VLAN;
	else if (stanza->raw_device.length)
		return error_set(err, ERROR_INPUT, EINVAL, "malformed vlan config for \"%.*s\"",
				 SLICE_ARGS(interface->name));
	return 0;
}

/* @carrier, made when no stanza is about it, carries @carried. */
static void link_to(struct netconf *netconf, struct slice carrier, size_t carried)
{
	size_t index = netconf_find(netconf, carrier);
	struct netconf_interface *interface;

	if (index == netconf->interfaces.count) {
		interface = netconf_add(netconf->arena, &netconf->interfaces, sizeof(*interface));
		interface->name = carrier;
	}
	interface = (struct netconf_interface *)netconf->interfaces.items + carried;
	*(size_t *)netconf_add(netconf->arena, &interface->parents, sizeof(index)) = index;
}

static int build(struct reader *reader, struct error *err)
{
	struct netconf *netconf = reader->netconf;
	struct stanza *stanzas = reader->stanzas.items;
	int r = 0;

	for (size_t i = 0; r == 0 && i < reader->stanzas.count; i++) {
		r = finish_stanza(reader, &stanzas[i], err);
		if (!slice_is(stanzas[i].interface.name, "lo"))
			*(struct netconf_interface *)netconf_add(
				netconf->arena, &netconf->interfaces,
				sizeof(stanzas[i].interface)) = stanzas[i].interface;
	}
	for (size_t i = 0; r == 0 && i < reader->stanzas.count; i++) {
		const size_t index = netconf_find(netconf, stanzas[i].interface.name);
		const struct slice *slaves = stanzas[i].slaves.items;

		if (index == netconf->interfaces.count)
			continue;
		if (stanzas[i].raw_device.length)
			link_to(netconf, stanzas[i].raw_device, index);
		for (size_t k = 0; k < stanzas[i].slaves.count; k++)
			link_to(netconf, slaves[k], index);
	}
	return r;
}

static int take_line(struct reader *reader, const struct words *words, struct error *err)
{
	static const char *const others[] = { "mapping", "source", "source-directory" };

	if (slice_is(words->items[0], "auto"))
		return 0;
	if (slice_is(words->items[0], "iface"))
		return begin_stanza(reader, words, err);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (slice_is(words->items[0], others[i]))
			return error_set(err, ERROR_INPUT, EINVAL, "unknown stanza \"%s\"",
					 others[i]);
	if (reader->stanzas.count == 0 || slice_starts(words->items[0], "allow-"))
		return error_set(err, ERROR_INPUT, EINVAL, "unknown stanza \"%.*s\"",
				 SLICE_ARGS(words->items[0]));
	take_option(reader, last(reader), words);
	return 0;
}

int netconf_read_debian(struct slice text, struct netconf *ret, struct error *err)
{
	struct reader reader = { .netconf = ret };
	struct words words;
	int r = 0;

	while (r == 0 && text.length) {
		split(slice_take_line(&text), &words);
		if (words.count && words.items[0].data[0] != '#')
			r = take_line(&reader, &words, err);
	}
	return r < 0 ? r : build(&reader, err);
}
