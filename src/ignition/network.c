#include "ignition/network.h"

#include "base/alloc.h"
#include "base/url.h"

#define MS_PER_SECOND 1000
/* A century is as good as no limit. */
#define SECONDS_MAX ((int64_t)100 * 366 * 24 * 3600)

/* The bytes of one source. */
struct authority {
	struct slice source;
	char *data;
	size_t length;
};

struct network {
	struct fetcher *fetcher;
	struct config_pool *pool;
	struct authority *authorities;
	size_t authority_count;
	const struct config_list *in_force; /* authorities of the last network_apply(); or NULL */
};

struct network *network_new(struct fetcher *fetcher, struct config_pool *pool)
{
	struct network *network = xcalloc(1, sizeof(*network));

	network->fetcher = fetcher;
	network->pool = pool;
	return network;
}

void network_free(struct network *network)
{
	if (!network)
		return;
	for (size_t i = 0; i < network->authority_count; i++)
		free(network->authorities[i].data);
	free(network->authorities);
	free(network);
}

struct fetch_request network_request(const struct config_resource *resource, struct arena *arena)
{
	const struct config_list *list = &resource->http_headers;
	struct fetch_header *headers = arena_array(arena, list->count, sizeof(*headers));
	size_t i = 0;

	CONFIG_EACH (struct config_header, header, list)
		headers[i++] =
			(struct fetch_header){ .name = header->name, .value = header->value };
	return (struct fetch_request){
		.url = resource->source,
		.compression = resource->compression,
		.hash = resource->verification.hash,
		.headers = headers,
		.header_count = list->count,
	};
}

/* Seconds of a config; what is not positive is no limit. */
static int64_t timeout_ms(struct config_int seconds, int64_t unset_ms)
{
	if (!seconds.is_set)
		return unset_ms;
	if (seconds.value <= 0 || seconds.value > SECONDS_MAX)
		return 0;
	return seconds.value * MS_PER_SECOND;
}

static struct slice *no_proxy_of(const struct config_proxy *proxy, struct arena *arena)
{
	struct slice *out = arena_array(arena, proxy->no_proxy.count, sizeof(*out));
	size_t i = 0;

	CONFIG_EACH (struct config_text, entry, &proxy->no_proxy)
		out[i++] = entry->text;
	return out;
}

static int fetch_authority(struct network *network, const struct config_resource *resource,
			   struct slice *ret, struct error *err)
{
	const struct fetch_request request =
		network_request(resource, config_pool_arena(network->pool));
	struct authority authority = { .source = resource->source };
	int r = fetch_memory(network->fetcher, &request, &authority.data, &authority.length, err);

	if (r < 0) {
		AUTO(text_done) struct text name = TEXT_INIT(TEXT_MESSAGE_MAX);

		url_append_printable(&name, resource->source);
		return error_wrap(err, r, "certificate authority %s", text_str(&name));
	}
	network->authorities = xreallocarray(network->authorities, network->authority_count + 1,
					     sizeof(authority));
	network->authorities[network->authority_count++] = authority;
	*ret = (struct slice){ authority.data, authority.length };
	return 0;
}

static int get_authority(struct network *network, const struct config_resource *resource,
			 struct slice *ret, struct error *err)
{
	for (size_t i = 0; i < network->authority_count; i++) {
		const struct authority *known = &network->authorities[i];

		if (!slice_equal(known->source, resource->source))
			continue;
		*ret = (struct slice){ known->data, known->length };
		return 0;
	}
	return fetch_authority(network, resource, ret, err);
}

/* The bytes of each of @list, in an array that the caller frees. */
static int get_authorities(struct network *network, const struct config_list *list,
			   struct slice **ret, struct error *err)
{
	AUTO_FREE struct slice *bundles = xcalloc(list->count, sizeof(*bundles));
	size_t i = 0;

	CONFIG_EACH (struct config_resource, resource, list) {
		int r = get_authority(network, resource, &bundles[i++], err);

		if (r < 0)
			return r;
	}
	*ret = take_ptr(&bundles);
	return 0;
}

static int configure(const struct network *network, const struct config_fetch_settings *settings,
		     const struct slice *bundles, size_t count, struct error *err)
{
	const struct config_timeouts *timeouts = settings->timeouts;
	const struct config_proxy *proxy = settings->proxy;
	const struct fetch_settings next = {
		.response_headers_ms = timeout_ms(timeouts->http_response_headers,
						  FETCH_RESPONSE_HEADERS_DEFAULT_MS),
		.total_ms = timeout_ms(timeouts->http_total, FETCH_TOTAL_DEFAULT_MS),
		.http_proxy = proxy->http_proxy,
		.https_proxy = proxy->https_proxy,
		.no_proxy = no_proxy_of(proxy, config_pool_arena(network->pool)),
		.no_proxy_count = proxy->no_proxy.count,
		.authorities = bundles,
		.authority_count = count,
	};

	return fetcher_configure(network->fetcher, &next, err);
}

/* The authorities themselves are fetched with the new timeouts and proxies, and the old trust. */
static int configure_for_authorities(struct network *network,
				     const struct config_fetch_settings *settings,
				     struct error *err)
{
	AUTO_FREE struct slice *bundles = NULL;
	size_t count = network->in_force ? network->in_force->count : 0;
	int r = count ? get_authorities(network, network->in_force, &bundles, err) : 0;

	return r < 0 ? r : configure(network, settings, bundles, count, err);
}

int network_apply(struct network *network, const struct config_fetch_settings *settings,
		  struct error *err)
{
	const struct config_list *authorities = settings->certificate_authorities;
	AUTO_FREE struct slice *bundles = NULL;
	int r = configure_for_authorities(network, settings, err);

	if (r < 0 || authorities == network->in_force || authorities->count == 0)
		return r;
	r = get_authorities(network, authorities, &bundles, err);
	if (r == 0)
		r = configure(network, settings, bundles, authorities->count, err);
	if (r == 0)
		network->in_force = authorities;
	return r;
}

struct config_fetch_settings network_settings_of(const struct config *config)
{
	const struct config_ignition *ignition = &config->ignition;

	return (struct config_fetch_settings){
		.timeouts = &ignition->timeouts,
		.certificate_authorities = &ignition->security.tls.certificate_authorities,
		.proxy = &ignition->proxy,
	};
}

int network_embed(struct network *network, const struct config *config, const struct config **ret,
		  struct error *err)
{
	const struct config_list *list = &config->ignition.security.tls.certificate_authorities;
	AUTO_FREE struct slice *bundles = NULL;
	int r = list->count ? get_authorities(network, list, &bundles, err) : 0;

	if (r < 0)
		return r;
	*ret = list->count ? config_embed_authorities(network->pool, config, bundles) : config;
	return 0;
}

int network_use(struct fetcher *fetcher, struct config_pool *pool, const struct config *config,
		struct error *err)
{
	const struct config_fetch_settings settings = network_settings_of(config);
	AUTO(network_free) struct network *network = network_new(fetcher, pool);

	return network_apply(network, &settings, err);
}
