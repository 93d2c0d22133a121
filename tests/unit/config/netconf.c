/* Network data as units of systemd-networkd (spec configs 1.13). */
#include "config/netconf.h"

#include "tap.h"

#define OUTPUT_MAX 65536

/* @want: units as "== name\ntext", or the error. */
static const struct {
	const char *label;
	const char *text;
	const char *want;
} rows[] = {
	{ "nothing", "", "" },
	{ "lo is left out", "auto lo\niface lo inet loopback\n", "" },
	{ "DHCP", "auto eth0\niface eth0 inet dhcp\n",
	  "== 00-eth0.network\n[Match]\nName=eth0\n\n[Network]\nDHCP=true\n" },
	{ "an address of its own",
	  "iface eth0 inet static\n\taddress 10.0.0.2\n  netmask 255.255.254.0\n gateway 10.0.0.1\n"
	  " hwaddress ether 00:11:22:33:44:55\n dns-nameservers 1.1.1.1 8.8.8.8\n",
	  "== 00-eth0.network\n[Match]\nName=eth0\nMACAddress=00:11:22:33:44:55\n\n[Network]\n"
	  "DNS=1.1.1.1\nDNS=8.8.8.8\n\n[Address]\nAddress=10.0.0.2/23\n\n[Route]\n"
	  "Destination=0.0.0.0/0\nGateway=10.0.0.1\n" },
	{ "routes of post-up",
	  "iface eth0 inet manual\n post-up route add -net 10.0.0.0 netmask 255.0.0.0 gw 10.1.1.1 "
	  "|| true\n post-up echo hello\n",
	  "== 00-eth0.network\n[Match]\nName=eth0\n\n[Network]\n\n[Route]\n"
	  "Destination=10.0.0.0/8\nGateway=10.1.1.1\n" },
	{ "a VLAN, and what carries it", "iface vlan12 inet manual\n vlan_raw_device eth0\n",
	  "== 00-vlan12.netdev\n[NetDev]\nKind=vlan\nName=vlan12\n\n[VLAN]\nId=12\n"
	  "== 00-vlan12.network\n[Match]\nName=vlan12\n\n[Network]\n"
	  "== 01-eth0.network\n[Match]\nName=eth0\n\n[Network]\nVLAN=vlan12\n" },
	{ "a dot in the name makes a VLAN without a carrier", "iface eth0.5 inet dhcp\n",
	  "== 00-eth0.5.netdev\n[NetDev]\nKind=vlan\nName=eth0.5\n\n[VLAN]\nId=5\n"
	  "== 00-eth0.5.network\n[Match]\nName=eth0.5\n\n[Network]\nDHCP=true\n" },
	{ "a bond, its options in networkd's words",
	  "iface bond0 inet dhcp\n bond-slaves eth0 eth1\n bond-mode 802.3ad\n bond-miimon 100\n",
	  "== 00-bond0.netdev\n[NetDev]\nKind=bond\nName=bond0\n\n[Bond]\nMIIMonitorSec=100ms\n"
	  "Mode=802.3ad\n"
	  "== 00-bond0.network\n[Match]\nName=bond0\n\n[Network]\nDHCP=true\n"
	  "== 01-eth0.network\n[Match]\nName=eth0\n\n[Network]\nBond=bond0\n"
	  "== 01-eth1.network\n[Match]\nName=eth1\n\n[Network]\nBond=bond0\n" },
	{ "a chain is counted",
	  "iface vlan7 inet manual\n vlan_raw_device bond0\niface bond0 inet manual\n bond-slaves "
	  "e0\n",
	  "== 00-vlan7.netdev\n[NetDev]\nKind=vlan\nName=vlan7\n\n[VLAN]\nId=7\n"
	  "== 00-vlan7.network\n[Match]\nName=vlan7\n\n[Network]\n"
	  "== 01-bond0.netdev\n[NetDev]\nKind=bond\nName=bond0\n\n[Bond]\n"
	  "== 01-bond0.network\n[Match]\nName=bond0\n\n[Network]\nVLAN=vlan7\n"
	  "== 02-e0.network\n[Match]\nName=e0\n\n[Network]\nBond=bond0\n" },
	{ "a ring is refused",
	  "iface vlan1 inet manual\n vlan_raw_device vlan2\niface vlan2 inet manual\n"
	  " vlan_raw_device vlan1\n",
	  "network data: interfaces carry each other" },
	{ "another stanza is refused", "mapping eth0\n", "unknown stanza \"mapping\"" },
	{ "allow-hotplug is refused", "iface a inet dhcp\nallow-hotplug a\n",
	  "unknown stanza \"allow-hotplug\"" },
	{ "another method is refused", "iface eth0 inet ppp\n", "invalid config method: \"ppp\"" },
	{ "a static address needs a netmask", "iface eth0 inet static\n address 1.2.3.4\n",
	  "malformed static network config for \"eth0\"" },
	{ "a mask with holes is none",
	  "iface eth0 inet static\n address 1.2.3.4\n netmask 255.0.255.0\n",
	  "malformed static network config for \"eth0\"" },
};

static void append_units(const struct netconf_list *units, struct text *out)
{
	const struct netconf_unit *unit = units->items;

	for (size_t i = 0; i < units->count; i++)
		text_printf(out, "== %.*s\n%.*s", SLICE_ARGS(unit[i].name),
			    SLICE_ARGS(unit[i].text));
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(arena_free) struct arena *arena = arena_new();
		AUTO(text_done) struct text out = TEXT_INIT(OUTPUT_MAX);
		AUTO(error_done) struct error err = ERROR_INIT;
		struct netconf netconf = { .arena = arena };
		struct netconf_list units = { .items = NULL };

		if (netconf_read_debian(slice_of(rows[i].text), &netconf, &err) == 0 &&
		    netconf_units(&netconf, &units, &err) == 0)
			append_units(&units, &out);
		else
			text_append_str(&out, err.text);
		tap_str(text_str(&out), rows[i].want, rows[i].label);
	}
	return tap_done();
}
