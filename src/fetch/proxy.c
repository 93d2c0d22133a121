#include "fetch/proxy.h"

#include <strings.h>

#include "base/number.h"
#include "fetch/address.h"

/* Whom a URL speaks to. */
struct target {
	struct slice name;
	struct slice port; /* the scheme's own when the URL has none */
	struct address address;
	bool is_address;
};

static bool same_text(struct slice a, struct slice b)
{
	return a.length == b.length &&
	       (a.length == 0 || strncasecmp(a.data, b.data, a.length) == 0);
}

static bool is_scheme(const struct url *url, const char *scheme)
{
	return same_text(url->scheme, slice_of(scheme));
}

static struct target target_of(const struct url *url)
{
	struct target target = { .is_address = false };

	address_split_host(url->host, &target.name, &target.port);
	if (target.port.length == 0)
		target.port = is_scheme(url, "https") ? SLICE("443") : SLICE("80");
	target.is_address = address_parse(target.name, &target.address);
	return target;
}

static bool port_matches(struct slice wanted, const struct target *target)
{
	return wanted.length == 0 || slice_equal(wanted, target->port);
}

/* "10.0.0.0/8".  Return: whether @entry is one; *ret_match: and the target is in it. */
static bool match_network(struct slice entry, const struct target *target, bool *ret_match)
{
	const char *slash = memchr(entry.data, '/', entry.length);
	struct address network;
	uint64_t bits = 0;

	if (!slash)
		return false;

	size_t length = (size_t)(slash - entry.data);

	if (!address_parse((struct slice){ entry.data, length }, &network) ||
	    number_parse_u64(slice_from(entry, length + 1), 0,
			     network.is_v4 ? 8 * ADDRESS_BYTES - ADDRESS_V4_PREFIX
					   : 8 * ADDRESS_BYTES,
			     &bits) < 0)
		return false;
	if (network.is_v4)
		bits += ADDRESS_V4_PREFIX;
	*ret_match = target->is_address && target->address.is_v4 == network.is_v4 &&
		     address_has_prefix(&target->address, &network, (unsigned)bits);
	return true;
}

/* "host", ".suffix", "*.suffix": the first matches the name itself as well. */
static bool match_domain(struct slice entry, struct slice name)
{
	bool matches_itself;

	if (slice_starts(entry, "*."))
		entry = slice_from(entry, 1);
	matches_itself = !slice_starts(entry, ".");
	if (matches_itself && same_text(entry, name))
		return true;
	if (name.length <= entry.length)
		return false;

	size_t before = name.length - entry.length;

	return same_text(slice_from(name, before), entry) &&
	       (!matches_itself || name.data[before - 1] == '.');
}

static bool match_entry(struct slice entry, const struct target *target)
{
	struct address address;
	struct slice name = entry;
	struct slice port = { NULL, 0 };
	bool match = false;

	if (entry.length == 0)
		return false;
	if (slice_is(entry, "*"))
		return true;
	if (match_network(entry, target, &match))
		return match;
	/* A bare IPv6 address has colons, but no port. */
	if (!address_parse(entry, &address))
		address_split_host(entry, &name, &port);
	if (name.length == 0)
		return false;
	if (address_parse(name, &address))
		return target->is_address && port_matches(port, target) &&
		       memcmp(&address.bytes, &target->address.bytes, ADDRESS_BYTES) == 0;
	return match_domain(name, target->name) && port_matches(port, target);
}

/* Entries may hold several, with commas between them: upstream joins all before it looks. */
static bool match_list(struct slice list, const struct target *target)
{
	while (list.length) {
		const char *comma = memchr(list.data, ',', list.length);
		size_t length = comma ? (size_t)(comma - list.data) : list.length;

		if (match_entry(slice_trim((struct slice){ list.data, length }), target))
			return true;
		list = slice_from(list, comma ? length + 1 : length);
	}
	return false;
}

static bool is_excepted(const struct fetch_settings *settings, const struct target *target)
{
	if (same_text(target->name, SLICE("localhost")))
		return true;
	if (target->is_address &&
	    (address_is_loopback(&target->address) || address_is_link_local(&target->address)))
		return true;
	for (size_t i = 0; i < settings->no_proxy_count; i++)
		if (match_list(settings->no_proxy[i], target))
			return true;
	return false;
}

struct slice proxy_choose(const struct fetch_settings *settings, const struct url *url)
{
	const struct slice none = { NULL, 0 };
	const struct target target = target_of(url);
	struct slice proxy = none;

	if (is_scheme(url, "http"))
		proxy = settings->http_proxy;
	else if (is_scheme(url, "https"))
		proxy = settings->https_proxy;
	return proxy.length == 0 || is_excepted(settings, &target) ? none : proxy;
}
