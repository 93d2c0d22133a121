/*
 * url - the parts of what is accepted are slices of the text, in order and without overlap; what is
 * printed of it holds neither user info nor query; a path, unescaped and escaped again, unescapes
 * to the same; a redirect to it ends at http or https, and never below https.
 */
#include "base/url.h"

#include "fetch/address.h"
#include "fetch/redirect.h"
#include "fuzz.h"

#define TEXT_MAX ((size_t)1 << 26)

/* @part, if there is something in it, lies behind *@at in @text; *@at goes to its end. */
static void check_part(struct slice text, struct slice part, const char **at)
{
	if (part.length == 0)
		return;
	FUZZ_REQUIRE(part.data >= *at && part.data + part.length <= text.data + text.length);
	*at = part.data + part.length;
}

static void check_parts(struct slice text, const struct url *url)
{
	const char *at = text.data;

	check_part(text, url->scheme, &at);
	check_part(text, url->opaque, &at);
	check_part(text, url->userinfo, &at);
	check_part(text, url->host, &at);
	check_part(text, url->path, &at);
	check_part(text, url->query, &at);
	check_part(text, url->fragment, &at);
}

static void check_printable(struct slice text, const struct url *url)
{
	AUTO(text_done) struct text shown = TEXT_INIT(TEXT_MAX);
	struct url again = { 0 };

	FUZZ_REQUIRE(url_append_printable(&shown, text) == 0);
	/* An opaque text is cut wherever it is: it is no URL then. */
	if (url->opaque.data || url_parse(text_slice(&shown), &again, /* err= */ NULL) < 0)
		return;
	FUZZ_REQUIRE(!again.userinfo.data && !again.query.data);
	/* Without a scheme "////x" is a path, as Go has it: a host that is empty is lost. */
	FUZZ_REQUIRE(!url->scheme.data || slice_equal(again.path, url->path));
}

static void check_escapes(struct slice path)
{
	AUTO(text_done) struct text plain = TEXT_INIT(TEXT_MAX);
	AUTO(text_done) struct text escaped = TEXT_INIT(TEXT_MAX);
	AUTO(text_done) struct text again = TEXT_INIT(TEXT_MAX);

	FUZZ_REQUIRE(url_append_unescaped(&plain, path) == 0);
	FUZZ_REQUIRE(url_append_escaped(&escaped, text_slice(&plain)) == 0);
	FUZZ_REQUIRE(url_append_unescaped(&again, text_slice(&escaped)) == 0);
	FUZZ_REQUIRE(slice_equal(text_slice(&plain), text_slice(&again)));
}

static void check_redirect(struct slice text, const struct url *url)
{
	struct slice name;
	struct slice port;
	struct address address;

	if (redirect_check(SLICE("https://h/"), text, 1, /* err= */ NULL) < 0)
		return;
	FUZZ_REQUIRE(url->scheme.length == 5 && url->host.length);
	address_split_host(url->host, &name, &port);
	FUZZ_REQUIRE(!address_parse(name, &address) || !address_is_link_local(&address));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(error_done) struct error err = ERROR_INIT;
	struct slice text = { (const char *)data, size };
	struct url url = { 0 };

	if (url_parse(text, &url, &err) < 0) {
		FUZZ_REQUIRE(err.kind == ERROR_INPUT && err.text);
		FUZZ_REQUIRE(redirect_check(SLICE("http://h/"), text, 1, /* err= */ NULL) < 0);
		return 0;
	}
	check_parts(text, &url);
	check_printable(text, &url);
	check_escapes(url.path);
	check_redirect(text, &url);
	return 0;
}
