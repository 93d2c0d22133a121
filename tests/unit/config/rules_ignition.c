/* rules_ignition - versions, sources that are required, proxies. */
#include "rules_rows.h"

#define IGNITION(text) (&(struct config_ignition){ .version = STR(text) })
#define UNSUPPORTED    "error .version: unsupported config version\n"
#define UNPARSEABLE    "error .version: invalid config version (couldn't parse)\n"

static const struct rules_row version_rows[] = {
	{ "the version itself", IGNITION("3.4.0"), NULL, SPEC_3_4, SPEC_3_5, UNSUPPORTED },
	{ "an experimental version", IGNITION("3.7.0-experimental"), NULL, SPEC_3_7_EXPERIMENTAL,
	  .otherwise = UNSUPPORTED },
	{ "an experimental form of a stable version", IGNITION("3.4.0-experimental"), UNSUPPORTED },
	{ "another version", IGNITION("2.3.0"), UNSUPPORTED },
	{ "metadata", IGNITION("3.4.0+a.b-1"), UNSUPPORTED },
	{ "no version", &(struct config_ignition){}, UNPARSEABLE },
	{ "an empty version", IGNITION(""), UNPARSEABLE },
	{ "two numbers", IGNITION("3.4"), UNPARSEABLE },
	{ "four numbers", IGNITION("3.4.0.0"), UNPARSEABLE },
	{ "letters", IGNITION("3.x.0"), UNPARSEABLE },
	{ "a bad pre-release", IGNITION("3.4.0-a_b"), UNPARSEABLE },
};

#define MERGE(...) (&(struct config_refs){ .merge = LIST(struct config_resource, __VA_ARGS__) })
#define CA(...)                                                                                    \
	(&(struct config_tls){ .certificate_authorities =                                          \
				       LIST(struct config_resource, __VA_ARGS__) })

static const struct rules_row refs_rows[] = {
	{ "a source", MERGE({ .source = STR("data:,{}x") }, { .source = STR("http://a") }),
	  "error .merge.0: invalid data character\n", SPEC_3_1 },
	{ "no source, an empty one, and a bad one",
	  MERGE({ .source = STR("http://a") }, {}, { .source = STR("") },
		{ .source = STR("http://a b") }, { .source = STR("a") }),
	  "error .merge.1: source is required\n"
	  "error .merge.2: source is required\n"
	  "error .merge.3: unable to parse url\n"
	  "error .merge.4: invalid url scheme\n",
	  SPEC_3_1 },
	{ "the source of a replacement is its own matter",
	  &(struct config_refs){ .replace.source = STR("x") } },
	{ "gs came with 3.2", MERGE({ .source = STR("gs://a/b") }),
	  "error .merge.0: invalid url scheme\n", SPEC_3_1, SPEC_3_2 },
};

static const struct rules_row tls_rows[] = {
	{ "no source, an empty one, and a bad one",
	  CA({ .source = STR("http://a") }, {}, { .source = STR("") }, { .source = STR("a") }),
	  "error .certificateAuthorities.1: source is required\n"
	  "error .certificateAuthorities.2: source is required\n"
	  "error .certificateAuthorities.3: invalid url scheme\n",
	  SPEC_3_1 },
};

#define PROXY(...)	 (&(struct config_proxy){ __VA_ARGS__ })
#define BAD_URL(name)	 "error ." name ": unable to parse url\n"
#define BAD_SCHEME(name) "error ." name ": proxies must be http(s)\n"
#define INSECURE                                                                                   \
	"warning .httpsProxy: insecure plaintext HTTP proxy specified for HTTPS resources\n"

static const struct rules_row proxy_rows[] = {
	{ "no proxies", PROXY() },
	{ "plain and secure",
	  PROXY(.http_proxy = STR("http://a:3128"), .https_proxy = STR("https://a")) },
	{ "secure for plain", PROXY(.http_proxy = STR("HTTPS://a")) },
	{ "plain for secure", PROXY(.https_proxy = STR("HTTP://a")), INSECURE },
	{ "empty ones", PROXY(.http_proxy = STR(""), .https_proxy = STR("")),
	  BAD_SCHEME("httpProxy") BAD_SCHEME("httpsProxy") },
	{ "without a scheme", PROXY(.http_proxy = STR("a"), .https_proxy = STR("//a")),
	  BAD_SCHEME("httpProxy") BAD_SCHEME("httpsProxy") },
	{ "another scheme", PROXY(.http_proxy = STR("socks5://a")), BAD_SCHEME("httpProxy") },
	{ "host and port are a scheme and its rest", PROXY(.http_proxy = STR("a:3128")),
	  BAD_SCHEME("httpProxy") },
	{ "a bad port", PROXY(.http_proxy = STR("http://a:b"), .https_proxy = STR("http://a b")),
	  BAD_URL("httpProxy") BAD_URL("httpsProxy") },
};

int main(void)
{
	RULES_ROWS(rules_ignition, version_rows);
	RULES_ROWS(rules_refs, refs_rows);
	RULES_ROWS(rules_tls, tls_rows);
	RULES_ROWS(rules_proxy, proxy_rows);
	return tap_done();
}
