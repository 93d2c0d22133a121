/* url - the same texts are URLs as for Go's net/url. */
#include "base/url.h"

#include <errno.h>

#include "tap.h"

static const struct {
	const char *text;
	const char *scheme, *opaque, *userinfo, *host, *path, *query, *fragment;
} part_rows[] = {
	{ "http://u:p@h:80/p%20q?a=b#f", "http", NULL, "u:p", "h:80", "/p%20q", "a=b", "f" },
	{ "HTTP://h", "HTTP", NULL, NULL, "h", "", NULL, NULL },
	{ "data:text/plain,a?b", "data", "text/plain,a", NULL, NULL, NULL, "b", NULL },
	{ "arn:aws:s3:::b/k", "arn", "aws:s3:::b/k", NULL, NULL, NULL, NULL, NULL },
	{ "//h/p", NULL, NULL, NULL, "h", "/p", NULL, NULL },
	{ "///p", NULL, NULL, NULL, NULL, "///p", NULL, NULL },
	{ "file:///p", "file", NULL, NULL, "", "/p", NULL, NULL },
	{ "file:/p", "file", NULL, NULL, NULL, "/p", NULL, NULL },
	{ "h/a:b", NULL, NULL, NULL, NULL, "h/a:b", NULL, NULL },
	{ "http://h?", "http", NULL, NULL, "h", "", "", NULL },
	{ "http://h?a?b", "http", NULL, NULL, "h", "", "a?b", NULL },
	{ "http://a@b@h/", "http", NULL, "a@b", "h", "/", NULL, NULL },
	{ "http://@h/", "http", NULL, "", "h", "/", NULL, NULL },
	{ "http://[::1]:8080/", "http", NULL, NULL, "[::1]:8080", "/", NULL, NULL },
	{ "http://[fe80::1%25en%20 0]/", NULL, NULL, NULL, NULL, NULL, NULL, NULL },
	{ "http://[fe80::1%25en%200]/", "http", NULL, NULL, "[fe80::1%25en%200]", "/", NULL, NULL },
	{ "http://h:/", "http", NULL, NULL, "h:", "/", NULL, NULL },
	{ "http://h%c3%a9/", "http", NULL, NULL, "h%c3%a9", "/", NULL, NULL },
	{ "1http:x", NULL, NULL, NULL, NULL, NULL, NULL, NULL },
	{ "", NULL, NULL, NULL, NULL, "", NULL, NULL },
	{ "http:?q", "http", "", NULL, NULL, NULL, "q", NULL },
	{ "a#", NULL, NULL, NULL, NULL, "a", NULL, "" },
};

static const struct {
	const char *label;
	struct slice text;
	const char *want;
} refused_rows[] = {
	{ "a control character", SLICE("http://h/\n"),
	  "net/url: invalid control character in URL" },
	{ "DEL", SLICE("http://h/\x7f"), "net/url: invalid control character in URL" },
	{ "NUL", SLICE("http://h/\0"), "net/url: invalid control character in URL" },
	{ "an empty scheme", SLICE("://h"), "missing protocol scheme" },
	{ "a colon in the first segment", SLICE("1a:b"),
	  "first path segment in URL cannot contain colon" },
	{ "a space before a colon", SLICE("a b:c/d"),
	  "first path segment in URL cannot contain colon" },
	{ "letters in a port", SLICE("http://h:8o/"), "invalid port \":8o\" after host" },
	{ "a port after an IPv6 address", SLICE("http://[::1]80/"),
	  "invalid port \"80\" after host" },
	{ "an open bracket", SLICE("http://[::1/"), "missing ']' in host" },
	{ "an escape that is none", SLICE("http://h/%zz"), "invalid URL escape \"%zz\"" },
	{ "an escape cut short", SLICE("http://h/%4"), "invalid URL escape \"%4\"" },
	{ "a bad escape in the fragment", SLICE("data:,a#%"), "invalid URL escape \"%\"" },
	{ "an escaped ASCII byte in a host", SLICE("http://h%41/"), "invalid URL escape \"%41\"" },
	{ "an escaped '/' in a zone", SLICE("http://[::1%25a%2f]/"), "invalid URL escape \"%2f\"" },
	{ "a space in a host", SLICE("http://a b/"), "invalid character \" \" in host name" },
	{ "a brace in a host", SLICE("http://{a}/"), "invalid character \"{\" in host name" },
	{ "non-ASCII user info", SLICE("http://\xc3\xa9@h/"), "net/url: invalid userinfo" },
	{ "a bad escape in user info", SLICE("http://a%@h/"), "invalid URL escape \"%\"" },
};

static const struct {
	const char *text, *name, *want;
} query_rows[] = {
	{ "s3://b/k?versionId=1&versionId=2", "versionId", "1" },
	{ "s3://b/k?a&versionId", "versionId", "" },
	{ "s3://b/k?version%49d=x", "versionId", "x" },
	{ "s3://b/k?versionId=%zz&versionId=2", "versionId", "2" },
	{ "s3://b/k?a;versionId=1", "versionId", NULL },
	{ "s3://b/k?versionIds=1", "versionId", NULL },
	{ "s3://b/k?version=1", "versionId", NULL },
	{ "s3://b/k?", "versionId", NULL },
	{ "s3://b/k", "versionId", NULL },
	{ "h?a+b=1", "a b", "1" },
};

static const struct {
	const char *text, *want;
} printable_rows[] = {
	{ "http://user:secret@h:80/p?token=secret#secret", "http://h:80/p" },
	{ "//h/p", "//h/p" },
	{ "file:///p", "file:///p" },
	{ "data:text/plain;base64,c2VjcmV0", "data:text/plain;base64,..." },
	{ "data:,", "data:,..." },
	{ "http:user:secret@h", "http:..." },
	{ "arn:aws:s3:::b/k?versionId=1", "arn:aws:s3:::b/k" },
	{ "http://user:secret%@h/", "(malformed URL)" },
};

static bool part_is(struct slice part, const char *want)
{
	return want ? part.data && slice_is(part, want) : !part.data;
}

static void test_parts(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(part_rows); i++) {
		struct url url = { 0 };
		int r = url_parse(slice_of(part_rows[i].text), &url, NULL);
		bool want_ok = part_rows[i].path || part_rows[i].scheme;

		tap_ok(r == (want_ok ? 0 : -EINVAL) && part_is(url.scheme, part_rows[i].scheme) &&
			       part_is(url.opaque, part_rows[i].opaque) &&
			       part_is(url.userinfo, part_rows[i].userinfo) &&
			       part_is(url.host, part_rows[i].host) &&
			       part_is(url.path, part_rows[i].path) &&
			       part_is(url.query, part_rows[i].query) &&
			       part_is(url.fragment, part_rows[i].fragment),
		       "parts of \"%s\" (got %d)", part_rows[i].text, r);
	}
}

int main(void)
{
	test_parts();
	for (size_t i = 0; i < ARRAY_SIZE(refused_rows); i++) {
		AUTO(error_done) struct error err = ERROR_INIT;
		struct url url;
		int r = url_parse(refused_rows[i].text, &url, &err);

		tap_ok(r == -EINVAL && err.kind == ERROR_INPUT, "refused: %s",
		       refused_rows[i].label);
		tap_str(err.text, refused_rows[i].want, refused_rows[i].label);
	}
	for (size_t i = 0; i < ARRAY_SIZE(query_rows); i++) {
		struct url url = { 0 };

		url_parse(slice_of(query_rows[i].text), &url, NULL);
		tap_ok(part_is(url_query_get(&url, query_rows[i].name), query_rows[i].want),
		       "%s in %s", query_rows[i].name, query_rows[i].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(printable_rows); i++) {
		AUTO(text_done) struct text text = TEXT_INIT(256);

		tap_int(url_append_printable(&text, slice_of(printable_rows[i].text)), 0,
			"printable");
		tap_str(text_str(&text), printable_rows[i].want, printable_rows[i].text);
	}

	AUTO(text_done) struct text plain = TEXT_INIT(64);
	AUTO(text_done) struct text escaped = TEXT_INIT(64);

	url_append_unescaped(&plain, SLICE("/a%20b%2fc%4/%"));
	tap_str(text_str(&plain), "/a b/c%4/%", "escapes are undone, what is none stays");
	url_append_escaped(&escaped, SLICE("a b/\xc3\xa9%-._~"));
	tap_str(text_str(&escaped), "a%20b%2F%C3%A9%25-._~", "one segment of a path");
	tap_int(url_append_unescaped(&plain, (struct slice){ NULL, 0 }), 0, "no part at all");

	AUTO(text_done) struct text small = TEXT_INIT(8);

	tap_int(url_append_printable(&small, SLICE("http://host/")), -E2BIG, "a ceiling holds");
	tap_str(text_str(&small), "", "and nothing is left of what did not fit");
	return tap_done();
}
