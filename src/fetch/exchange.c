#include "fetch/exchange.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/url.h"
#include "fetch/address.h"
#include "fetch/content_range.h"
#include "fetch/privileged_port.h"
#include "fetch/proxy.h"
#include "fetch/request_headers.h"

#define STATUS_OK      200
#define STATUS_PARTIAL 206
#define MS_PER_US      1000
#define MS_PER_SECOND  1000

static const struct curl_library *library_of(const struct exchange *exchange)
{
	return exchange->params.library;
}

/* --- the answer */

/* A header of the last answer; "" when there is none or it is too long. */
static void get_header(const struct exchange *exchange, const char *name,
		       char ret[static VALIDATOR_MAX_BYTES])
{
	struct curl_header *header = NULL;

	ret[0] = '\0';
	if (library_of(exchange)->easy_header(exchange->easy, name, 0, CURLH_HEADER, -1, &header) ==
		    CURLHE_OK &&
	    strlen(header->value) < VALIDATOR_MAX_BYTES)
		memcpy(ret, header->value, strlen(header->value) + 1);
}

static void get_validators(const struct exchange *exchange, char etag[static VALIDATOR_MAX_BYTES],
			   char last_modified[static VALIDATOR_MAX_BYTES])
{
	get_header(exchange, "ETag", etag);
	get_header(exchange, "Last-Modified", last_modified);
	/* RFC 9110, 8.8.1: a weak one does not promise the same bytes. */
	if (strncmp(etag, "W/", 2) == 0)
		etag[0] = '\0';
}

bool body_can_resume(const struct body *body)
{
	return body->delivered == 0 || body->etag[0] || body->last_modified[0];
}

static int fail(struct body *body, enum error_kind kind, int errnum, const char *text)
{
	body->failure_result = error_set(&body->failure, kind, errnum, "%s", text);
	return body->failure_result;
}

static int fail_changed(struct body *body)
{
	return fail(body, ERROR_NETWORK_FINAL, ESTALE,
		    "the resource changed while it was being fetched");
}

/* Whether the bytes of @value begin where @body ends, and belong to it. */
static bool is_continuation(const struct body *body, struct slice value)
{
	struct content_range range;

	if (!content_range_parse(value, &range) || range.first != body->delivered)
		return false;
	return !range.is_sized || !body->is_sized || range.total == body->total;
}

/* The same bytes, from the first or from where it broke off? */
static int check_continuation(struct exchange *exchange, long status)
{
	struct body *body = exchange->params.body;
	char etag[VALIDATOR_MAX_BYTES];
	char last_modified[VALIDATOR_MAX_BYTES];
	char range[VALIDATOR_MAX_BYTES];

	get_validators(exchange, etag, last_modified);
	get_header(exchange, "Content-Range", range);
	/* Servers may leave validators out of a 206: If-Range has compared them already. */
	bool same = body->etag[0] ? strcmp(etag, body->etag) == 0
				  : strcmp(last_modified, body->last_modified) == 0;

	if (status == STATUS_PARTIAL && !etag[0] && !last_modified[0])
		same = true;
	if (status == STATUS_PARTIAL && !is_continuation(body, slice_of(range)))
		same = false;
	if (!same)
		return fail_changed(body);
	exchange->skip = status == STATUS_OK ? body->delivered : 0;
	return 0;
}

static void begin_first_body(const struct exchange *exchange)
{
	struct body *body = exchange->params.body;
	curl_off_t total = -1;

	get_validators(exchange, body->etag, body->last_modified);
	library_of(exchange)->easy_getinfo(exchange->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
					   &total);
	body->is_sized = total >= 0;
	body->total = body->is_sized ? (uint64_t)total : 0;
}

/* What the first byte of a body means. */
static int begin_body(struct exchange *exchange)
{
	const struct body *body = exchange->params.body;
	long status = exchange_status(exchange);

	exchange->has_body = true;
	exchange->is_refusal =
		status != STATUS_OK && !(status == STATUS_PARTIAL && body->delivered);
	if (exchange->is_refusal)
		return 0;
	if (body->delivered)
		return check_continuation(exchange, status);
	begin_first_body(exchange);
	return 0;
}

static int deliver(struct exchange *exchange, struct slice data)
{
	struct body *body = exchange->params.body;
	uint64_t skip = exchange->skip < data.length ? exchange->skip : data.length;

	exchange->skip -= skip;
	data = slice_from(data, skip);
	if (data.length == 0)
		return 0;
	if (data.length > FETCH_BODY_MAX_BYTES - body->delivered)
		return fail(body, ERROR_INPUT, EFBIG, "the resource is too large");

	int r = body->sink->write(body->sink, data.data, data.length, &body->failure);

	body->failure_result = r;
	if (r == 0)
		body->delivered += data.length;
	return r;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t length = size * count;
	int r = exchange->has_body ? 0 : begin_body(exchange);

	if (r < 0)
		return CURL_WRITEFUNC_ERROR;
	if (exchange->is_refusal) {
		exchange->refused_bytes += length;
		if (exchange->params.refusal)
			text_append(exchange->params.refusal, data, length);
		return exchange->refused_bytes > FETCH_REFUSAL_MAX_BYTES ? CURL_WRITEFUNC_ERROR
									 : length;
	}
	return deliver(exchange, (struct slice){ data, length }) < 0 ? CURL_WRITEFUNC_ERROR
								     : length;
}

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t length = size * count;

	exchange->header_bytes += length;
	if (exchange->header_bytes > FETCH_HEADERS_MAX_BYTES) {
		fail(exchange->params.body, ERROR_NETWORK_FINAL, E2BIG,
		     "the answer has too many headers");
		return CURL_WRITEFUNC_ERROR;
	}
	/* The empty line behind a block; those of status 1xx are followed by another. */
	if (slice_trim((struct slice){ data, length }).length == 0 &&
	    exchange_status(exchange) >= STATUS_OK)
		exchange->has_headers = true;
	return length;
}

/* The name that a redirect led to may stand for any address. */
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct exchange *exchange = context;
	struct address resolved;

	(void)purpose;
	if (exchange->params.is_redirected && !exchange->is_proxied &&
	    address_of_socket(&address->addr, &resolved) && address_is_link_local(&resolved)) {
		exchange->met_link_local = true;
		return CURL_SOCKET_BAD;
	}

	AUTO_CLOSE int fd =
		socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	if (fd < 0)
		return CURL_SOCKET_BAD;
	if (exchange->params.request->is_privileged && !exchange->params.is_redirected) {
		exchange->bind_result = privileged_port_bind(fd, address->family);
		if (exchange->bind_result < 0)
			return CURL_SOCKET_BAD;
	}
	return take_fd(&fd);
}

long exchange_status(const struct exchange *exchange)
{
	long status = 0;

	library_of(exchange)->easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

char *exchange_header(const struct exchange *exchange, const char *name)
{
	char value[VALIDATOR_MAX_BYTES] = "";

	if (name)
		get_header(exchange, name, value);
	return value[0] ? xstrdup(value) : NULL;
}

bool exchange_is_late(const struct exchange *exchange, int64_t now_ms)
{
	int64_t limit = exchange->params.settings->response_headers_ms;
	curl_off_t sent_us = 0;

	if (limit == 0 || exchange->has_headers)
		return false;
	/* Set when everything is ready to send the request. */
	library_of(exchange)->easy_getinfo(exchange->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
	return sent_us > 0 && now_ms - exchange->started_ms - sent_us / MS_PER_US >= limit;
}

/* --- the request */

/* Bytes that Go escapes when it sends what it has accepted. */
static bool needs_escape(unsigned char c)
{
	return c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c);
}

static int append_escaped(struct text *out, struct slice part)
{
	int r = 0;

	for (size_t i = 0; i < part.length && r == 0; i++) {
		unsigned char c = (unsigned char)part.data[i];

		r = needs_escape(c) ? text_printf(out, "%%%02X", c)
				    : text_append_char(out, part.data[i]);
	}
	return r;
}

/* The URL as it goes over the wire: escaped, without its fragment. */
static int append_url(struct text *out, const struct url *url)
{
	int r = text_append_slice(out, url->scheme);

	if (r == 0)
		r = text_append_str(out, "://");
	if (r == 0 && url->userinfo.data) {
		r = text_append_slice(out, url->userinfo);
		if (r == 0)
			r = text_append_char(out, '@');
	}
	if (r == 0)
		r = text_append_slice(out, url->host);
	if (r == 0)
		r = append_escaped(out, url->path);
	if (r == 0 && url->query.data) {
		r = text_append_char(out, '?');
		if (r == 0)
			r = append_escaped(out, url->query);
	}
	return r;
}

static int set_url(struct exchange *exchange, struct url *ret, struct error *err)
{
	AUTO(text_done) struct text out = TEXT_INIT(FETCH_URL_MAX_BYTES);
	int r = url_parse(slice_of(exchange->params.url), ret, err);

	if (r < 0)
		return error_wrap(err, r, "unable to parse url");
	if (ret->host.length == 0)
		return error_set(err, ERROR_INPUT, EINVAL, "no Host in request URL");
	if (append_url(&out, ret) < 0)
		return error_set(err, ERROR_INPUT, E2BIG, "URL is longer than %zu bytes",
				 FETCH_URL_MAX_BYTES);
	exchange->url = text_take(&out);
	return 0;
}

static int set_headers(struct exchange *exchange, struct error *err)
{
	const struct exchange_params *params = &exchange->params;
	const struct body *body = params->body;
	const struct header_params headers = {
		.library = params->library,
		.request = params->request,
		.user_agent = params->settings->user_agent,
		.is_redirected = params->is_redirected,
		.signer = params->signer,
		.offset = body->delivered,
		.validator = body->etag[0] ? body->etag : body->last_modified,
	};

	return request_headers(&headers, &exchange->headers, err);
}

/* socks5: leaves names to the proxy, as Go does. */
static char *proxy_text(struct slice proxy)
{
	if (slice_starts(proxy, "socks5://"))
		return xasprintf("socks5h%.*s", SLICE_ARGS(slice_from(proxy, strlen("socks5"))));
	return slice_dup(proxy);
}

static bool is_https(const struct url *url)
{
	return url->scheme.length == strlen("https");
}

static void set_network_options(struct exchange *exchange, const struct url *url)
{
	const struct curl_library *library = library_of(exchange);
	struct slice proxy = proxy_choose(exchange->params.settings, url);
	struct slice authorities = exchange->params.authorities;
	AUTO_FREE char *proxy_url = proxy.data ? proxy_text(proxy) : xstrdup("");
	const int64_t stall_ms = exchange->params.settings->stall_ms;
	CURL *easy = exchange->easy;

	exchange->is_proxied = proxy.data;
	/* Empty texts, not NULL: these keep libcurl from the environment. */
	library->easy_setopt(easy, CURLOPT_PROXY, proxy_url);
	library->easy_setopt(easy, CURLOPT_NOPROXY, "");
	library->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	library->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
	library->easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	if (stall_ms) {
		library->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
		library->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
				     (long)(stall_ms / MS_PER_SECOND));
	}
	library->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	library->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange);
	if (exchange->params.is_redirected) /* on_socket() has to see its address */
		library->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	else if (is_https(url)) /* without TLS it would only wait */
		library->easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	if (exchange->params.request->is_privileged) {
		library->easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		library->easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	}
	/* Each connection gets a copy of its own. */
	if (authorities.data && is_https(url)) {
		struct curl_blob blob = { (void *)(uintptr_t)authorities.data, authorities.length,
					  CURL_BLOB_NOCOPY };

		library->easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
	}
}

static void set_request_options(struct exchange *exchange)
{
	const struct curl_library *library = library_of(exchange);
	const struct fetch_request *request = exchange->params.request;
	CURL *easy = exchange->easy;

	library->easy_setopt(easy, CURLOPT_URL, exchange->url);
	library->easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	library->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	/* HTTP/2 where TLS agrees on it: then one connection carries all requests to a host. */
	library->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	library->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	library->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	library->easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
	if (request->method && !exchange->params.is_redirected)
		library->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	/* Else libcurl waits for a body that is announced and does not come. */
	if (request->method && strcmp(request->method, "HEAD") == 0)
		library->easy_setopt(easy, CURLOPT_NOBODY, 1L);
}

static void set_callbacks(struct exchange *exchange)
{
	const struct curl_library *library = library_of(exchange);
	CURL *easy = exchange->easy;

	library->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that waits for an answer is left behind, not waited for. */
	library->easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	library->easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->text);
	library->easy_setopt(easy, CURLOPT_PRIVATE, exchange->params.owner);
	library->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	library->easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	library->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	library->easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
}

int exchange_init(struct exchange *ret, const struct exchange_params *params, struct error *err)
{
	struct url url = { 0 };

	*ret = (struct exchange){ .params = *params };
	if (params->refusal)
		text_clear(params->refusal);

	int r = set_url(ret, &url, err);

	if (r == 0)
		r = set_headers(ret, err);
	if (r < 0) {
		exchange_done(ret);
		return r;
	}
	ret->easy = params->library->easy_init();
	if (!ret->easy)
		abort();
	set_request_options(ret);
	set_network_options(ret, &url);
	set_callbacks(ret);
	return 0;
}

void exchange_done(struct exchange *exchange)
{
	const struct curl_library *library = library_of(exchange);

	if (exchange->easy)
		library->easy_cleanup(exchange->easy);
	if (exchange->headers)
		library->slist_free_all(exchange->headers);
	free(exchange->url);
	exchange->easy = NULL;
	exchange->headers = NULL;
	exchange->url = NULL;
}
