/* rules - what is decided without a network: addresses, proxies, redirects, retries, authorities.
 */
#include <errno.h>

#include "base/alloc.h"
#include "fetch/address.h"
#include "fetch/authorities.h"
#include "fetch/content_range.h"
#include "fetch/failure.h"
#include "fetch/proxy.h"
#include "fetch/redirect.h"
#include "fetch/retry.h"
#include "tap.h"

static void test_hosts(void)
{
	static const struct {
		const char *host, *name, *port;
	} rows[] = {
		{ "h", "h", NULL },	   { "h:80", "h", "80" },
		{ "h:", "h", "" },	   { "[::1]", "::1", NULL },
		{ "[::1]:8", "::1", "8" }, { "[fe80::1%25eth0]:8", "fe80::1", "8" },
		{ "", "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct slice name;
		struct slice port;

		address_split_host(slice_of(rows[i].host), &name, &port);
		tap_ok(slice_is(name, rows[i].name), "name in \"%s\"", rows[i].host);
		tap_ok(rows[i].port ? port.data && slice_is(port, rows[i].port) : !port.data,
		       "port in \"%s\"", rows[i].host);
	}
}

static void test_addresses(void)
{
	static const struct {
		const char *text;
		bool is_address, is_loopback, is_link_local;
	} rows[] = {
		{ "127.0.0.1", true, true, false },
		{ "127.255.255.255", true, true, false },
		{ "128.0.0.0", true, false, false },
		{ "::1", true, true, false },
		{ "::2", true, false, false },
		{ "::ffff:127.0.0.1", true, true, false },
		{ "169.254.0.0", true, false, true },
		{ "169.255.0.0", true, false, false },
		{ "::ffff:169.254.169.254", true, false, true },
		{ "fe80::1", true, false, true },
		{ "febf::1", true, false, true },
		{ "fec0::1", true, false, false },
		{ "fd00:ec2::254", true, false, true },
		{ "fd00:ec3::254", true, false, false },
		{ "localhost", false, false, false },
		{ "127.1", false, false, false },
		{ "", false, false, false },
		{ "1111:1111:1111:1111:1111:1111:1111:1111:1111", false, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct address address;
		bool is_address = address_parse(slice_of(rows[i].text), &address);

		tap_ok(is_address == rows[i].is_address, "\"%s\" is %san address", rows[i].text,
		       rows[i].is_address ? "" : "not ");
		if (!is_address)
			continue;
		tap_ok(address_is_loopback(&address) == rows[i].is_loopback, "%s: loopback",
		       rows[i].text);
		tap_ok(address_is_link_local(&address) == rows[i].is_link_local, "%s: link-local",
		       rows[i].text);
	}
}

static void test_proxies(void)
{
	static const struct {
		const char *label, *url, *no_proxy, *want;
	} rows[] = {
		{ "http uses httpProxy", "http://a.b/", "", "P" },
		{ "the scheme's case does not matter", "HTTP://a.b/", "", "P" },
		{ "https uses httpsProxy only", "https://a.b/", "", "S" },
		{ "another scheme uses none", "tftp://a.b/", "", NULL },
		{ "not for localhost", "http://LocalHost:8/", "", NULL },
		{ "not for loopback", "http://[::1]/", "", NULL },
		{ "not for link-local", "http://169.254.169.254/", "", NULL },
		{ "*", "http://a.b/", "*", NULL },
		{ "a name", "http://a.b/", "a.b", NULL },
		{ "a name in other case", "http://A.b/", "a.B", NULL },
		{ "a name matches what is below it", "http://x.a.b/", "a.b", NULL },
		{ "a name is no mere ending", "http://xa.b/", "a.b", "P" },
		{ "a suffix matches what is below it", "http://x.a.b/", ".a.b", NULL },
		{ "a suffix does not match itself", "http://a.b/", ".a.b", "P" },
		{ "a suffix with a star", "http://x.a.b/", "*.a.b", NULL },
		{ "a suffix with a star does not match itself", "http://a.b/", "*.a.b", "P" },
		{ "a name and its port", "http://a.b:81/", "a.b:81", NULL },
		{ "a name and another port", "http://a.b:82/", "a.b:81", "P" },
		{ "the scheme's own port", "https://a.b/", "a.b:443", NULL },
		{ "an address", "http://10.0.0.1/", "10.0.0.1", NULL },
		{ "an address and another port", "http://10.0.0.1/", "10.0.0.1:81", "P" },
		{ "an IPv6 address", "http://[2001:db8::1]/", "2001:db8::1", NULL },
		{ "an IPv6 address with a port", "http://[2001:db8::1]/", "[2001:db8::1]:80",
		  NULL },
		{ "an address is not looked up", "http://a.b/", "10.0.0.1", "P" },
		{ "a network", "http://10.1.2.3/", "10.0.0.0/8", NULL },
		{ "another network", "http://11.1.2.3/", "10.0.0.0/8", "P" },
		{ "a network of odd length", "http://10.0.0.63/", "10.0.0.32/27", NULL },
		{ "a network of odd length ends", "http://10.0.0.64/", "10.0.0.32/27", "P" },
		{ "an IPv6 network", "http://[2001:db8:1::1]/", "2001:db8::/32", NULL },
		{ "an IPv6 network has no IPv4", "http://10.1.2.3/", "::/0", "P" },
		{ "a network that is none", "http://10.1.2.3/", "10.0.0.0/33", "P" },
		{ "several in one entry", "http://a.b/", "x, a.b ,y", NULL },
		{ "nothing between commas", "http://a.b/", ",,", "P" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct slice no_proxy[] = { SLICE("other"), slice_of(rows[i].no_proxy) };
		const struct fetch_settings settings = { .http_proxy = SLICE("P"),
							 .https_proxy = SLICE("S"),
							 .no_proxy = no_proxy,
							 .no_proxy_count = 2 };
		struct url url = { 0 };
		int r = url_parse(slice_of(rows[i].url), &url, /* err= */ NULL);
		struct slice got = proxy_choose(&settings, &url);

		tap_ok(r == 0 && (rows[i].want ? slice_is(got, rows[i].want) : !got.data), "%s",
		       rows[i].label);
	}
}

static void test_redirects(void)
{
	static const struct {
		const char *label, *from, *to;
		unsigned count;
		int want;
		const char *want_text;
	} rows[] = {
		{ "http to http", "http://a/", "http://b/", 1, 0, NULL },
		{ "http to https", "http://a/", "https://b/", 10, 0, NULL },
		{ "https to https", "https://a/", "https://b/", 1, 0, NULL },
		{ "one too many", "http://a/", "http://b/", 11, -ELOOP, "more than 10 redirects" },
		{ "https to http", "HTTPS://a/", "HTTP://b/", 1, -EPERM,
		  "redirected from https to http" },
		{ "to a file", "http://a/", "file://b/", 1, -EPERM,
		  "redirected to neither http nor https" },
		{ "to link-local", "http://a/", "http://169.254.169.254/", 1, -EPERM,
		  "redirected to a link-local address" },
		{ "link-local to link-local", "http://169.254.1.1/", "http://[fe80::1%25x]/", 1,
		  -EPERM, "redirected to a link-local address" },
		{ "to nobody", "http://a/", "http:///x", 1, -EINVAL,
		  "redirected to what is no URL" },
		{ "to what is no URL", "http://a/", "http://b c/", 1, -EINVAL,
		  "redirected to what is no URL" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = redirect_check(slice_of(rows[i].from), slice_of(rows[i].to), rows[i].count,
				       &err);

		tap_int(r, rows[i].want, rows[i].label);
		tap_str(err.text, rows[i].want_text, rows[i].label);
		tap_ok(r == 0 || err.kind == ERROR_NETWORK_FINAL, "%s: kind", rows[i].label);
	}
}

static void test_waits(void)
{
	static const struct {
		unsigned attempt;
		int64_t retry_after_ms;
		uint32_t random;
		int64_t want;
	} rows[] = {
		{ 1, 0, 0, 200 },	    { 2, 0, 0, 400 },
		{ 5, 0, 0, 3200 },	    { 6, 0, 0, 5000 },
		{ UINT32_MAX, 0, 0, 5000 }, { 1, 0, 50, 150 },
		{ 1, 0, 51, 200 },	    { 6, 0, 1250, 3750 },
		{ 6, 0, UINT32_MAX, 4682 }, { 1, 199, 0, 200 },
		{ 1, 3000, 50, 3000 },	    { 9, 1000, 0, 5000 },
		{ 1, 120000, 0, 120000 },   { 1, INT64_MAX, 0, 120000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *label =
			xasprintf("wait after attempt %u, Retry-After %" PRId64 " ms, random %u",
				  rows[i].attempt, rows[i].retry_after_ms, rows[i].random);

		tap_int(retry_wait_ms(rows[i].attempt, rows[i].retry_after_ms, rows[i].random),
			rows[i].want, label);
	}
}

static void test_statuses(void)
{
	static const unsigned extra[] = { 404, 429 };

	tap_ok(!retry_wants_status(499, NULL, 0), "499 is final");
	tap_ok(retry_wants_status(500, NULL, 0), "500 is tried again");
	tap_ok(!retry_wants_status(429, NULL, 0), "429 is final");
	tap_ok(retry_wants_status(429, extra, ARRAY_SIZE(extra)), "429 where a request lists it");
	tap_ok(!retry_wants_status(410, extra, ARRAY_SIZE(extra)), "410 where it does not");
	tap_ok(failure_of_status(404).kind == ERROR_NOT_FOUND, "404 is not found");
	tap_ok(failure_of_status(503).kind == ERROR_NETWORK, "503 is the network");
	tap_ok(failure_of_status(418).kind == ERROR_NETWORK_FINAL, "an unknown refusal is final");
	tap_str(status_text(418), "", "an unknown status has no text");
}

static void test_content_ranges(void)
{
	static const struct {
		const char *value;
		bool want;
		struct content_range range;
	} rows[] = {
		{ "bytes 0-0/1", true, { 0, 0, true, 1 } },
		{ "bytes 100-199/200", true, { 100, 199, true, 200 } },
		{ "bytes 5-9/*", true, { 5, 9, false, 0 } },
		{ "bytes 0-18446744073709551614/18446744073709551615",
		  true,
		  { 0, UINT64_MAX - 1, true, UINT64_MAX } },
		{ .value = "" },
		{ .value = "bytes" },
		{ .value = "bytes " },
		{ .value = "bytes */200" },
		{ .value = "bytes 1-0/2" },
		{ .value = "bytes 0-1/1" },
		{ .value = "bytes 0-1" },
		{ .value = "bytes 0/1-2" },
		{ .value = "bytes -1-2/3" },
		{ .value = "bytes +0-1/2" },
		{ .value = "bytes 0 -1/2" },
		{ .value = "bytes 0-1/" },
		{ .value = "bytes 0-1/2 " },
		{ .value = "bytes 0-18446744073709551616/*" },
		{ .value = "lines 0-1/2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct content_range got = { 0 };
		bool is_one = content_range_parse(slice_of(rows[i].value), &got);

		tap_ok(is_one == rows[i].want && got.first == rows[i].range.first &&
			       got.last == rows[i].range.last &&
			       got.is_sized == rows[i].range.is_sized &&
			       got.total == rows[i].range.total,
		       "\"%s\" is %s", rows[i].value, rows[i].want ? "a range" : "no range");
	}
}

static void test_authorities(void)
{
	static const struct {
		const char *label, *bundle;
		bool want;
	} rows[] = {
		{ "one block", "-----BEGIN X-----\nAA==\n-----END X-----\n", true },
		{ "no newline at the end", "-----BEGIN X-----\nAA==\n-----END X-----", true },
		{ "two blocks with text before each",
		  "a\n-----BEGIN X-----\n-----END X-----\nb\n-----BEGIN Y-----\n-----END Y-----\n",
		  true },
		{ "CR LF", "-----BEGIN X-----\r\nAA==\r\n-----END X-----\r\n", true },
		{ "nothing", "", false },
		{ "text", "hello\n", false },
		{ "an empty line at the end", "-----BEGIN X-----\n-----END X-----\n\n", false },
		{ "text at the end", "-----BEGIN X-----\n-----END X-----\nb", false },
		{ "no end", "-----BEGIN X-----\nAA==\n", false },
		{ "the end of another", "-----BEGIN X-----\n-----END Y-----\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		int r = authorities_check(slice_of(rows[i].bundle), &err);

		tap_int(r, rows[i].want ? 0 : -EINVAL, rows[i].label);
		tap_str(err.text, rows[i].want ? NULL : "unable to decode PEM block",
			rows[i].label);
	}
}

int main(void)
{
	test_hosts();
	test_addresses();
	test_proxies();
	test_redirects();
	test_waits();
	test_statuses();
	test_content_ranges();
	test_authorities();
	return tap_done();
}
