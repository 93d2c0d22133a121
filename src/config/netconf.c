#include "config/netconf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#define UNIT_TEXT_MAX ((size_t)1 << 20)
#define LIST_ROOM     4

void *netconf_add(struct arena *arena, struct netconf_list *list, size_t size)
{
	if (list->count == list->room) {
		const size_t room = list->room ? 2 * list->room : LIST_ROOM;
		void *items = arena_array(arena, room, size);

		if (list->count)
			memcpy(items, list->items, list->count * size);
		list->items = items;
		list->room = room;
	}
	return (char *)list->items + list->count++ * size;
}

void netconf_add_text(struct arena *arena, struct netconf_list *list, struct slice text)
{
	*(struct slice *)netconf_add(arena, list, sizeof(text)) = text;
}

static struct netconf_interface *at(const struct netconf *netconf, size_t index)
{
	return (struct netconf_interface *)netconf->interfaces.items + index;
}

size_t netconf_find(const struct netconf *netconf, struct slice name)
{
	size_t i = 0;

	while (i < netconf->interfaces.count && !slice_equal(at(netconf, i)->name, name))
		i++;
	return i;
}

/* "255.255.255.0" is 24; negative: no mask. */
static int mask_bits(struct slice netmask)
{
	AUTO_FREE char *text = slice_dup(netmask);
	struct in_addr mask;
	uint32_t bits;
	int count = 0;

	if (inet_pton(AF_INET, text, &mask) != 1)
		return -1;
	bits = ntohl(mask.s_addr);
	while (bits & 0x80000000u) {
		bits <<= 1;
		count++;
	}
	return bits ? -1 : count;
}

struct slice netconf_address(struct arena *arena, struct slice address, struct slice netmask)
{
	const int bits = mask_bits(netmask);

	if (bits < 0)
		return SLICE("");
	return slice_of(arena_printf(arena, "%.*s/%d", SLICE_ARGS(address), bits));
}

/* What @index carries: those whose parent it is. */
static bool carries(const struct netconf *netconf, size_t index, size_t other)
{
	const struct netconf_list *parents = &at(netconf, other)->parents;

	for (size_t i = 0; i < parents->count; i++)
		if (((const size_t *)parents->items)[i] == index)
			return true;
	return false;
}

/* The longest chain of what @index carries, by rounds: each can be raised once per interface. */
static int find_depths(const struct netconf *netconf, size_t *depths, struct error *err)
{
	const size_t count = netconf->interfaces.count;
	bool changed = true;

	for (size_t round = 0; changed; round++) {
		if (round > count)
			return error_set(err, ERROR_INPUT, ELOOP,
					 "network data: interfaces carry each other");
		changed = false;
		for (size_t i = 0; i < count; i++) {
			for (size_t k = 0; k < count; k++) {
				if (carries(netconf, i, k) && depths[i] < depths[k] + 1) {
					depths[i] = depths[k] + 1;
					changed = true;
				}
			}
		}
	}
	return 0;
}

static void append_match(const struct netconf_interface *interface, struct text *out)
{
	text_append_str(out, "[Match]\n");
	if (interface->name.length)
		text_printf(out, "Name=%.*s\n", SLICE_ARGS(interface->name));
	if (interface->mac.length)
		text_printf(out, "MACAddress=%.*s\n", SLICE_ARGS(interface->mac));
}

static void append_carried(const struct netconf *netconf, size_t index, struct text *out)
{
	for (size_t i = 0; i < netconf->interfaces.count; i++) {
		const struct netconf_interface *other = at(netconf, i);

		if (carries(netconf, index, i) && other->kind != NETCONF_PHYSICAL)
			text_printf(out, "%s=%.*s\n", other->kind == NETCONF_VLAN ? "VLAN" : "Bond",
				    SLICE_ARGS(other->name));
	}
}

static void append_texts(const struct netconf_list *list, const char *before, struct text *out)
{
	for (size_t i = 0; i < list->count; i++)
		text_printf(out, "%s%.*s\n", before,
			    SLICE_ARGS(((const struct slice *)list->items)[i]));
}

static void append_network(const struct netconf *netconf, size_t index, struct text *out)
{
	const struct netconf_interface *interface = at(netconf, index);
	const struct netconf_pair *routes = interface->routes.items;

	append_match(interface, out);
	text_append_str(out, "\n[Network]\n");
	append_carried(netconf, index, out);
	if (interface->domains.count) {
		text_append_str(out, "Domains=");
		for (size_t i = 0; i < interface->domains.count; i++)
			text_printf(
				out, "%s%.*s", i ? " " : "",
				SLICE_ARGS(((const struct slice *)interface->domains.items)[i]));
		text_append_char(out, '\n');
	}
	append_texts(&interface->nameservers, "DNS=", out);
	if (interface->uses_dhcp)
		text_append_str(out, "DHCP=true\n");
	append_texts(&interface->addresses, "\n[Address]\nAddress=", out);
	for (size_t i = 0; i < interface->routes.count; i++)
		text_printf(out, "\n[Route]\nDestination=%.*s\nGateway=%.*s\n",
			    SLICE_ARGS(routes[i].name), SLICE_ARGS(routes[i].value));
}

static int compare_pairs(const void *a, const void *b)
{
	return slice_compare(((const struct netconf_pair *)a)->name,
			     ((const struct netconf_pair *)b)->name);
}

static void append_netdev(const struct netconf_interface *interface, struct text *out)
{
	struct netconf_pair *options = interface->options.items;

	text_printf(out, "[NetDev]\nKind=%s\nName=%.*s\n",
		    interface->kind == NETCONF_BOND ? "bond" : "vlan", SLICE_ARGS(interface->name));
	if (interface->mac.length)
		text_printf(out, "MACAddress=%.*s\n", SLICE_ARGS(interface->mac));
	if (interface->kind == NETCONF_VLAN) {
		text_printf(out, "\n[VLAN]\nId=%u\n", interface->vlan_id);
		return;
	}
	text_append_str(out, "\n[Bond]\n");
	if (interface->options.count)
		qsort(options, interface->options.count, sizeof(*options), compare_pairs);
	for (size_t i = 0; i < interface->options.count; i++)
		text_printf(out, "%.*s=%.*s\n", SLICE_ARGS(options[i].name),
			    SLICE_ARGS(options[i].value));
}

static void add_unit(const struct netconf *netconf, const char *name, const struct text *text,
		     struct netconf_list *ret)
{
	struct netconf_unit *unit = netconf_add(netconf->arena, ret, sizeof(*unit));

	unit->name = slice_of(name);
	unit->text = (struct slice){ arena_strndup(netconf->arena, text_str(text), text->length),
				     text->length };
}

static void add_units(const struct netconf *netconf, size_t index, size_t depth,
		      struct netconf_list *ret)
{
	const struct netconf_interface *interface = at(netconf, index);
	const struct slice word = interface->name.length ? interface->name : interface->mac;
	AUTO(text_done) struct text network = TEXT_INIT(UNIT_TEXT_MAX);
	AUTO(text_done) struct text netdev = TEXT_INIT(UNIT_TEXT_MAX);

	if (interface->kind != NETCONF_PHYSICAL) {
		append_netdev(interface, &netdev);
		add_unit(netconf,
			 arena_printf(netconf->arena, "%02zx-%.*s.netdev", depth, SLICE_ARGS(word)),
			 &netdev, ret);
	}
	append_network(netconf, index, &network);
	add_unit(netconf,
		 arena_printf(netconf->arena, "%02zx-%.*s.network", depth, SLICE_ARGS(word)),
		 &network, ret);
}

int netconf_units(const struct netconf *netconf, struct netconf_list *ret, struct error *err)
{
	size_t *depths =
		arena_array(netconf->arena, netconf->interfaces.count + 1, sizeof(*depths));
	int r = find_depths(netconf, depths, err);

	for (size_t i = 0; r == 0 && i < netconf->interfaces.count; i++)
		add_units(netconf, i, depths[i], ret);
	return r;
}
