#include "fetch/fetch.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/dataurl.h"
#include "base/hash.h"
#include "base/url.h"
#include "fetch/gzip.h"

struct fetcher {
	enum fetcher_mode mode;
	const struct event_observer *observer;
};

/* One scheme of URLs.  One that has no way to deliver is known, but not to this version. */
struct scheme {
	const char *name;
	bool needs_network;
	int (*deliver)(const struct fetch_request *request, struct content_sink *sink,
		       struct error *err);
};

static int deliver_data(const struct fetch_request *request, struct content_sink *sink,
			struct error *err)
{
	struct dataurl url = { 0 };
	int r = dataurl_parse(request->url, &url, err);

	return r < 0 ? r : dataurl_deliver(&url, sink, err);
}

static const struct scheme schemes[] = {
	{ .name = "data", .deliver = deliver_data }, { .name = "http", .needs_network = true },
	{ .name = "https", .needs_network = true },  { .name = "tftp", .needs_network = true },
	{ .name = "s3", .needs_network = true },     { .name = "gs", .needs_network = true },
	{ .name = "arn", .needs_network = true },
};

/* Not in the table: a URL without a scheme has no bytes, whatever else it says. */
static const struct scheme no_scheme = { .name = "" };

static bool is_scheme(struct slice text, const char *name)
{
	return text.length == strlen(name) && strncasecmp(text.data, name, text.length) == 0;
}

static int find_scheme(struct slice text, const struct scheme **ret, struct error *err)
{
	struct url url = { 0 };
	int r = url_parse(text, &url, err);

	if (r < 0)
		return error_wrap(err, r, "unable to parse url");
	if (url.scheme.length == 0) {
		*ret = &no_scheme;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		if (!is_scheme(url.scheme, schemes[i].name))
			continue;
		*ret = &schemes[i];
		return 0;
	}
	return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "unsupported source scheme");
}

static int check_reachable(const struct scheme *scheme, enum fetcher_mode mode, struct error *err)
{
	if (scheme->needs_network && mode == FETCHER_OFFLINE)
		return error_set(err, ERROR_NEED_NETWORK, ENETDOWN, "resource requires networking");
	if (!scheme->deliver)
		return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
				 "cannot fetch %s: URLs: this version fetches data: URLs only",
				 scheme->name);
	return 0;
}

/* A sink that passes everything on, and knows the hash of it in the end. */
struct verifier {
	struct content_sink sink;
	struct content_sink *next;
	struct hash hash;
	struct slice expected; /* hex, as the config has it; absent: nothing is verified */
};

static int verifier_write(struct content_sink *sink, const void *data, size_t length,
			  struct error *err)
{
	struct verifier *verifier = sink->context;

	if (verifier->expected.data)
		hash_update(&verifier->hash, data, length);
	return verifier->next->write(verifier->next, data, length, err);
}

/* "sha512-<hex>" taken apart. */
static int parse_hash(struct slice text, enum hash_kind *ret_kind, struct slice *ret_hex,
		      struct error *err)
{
	const char *dash = text.length ? memchr(text.data, '-', text.length) : NULL;

	if (!dash)
		return error_set(err, ERROR_INPUT, EINVAL, "malformed hash specifier");

	struct slice function = { text.data, (size_t)(dash - text.data) };
	struct slice hex = slice_from(text, function.length + 1);
	enum hash_kind kind = 0;

	while (kind < HASH_KIND_COUNT && !slice_is(function, hash_kind_name(kind)))
		kind++;
	if (kind == HASH_KIND_COUNT)
		return error_set(err, ERROR_INPUT, EINVAL, "unrecognized hash function");
	if (hex.length != 2 * hash_bytes(kind))
		return error_set(err, ERROR_INPUT, EINVAL, "incorrect size for hash sum");
	*ret_kind = kind;
	*ret_hex = hex;
	return 0;
}

static int check_hex(struct slice hex, struct error *err)
{
	for (size_t i = 0; i < hex.length; i++)
		if (!isxdigit((unsigned char)hex.data[i]))
			return error_set(err, ERROR_INPUT, EINVAL,
					 "invalid byte 0x%02x in hash sum",
					 (unsigned char)hex.data[i]);
	return 0;
}

static int verifier_init(struct verifier *ret, const struct fetch_request *request,
			 struct content_sink *next, struct error *err)
{
	enum hash_kind kind = 0;
	int r = 0;

	*ret = (struct verifier){ .sink = { .write = verifier_write, .context = ret },
				  .next = next };
	if (!request->hash.data)
		return 0;
	r = parse_hash(request->hash, &kind, &ret->expected, err);
	if (r == 0 && !request->case_exact_hash)
		r = check_hex(ret->expected, err);
	if (r == 0)
		hash_init(&ret->hash, kind);
	return r;
}

static int verifier_finish(struct verifier *verifier, const struct fetch_request *request,
			   const struct event_observer *observer, struct error *err)
{
	char calculated[HASH_HEX_MAX];
	char expected[HASH_HEX_MAX] = "";

	if (!verifier->expected.data)
		return 0;
	hash_hex(&verifier->hash, calculated);
	memcpy(expected, verifier->expected.data, verifier->expected.length);
	for (char *c = expected; *c && !request->case_exact_hash; c++)
		*c = (char)tolower((unsigned char)*c);
	if (strcmp(calculated, expected) != 0)
		return error_set(err, ERROR_VERIFY, EBADMSG,
				 "hash verification failed (calculated %s but expected %s)",
				 calculated, expected);
	if (!request->case_exact_hash)
		event_message(observer, EVENT_DEBUG, "file matches expected sum of: %s", expected);
	return 0;
}

static int deliver_decompressed(const struct scheme *scheme, const struct fetch_request *request,
				struct content_sink *sink, struct error *err)
{
	if (request->compression.length == 0)
		return scheme->deliver(request, sink, err);
	if (!slice_is(request->compression, "gzip"))
		return error_set(err, ERROR_INPUT, EINVAL, "invalid compression method");

	AUTO(gzip_free) struct gzip *gzip = gzip_new(sink);
	int r = scheme->deliver(request, gzip_sink(gzip), err);

	return r < 0 ? r : gzip_finish(gzip, err);
}

static int stream(const struct fetcher *fetcher, const struct event_observer *observer,
		  const struct fetch_request *request, struct content_sink *sink, struct error *err)
{
	const struct scheme *scheme = &no_scheme;
	struct verifier verifier;
	int r = find_scheme(request->url, &scheme, err);

	if (r < 0 || scheme == &no_scheme)
		return r;
	r = check_reachable(scheme, fetcher->mode, err);
	if (r == 0)
		r = verifier_init(&verifier, request, sink, err);
	if (r == 0)
		r = deliver_decompressed(scheme, request, &verifier.sink, err);
	return r < 0 ? r : verifier_finish(&verifier, request, observer, err);
}

struct fetcher *fetcher_new(enum fetcher_mode mode, const struct event_observer *observer)
{
	struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));

	fetcher->mode = mode;
	fetcher->observer = observer;
	return fetcher;
}

void fetcher_free(struct fetcher *fetcher)
{
	free(fetcher);
}

bool fetch_is_local(struct slice url)
{
	const struct scheme *scheme = &no_scheme;

	return find_scheme(url, &scheme, /* err= */ NULL) == 0 && !scheme->needs_network;
}

int fetch_stream(struct fetcher *fetcher, const struct fetch_request *request,
		 struct content_sink *sink, struct error *err)
{
	return stream(fetcher, fetcher->observer, request, sink, err);
}

static int memory_write(struct content_sink *sink, const void *data, size_t length,
			struct error *err)
{
	if (text_append(sink->context, data, length) == 0)
		return 0;
	return error_set(err, ERROR_INPUT, EFBIG, "resource is larger than %zu MiB",
			 FETCH_MEMORY_MAX >> 20);
}

int fetch_memory(struct fetcher *fetcher, const struct fetch_request *request, char **ret,
		 size_t *ret_length, struct error *err)
{
	AUTO(text_done) struct text text = TEXT_INIT(FETCH_MEMORY_MAX);
	struct content_sink sink = { .write = memory_write, .context = &text };
	int r = fetch_stream(fetcher, request, &sink, err);

	if (r < 0)
		return r;
	*ret_length = text.length;
	*ret = text_take(&text);
	return 0;
}

static int content_stream(const struct content *content, struct content_sink *sink,
			  const struct event_observer *observer, struct error *err)
{
	const struct fetch_content *detail = content->detail;

	return stream(detail->fetcher, observer, &detail->request, sink, err);
}

static const struct content_class fetch_class = { .deliver = content_stream };

void fetch_content_init(struct content *ret, struct fetch_content *detail)
{
	AUTO(text_done) struct text printable = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (url_append_printable(&printable, detail->request.url) < 0)
		text_append_str(&printable, "(long URL)");
	snprintf(detail->label, sizeof(detail->label), "%s", text_str(&printable));
	*ret = (struct content){
		.class = &fetch_class,
		.detail = detail,
		.label = slice_of(detail->label),
		.is_local = fetch_is_local(detail->request.url),
	};
}
