/*
 * netconf - network data of a platform as units of systemd-networkd.
 *
 * Owns: interfaces as plain values, which of them is above which, and the text of their units (spec
 * configs 1.13).  Pure.
 * Leaves to others: where the data comes from (live/source), placing the units (live).
 */
#ifndef SLIPWAY_CONFIG_NETCONF_H
#define SLIPWAY_CONFIG_NETCONF_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

enum netconf_kind {
	NETCONF_PHYSICAL,
	NETCONF_BOND,
	NETCONF_VLAN,
};

struct netconf_pair {
	struct slice name;  /* destination of a route */
	struct slice value; /* its gateway */
};

/* A list in the arena; of it what is used may be read as an array. */
struct netconf_list {
	void *items;
	size_t count;
	size_t room;
};

struct netconf_interface {
	enum netconf_kind kind;
	struct slice name; /* or empty: known by its address */
	struct slice mac;  /* or empty */
	unsigned vlan_id;
	bool uses_dhcp;
	struct netconf_list parents;	 /* size_t: index of what carries it, or of its bond */
	struct netconf_list domains;	 /* struct slice */
	struct netconf_list nameservers; /* struct slice */
	struct netconf_list addresses;	 /* struct slice, "10.0.0.2/24" */
	struct netconf_list routes;	 /* struct netconf_pair */
	struct netconf_list options;	 /* struct netconf_pair, of the bond */
};

struct netconf {
	struct arena *arena;		/* borrowed: owns all of it */
	struct netconf_list interfaces; /* struct netconf_interface */
};

/** netconf_add - one more element of @size bytes, zeroed; valid until the next one is added. */
void *netconf_add(struct arena *arena, struct netconf_list *list, size_t size);

/** netconf_add_text - one more struct slice. */
void netconf_add_text(struct arena *arena, struct netconf_list *list, struct slice text);

/** netconf_find - the index of the interface @name; its count when there is none. */
size_t netconf_find(const struct netconf *netconf, struct slice name);

/* A unit of networkd. */
struct netconf_unit {
	struct slice name; /* "00-eth0.network" */
	struct slice text;
};

/**
 * netconf_units - the units of all interfaces, .netdev before .network.
 * @ret: struct netconf_unit, in netconf->arena
 *
 * Return: 0; -ELOOP (ERROR_INPUT) when interfaces carry each other.
 */
int netconf_units(const struct netconf *netconf, struct netconf_list *ret, struct error *err);

/**
 * netconf_read - the interfaces that @text describes.
 * @ret: its arena is set
 *
 * Return: 0; -EINVAL (ERROR_INPUT).
 */
typedef int netconf_read_fn(struct slice text, struct netconf *ret, struct error *err);

/** netconf_read_debian - of /etc/network/interfaces. */
netconf_read_fn netconf_read_debian;

/** netconf_address - "10.0.0.2/24" of an address and a netmask, in @arena; empty: no mask. */
struct slice netconf_address(struct arena *arena, struct slice address, struct slice netmask);

#endif
