/* resolve - order of rendering, settings in force, loops, ceilings, authorities, need of network.
 */
#include "config/resolve.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "config_test.h"
#include "tap.h"

#define HEAD	     "{\"ignition\":{\"version\":\"3.3.0\""
#define MERGE(url)   ",\"config\":{\"merge\":[{\"source\":\"" url "\"}]}"
#define MERGE2(a, b) ",\"config\":{\"merge\":[{\"source\":\"" a "\"},{\"source\":\"" b "\"}]}"
#define REPLACE(url) ",\"config\":{\"replace\":{\"source\":\"" url "\"}}"
#define GROUP(name)  "},\"passwd\":{\"groups\":[{\"name\":\"" name "\"}]}}"

/* What the URLs of a row lead to. */
struct page {
	const char *url, *text;
};

#define PAGES_MAX 5

static const struct {
	const char *label, *root;
	struct page pages[PAGES_MAX];
	const char *want_asked; /* URLs in the order they are asked for; replacements in brackets */
	const char *want_groups; /* names of the result's groups */
} rows[] = {
	{ "a config that refers to nothing", HEAD GROUP("root"), { { 0 } }, "", "root " },
	{ "children are merged in order",
	  HEAD MERGE2("http://a", "http://b") GROUP("root"),
	  { { "http://a", HEAD GROUP("a") }, { "http://b", HEAD GROUP("b") } },
	  "http://a http://b ",
	  "root a b " },
	{ "a child's children come before its siblings",
	  HEAD MERGE2("http://a", "http://b") GROUP("root"),
	  { { "http://a", HEAD MERGE("http://c") GROUP("a") },
	    { "http://b", HEAD GROUP("b") },
	    { "http://c", HEAD GROUP("c") } },
	  "http://a http://c http://b ",
	  "root a c b " },
	{ "a replacement drops everything, the list of children too",
	  HEAD ",\"config\":{\"merge\":[{\"source\":\"http://b\"}],\"replace\":{\"source\":"
	       "\"http://a\"}}" GROUP("root"),
	  { { "http://a", HEAD GROUP("a") } },
	  "[http://a] ",
	  "a " },
	{ "a replacement is rendered in its turn",
	  HEAD REPLACE("http://a") GROUP("root"),
	  { { "http://a", HEAD REPLACE("http://b") GROUP("a") },
	    { "http://b", HEAD MERGE("http://c") GROUP("b") },
	    { "http://c", HEAD GROUP("c") } },
	  "[http://a] [http://b] http://c ",
	  "b c " },
	{ "a child may be replaced, its siblings are not",
	  HEAD MERGE2("http://a", "http://b") GROUP("root"),
	  { { "http://a", HEAD REPLACE("http://c") GROUP("a") },
	    { "http://b", HEAD GROUP("b") },
	    { "http://c", HEAD GROUP("c") } },
	  "http://a [http://c] http://b ",
	  "root c b " },
	{ "one config may be referred to from two places",
	  HEAD MERGE2("http://a", "http://b") GROUP("root"),
	  { { "http://a", HEAD MERGE("http://c") GROUP("a") },
	    { "http://b", HEAD MERGE("http://c") GROUP("b") },
	    { "http://c", HEAD GROUP("c") } },
	  "http://a http://c http://b http://c ",
	  "root a c b " },
};

static const char *page_text(const struct page *pages, struct slice url)
{
	for (size_t i = 0; i < PAGES_MAX && pages[i].url; i++)
		if (slice_is(url, pages[i].url))
			return pages[i].text;
	return NULL;
}

static int feed(struct config_resolver *resolver, struct config_pool *pool, const char *text)
{
	AUTO(report_free) struct report *report = report_new();

	return config_resolve_feed(resolver, test_source(pool, text), report, /* err= */ NULL);
}

static void check_row(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(text_done) struct text asked = TEXT_INIT(TEST_TEXT_MAX);
	AUTO(text_done) struct text groups = TEXT_INIT(TEST_TEXT_MAX);
	AUTO(config_resolver_free)
	struct config_resolver *resolver =
		config_resolver_new(pool, test_parse(pool, rows[i].root));
	struct config_need need;
	int r;

	while ((r = config_resolve_next(resolver, &need, /* err= */ NULL)) == 1) {
		const struct slice url = need.resource->source;
		const char *text = page_text(rows[i].pages, url);

		text_printf(&asked, need.is_replace ? "[%.*s] " : "%.*s ", SLICE_ARGS(url));
		if (!text || feed(resolver, pool, text) < 0)
			break;
	}
	tap_int(r, 0, rows[i].label);
	tap_str(text_str(&asked), rows[i].want_asked, rows[i].label);
	if (r != 0)
		return;
	CONFIG_EACH (struct config_group, group, &config_resolve_result(resolver)->passwd.groups)
		text_printf(&groups, "%.*s ", SLICE_ARGS(group->name));
	tap_str(text_str(&groups), rows[i].want_groups, rows[i].label);
}

/* What the fetcher is told, as one line. */
static char *describe(const struct config_fetch_settings *settings)
{
	struct text out = TEXT_INIT(TEST_TEXT_MAX);
	const struct config_int *total = &settings->timeouts->http_total;

	text_printf(&out, "total %s%d proxy %.*s authorities", total->is_set ? "" : "unset ",
		    (int)total->value, SLICE_ARGS(settings->proxy->http_proxy));
	CONFIG_EACH (struct config_resource, authority, settings->certificate_authorities)
		text_printf(&out, " %.*s", SLICE_ARGS(authority->source));
	return text_take(&out);
}

#define AUTHORITY(url)                                                                             \
	",\"security\":{\"tls\":{\"certificateAuthorities\":[{\"source\":\"" url "\"}]}}"

static void check_settings(void)
{
	static const struct page pages[PAGES_MAX] = {
		{ "http://a", HEAD ",\"timeouts\":{\"httpTotal\":7}" MERGE("http://c") "}}" },
		{ "http://c",
		  HEAD AUTHORITY("data:,2") ",\"proxy\":{\"httpProxy\":\"http://q\"}}}" },
		{ "http://b", HEAD REPLACE("http://d") "}}" },
		{ "http://d", HEAD "}}" },
	};
	static const char *const want[] = {
		"total unset 0 proxy http://p authorities data:,1", /* a: the root's */
		"total 7 proxy http://p authorities data:,1",	    /* c: root with a over it */
		"total 7 proxy http://q authorities data:,2", /* b: a with c over it, not yet root
							       */
		"total 7 proxy http://q authorities data:,1 data:,2", /* d: all merged so far */
		"total unset 0 proxy  authorities data:,1 data:,2",   /* the replacement's own, but
									 CAs */
	};
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *root = test_parse(
		pool, HEAD AUTHORITY("data:,1") ",\"proxy\":{\"httpProxy\":\"http://p\"}" MERGE2(
			      "http://a", "http://b") "}}");
	AUTO(config_resolver_free)
	struct config_resolver *resolver = config_resolver_new(pool, root);
	struct config_need need;
	size_t i = 0;

	while (config_resolve_next(resolver, &need, /* err= */ NULL) == 1 && i < 4) {
		AUTO_FREE char *got = describe(&need.settings);

		tap_str(got, want[i++], "settings that are in force for a fetch");
		feed(resolver, pool, page_text(pages, need.resource->source));
	}

	const struct config_fetch_settings settings = config_resolve_settings(resolver);
	AUTO_FREE char *got = describe(&settings);

	tap_str(got, want[4], "settings that are in force in the end");
}

static void check_loop(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(config_resolver_free)
	struct config_resolver *resolver =
		config_resolver_new(pool, test_parse(pool, HEAD MERGE("https://u:p@a/?t=1") "}}"));
	struct config_need need;

	config_resolve_next(resolver, &need, /* err= */ NULL);
	feed(resolver, pool, HEAD REPLACE("http://b") "}}");
	config_resolve_next(resolver, &need, /* err= */ NULL);
	feed(resolver, pool, HEAD MERGE("https://u:p@a/?t=1") "}}");
	tap_int(config_resolve_next(resolver, &need, &err), -ELOOP,
		"a config that leads back to itself");
	tap_ok(err.kind == ERROR_INPUT && strstr(err.text, "leads to itself") &&
		       !strstr(err.text, "u:p") && !strstr(err.text, "t=1"),
	       "the error names it without its secrets");
}

static void check_depth(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(config_resolver_free)
	struct config_resolver *resolver =
		config_resolver_new(pool, test_parse(pool, HEAD MERGE("http://0") "}}"));
	struct config_need need;
	int asked = 0;
	int r;

	while ((r = config_resolve_next(resolver, &need, /* err= */ NULL)) == 1) {
		char *text = xasprintf(
			HEAD ",\"config\":{\"merge\":[{\"source\":\"http://%d\"}]}}}", ++asked);
		const struct source *source =
			config_pool_add_source(pool, "deep", text, strlen(text));
		AUTO(report_free) struct report *report = report_new();

		config_resolve_feed(resolver, source, report, /* err= */ NULL);
	}
	tap_ok(r == -E2BIG && asked == CONFIG_RESOLVE_DEPTH_MAX - 1, "chains have an end");
}

static void check_fetches(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(text_done) struct text root = TEXT_INIT(TEST_TEXT_MAX);
	struct config_need need;
	int asked = 0;
	int r;

	text_append_str(&root, HEAD ",\"config\":{\"merge\":[");
	for (int i = 0; i <= CONFIG_RESOLVE_FETCHES_MAX; i++)
		text_printf(&root, "%s{\"source\":\"http://%d\"}", i ? "," : "", i);
	text_append_str(&root, "]}}}");

	AUTO(config_resolver_free)
	struct config_resolver *resolver =
		config_resolver_new(pool, test_parse(pool, text_str(&root)));

	while ((r = config_resolve_next(resolver, &need, /* err= */ NULL)) == 1) {
		feed(resolver, pool, HEAD "}}");
		asked++;
	}
	tap_ok(r == -E2BIG && asked == CONFIG_RESOLVE_FETCHES_MAX, "so have long lists");
}

static void check_bad_child(void)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(config_resolver_free)
	struct config_resolver *resolver =
		config_resolver_new(pool, test_parse(pool, HEAD MERGE("http://a") "}}"));
	struct config_need need;

	config_resolve_next(resolver, &need, /* err= */ NULL);
	tap_ok(config_resolve_feed(resolver, test_source(pool, "{"), report, &err) == -EINVAL &&
		       report_count(report) == 1,
	       "a child that is no config is an error with a report");
	error_done(&err);
	tap_ok(config_resolve_feed(resolver, test_source(pool, ""), report, &err) == -ENODATA &&
		       err.kind == ERROR_EMPTY,
	       "a child without a byte is empty");
	tap_ok(!config_resolve_result(resolver), "there is no result yet");
}

static void check_authorities(void)
{
	static const struct slice bundles[] = { { "abc", 3 }, { "", 0 } };
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *config = NULL;

	config_load_cache(
		pool,
		test_source(pool,
			    "{\"ignition\":{\"security\":{\"tls\":{"
			    "\"certificateAuthorities\":[{\"source\":\"http://a\","
			    "\"compression\":\"gzip\",\"httpHeaders\":[{\"name\":\"x\"}],"
			    "\"verification\":{\"hash\":\"sha512-1\"}},{\"source\":\"\"}]}}}}"),
		&config, /* err= */ NULL);

	AUTO_FREE char *got = test_encode(config_embed_authorities(pool, config, bundles), 0);

	tap_ok(strstr(got,
		      "[{\"source\":\"data:text/plain;charset=utf-8;base64,YWJj\",\"verification\":"
		      "{\"hash\":\"sha512-1\"}},{\"source\":\"data:text/plain;charset=utf-8;base64,"
		      "\",\"verification\":{}}]"),
	       "authorities are kept as data URLs without headers and compression");
	tap_ok(slice_is(CONFIG_AT(struct config_resource,
				  &config->ignition.security.tls.certificate_authorities, 0)
				->source,
			"http://a"),
	       "the config itself is as it was");
}

static const struct {
	const char *label, *text, *want; /* why, NULL: no need */
} network_rows[] = {
	{ "nothing", "{}", NULL },
	{ "a file from the network",
	  "{\"storage\":{\"files\":[{},{\"contents\":{\"source\":\"https://u:p@h/x?y\"}}]}}",
	  "test:1:37: https://h/x" },
	{ "a file from a data URL, in any case",
	  "{\"storage\":{\"files\":[{\"contents\":{\"source\":\"DATA:,x\"}}]}}", NULL },
	{ "an empty file", "{\"storage\":{\"files\":[{\"contents\":{\"source\":\"\"}}]}}", NULL },
	{ "an appended fragment",
	  "{\"storage\":{\"files\":[{\"append\":[{\"source\":\"data:,\"},{\"source\":\"tftp://h/"
	  "x\"}]}]"
	  "}}",
	  "test:1:53: tftp://h/x" },
	{ "a key file", "{\"storage\":{\"luks\":[{\"keyFile\":{\"source\":\"s3://b/k\"}}]}}",
	  "test:1:32: s3://b/k" },
	{ "an authority",
	  "{\"ignition\":{\"security\":{\"tls\":{\"certificateAuthorities\":[{\"source\":\"http://"
	  "h\"}]}"
	  "}}}",
	  "test:1:59: http://h" },
	{ "a tang server",
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"tang\":[{\"url\":\"http://t\"}]}}]}}",
	  "test:1:40: http://t" },
	{ "a tang server whose advertisement is known",
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"tang\":[{\"url\":\"http://"
	  "t\",\"advertisement\":\"{}\"}"
	  "]}}]}}",
	  NULL },
	{ "a custom pin that says so",
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"custom\":{\"pin\":\"sss\",\"needsNetwork\":true}}"
	  "}]}}",
	  "test:1:41: sss" },
	{ "a custom pin that does not",
	  "{\"storage\":{\"luks\":[{\"clevis\":{\"custom\":{\"pin\":\"sss\",\"needsNetwork\":false}"
	  "}}]}}",
	  NULL },
};

static void check_network(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	const struct config *config = NULL;
	const char *why = NULL;

	config_load_cache(pool, test_source(pool, network_rows[i].text), &config, /* err= */ NULL);

	bool needed = config_needs_network(pool, config, &why);

	if (!tap_ok(needed == (network_rows[i].want != NULL) &&
			    (!needed ||
			     strncmp(why, network_rows[i].want, strlen(network_rows[i].want)) == 0),
		    "%s", network_rows[i].label))
		printf("#   want %s\n#   got  %s\n", network_rows[i].want, why);
	tap_ok(config_needs_network(pool, config, /* ret_why= */ NULL) == needed &&
		       !(why && strstr(why, "u:p")),
	       "why may not be wanted, and has no secrets");
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(i);
	check_settings();
	check_loop();
	check_depth();
	check_fetches();
	check_bad_child();
	check_authorities();
	for (size_t i = 0; i < ARRAY_SIZE(network_rows); i++)
		check_network(i);
	return tap_done();
}
