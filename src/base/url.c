#include "base/url.h"

#include <errno.h>
#include <stdbool.h>

/* What of an opaque URL is shown in logs at most: an S3 ARN fits, a data: URL's media type too. */
#define URL_PRINTABLE_OPAQUE_MAX 256

/* The parts that differ in which bytes may be escaped, and which must be. */
enum url_part {
	URL_PART_PATH, /* also user info and fragment: any well-formed escape */
	URL_PART_HOST, /* RFC 3986, 3.2.2: escapes of non-ASCII bytes only */
	URL_PART_ZONE, /* RFC 6874: what a host may hold, escaped, and spaces */
};

static bool is_control(unsigned char c)
{
	return (c < 0x20) | (c == 0x7f);
}

static bool is_alphanumeric(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_host_byte(unsigned char c)
{
	return is_alphanumeric(c) || (c && strchr("-_.~!$&'()*+,;=:[]<>\"", c));
}

static bool is_userinfo_byte(unsigned char c)
{
	return is_alphanumeric(c) || (c && strchr("-_.~!$&'()*+,;=:%@", c));
}

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Byte that the escape at the front of @s stands for; -1 when it is malformed. */
static int escape_value(struct slice s)
{
	if (s.length < 3 || s.data[0] != '%')
		return -1;

	int high = hex_value((unsigned char)s.data[1]);
	int low = hex_value((unsigned char)s.data[2]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool escape_allowed(struct slice s, enum url_part part)
{
	int value = escape_value(s);

	if (value < 0)
		return false;
	if (part == URL_PART_PATH || value == '%')
		return true;
	if (part == URL_PART_HOST)
		return value >= 0x80;
	return value == ' ' || is_host_byte((unsigned char)value);
}

/* The error "<before><value in quotes><after>". */
static int refuse_quoted(struct error *err, const char *before, struct slice value,
			 const char *after)
{
	AUTO(text_done) struct text quoted = TEXT_INIT(TEXT_MESSAGE_MAX);

	text_append_quoted(&quoted, value);
	return error_set(err, ERROR_INPUT, EINVAL, "%s%s%s", before, text_str(&quoted), after);
}

static int check_part(struct slice s, enum url_part part, struct error *err)
{
	for (size_t at = 0; at < s.length; at++) {
		struct slice rest = slice_from(s, at);
		unsigned char c = (unsigned char)s.data[at];

		if (c == '%') {
			rest.length = rest.length < 3 ? rest.length : 3;
			if (!escape_allowed(rest, part))
				return refuse_quoted(err, "invalid URL escape ", rest, "");
			at += 2;
			continue;
		}
		rest.length = 1;
		if (part != URL_PART_PATH && c < 0x80 && !is_host_byte(c))
			return refuse_quoted(err, "invalid character ", rest, " in host name");
	}
	return 0;
}

/* Cut @s at its first @c, which goes with neither half; without one @after is absent. */
static struct slice cut(struct slice s, char c, struct slice *after)
{
	const char *found = s.length ? memchr(s.data, c, s.length) : NULL;

	*after = (struct slice){ NULL, 0 };
	if (!found)
		return s;
	*after = slice_from(s, (size_t)(found - s.data) + 1);
	s.length = (size_t)(found - s.data);
	return s;
}

/* "" or ":" and digits. */
static int check_port(struct slice s, struct error *err)
{
	bool ok = s.length == 0 || s.data[0] == ':';

	for (size_t i = 1; i < s.length && ok; i++)
		ok = s.data[i] >= '0' && s.data[i] <= '9';
	return ok ? 0 : refuse_quoted(err, "invalid port ", s, " after host");
}

/* "[address]" or "[address%25zone]", with an optional port. */
static int check_bracketed_host(struct slice host, struct error *err)
{
	const char *end = memrchr(host.data, ']', host.length);

	if (!end)
		return error_set(err, ERROR_INPUT, EINVAL, "missing ']' in host");

	size_t inside = (size_t)(end - host.data);
	const char *zone = memmem(host.data, inside, "%25", 3);
	size_t zone_at = zone ? (size_t)(zone - host.data) : inside;
	int r = check_port(slice_from(host, inside + 1), err);

	if (r == 0)
		r = check_part((struct slice){ host.data, zone_at }, URL_PART_HOST, err);
	if (r == 0)
		r = check_part((struct slice){ host.data + zone_at, inside - zone_at },
			       URL_PART_ZONE, err);
	return r < 0 ? r : check_part(slice_from(host, inside), URL_PART_HOST, err);
}

static int check_host(struct slice host, struct error *err)
{
	if (slice_starts(host, "["))
		return check_bracketed_host(host, err);

	const char *colon = host.length ? memrchr(host.data, ':', host.length) : NULL;
	int r = colon ? check_port(slice_from(host, (size_t)(colon - host.data)), err) : 0;

	return r < 0 ? r : check_part(host, URL_PART_HOST, err);
}

static int check_userinfo(struct slice userinfo, struct error *err)
{
	for (size_t i = 0; i < userinfo.length; i++)
		if (!is_userinfo_byte((unsigned char)userinfo.data[i]))
			return error_set(err, ERROR_INPUT, EINVAL, "net/url: invalid userinfo");
	return check_part(userinfo, URL_PART_PATH, err);
}

/* "user:password@host:port" */
static int parse_authority(struct slice authority, struct url *url, struct error *err)
{
	const char *at = authority.length ? memrchr(authority.data, '@', authority.length) : NULL;

	url->host = authority;
	if (at) {
		url->userinfo = (struct slice){ authority.data, (size_t)(at - authority.data) };
		url->host = slice_from(authority, url->userinfo.length + 1);
	}

	int r = check_host(url->host, err);

	return r < 0 ? r : check_userinfo(url->userinfo, err);
}

/* Take "scheme:" from the front of *rest; what does not look like one is left there. */
static int take_scheme(struct slice *rest, struct slice *ret, struct error *err)
{
	for (size_t i = 0; i < rest->length; i++) {
		unsigned char c = (unsigned char)rest->data[i];
		bool later = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';

		if (c == ':' && i == 0)
			return error_set(err, ERROR_INPUT, EINVAL, "missing protocol scheme");
		if (c == ':') {
			*ret = (struct slice){ rest->data, i };
			*rest = slice_from(*rest, i + 1);
			return 0;
		}
		if (later ? i == 0 : !is_alphanumeric(c))
			return 0;
	}
	return 0;
}

/* What follows the scheme, without query and fragment. */
static int parse_rest(struct slice rest, struct url *url, struct error *err)
{
	if (url->scheme.data && !slice_starts(rest, "/")) {
		url->opaque = rest;
		return 0;
	}
	if (!slice_starts(rest, "/")) {
		struct slice colon;
		struct slice others;

		cut(cut(rest, '/', &others), ':', &colon);
		if (colon.data)
			return error_set(err, ERROR_INPUT, EINVAL,
					 "first path segment in URL cannot contain colon");
	}
	if (slice_starts(rest, "//") && (url->scheme.data || !slice_starts(rest, "///"))) {
		struct slice authority = slice_from(rest, 2);
		const char *slash = memchr(authority.data, '/', authority.length);

		authority.length = slash ? (size_t)(slash - authority.data) : authority.length;
		rest = slice_from(rest, 2 + authority.length);

		int r = parse_authority(authority, url, err);

		if (r < 0)
			return r;
	}
	url->path = rest;
	return check_part(rest, URL_PART_PATH, err);
}

/* Bytes that are looked at together: a constant that compilers turn into vectors. */
#define CONTROL_BLOCK 64

/* data: URLs have megabytes. */
static bool has_control(struct slice s)
{
	unsigned char found = 0;
	size_t at = 0;

	for (; s.length - at >= CONTROL_BLOCK && !found; at += CONTROL_BLOCK)
		for (size_t i = 0; i < CONTROL_BLOCK; i++)
			found |= is_control((unsigned char)s.data[at + i]);
	for (; at < s.length; at++)
		found |= is_control((unsigned char)s.data[at]);
	return found;
}

int url_parse(struct slice text, struct url *ret, struct error *err)
{
	struct url url = { 0 };
	struct slice rest = cut(text, '#', &url.fragment);

	if (has_control(rest))
		return error_set(err, ERROR_INPUT, EINVAL,
				 "net/url: invalid control character in URL");

	int r = take_scheme(&rest, &url.scheme, err);

	if (r == 0)
		r = parse_rest(cut(rest, '?', &url.query), &url, err);
	if (r == 0)
		r = check_part(url.fragment, URL_PART_PATH, err);
	if (r == 0)
		*ret = url;
	return r;
}

/* Whether @s, unescaped as form data, is @name. */
static bool unescapes_to(struct slice s, const char *name)
{
	while (s.length && *name) {
		int value = s.data[0] == '%' ? escape_value(s) : (unsigned char)s.data[0];

		if (value == '+' && s.data[0] == '+')
			value = ' ';
		if (value != (unsigned char)*name)
			return false;
		s = slice_from(s, s.data[0] == '%' ? 3 : 1);
		name++;
	}
	return s.length == 0 && *name == '\0';
}

struct slice url_query_get(const struct url *url, const char *name)
{
	struct slice rest = url->query;

	while (rest.length) {
		struct slice value;
		struct slice pair = cut(rest, '&', &rest);
		bool usable = !memchr(pair.data, ';', pair.length) &&
			      check_part(pair, URL_PART_PATH, /* err= */ NULL) == 0;
		struct slice key = cut(pair, '=', &value);

		if (usable && pair.length && unescapes_to(key, name))
			return value.data ? value : (struct slice){ "", 0 };
	}
	return (struct slice){ NULL, 0 };
}

int url_append_unescaped(struct text *out, struct slice part)
{
	int r = 0;

	for (size_t at = 0; at < part.length && r == 0; at++) {
		int value = escape_value(slice_from(part, at));
		char c = part.data[at];

		if (value >= 0) {
			c = (char)value;
			at += 2;
		}
		r = text_append_char(out, c);
	}
	return r;
}

int url_append_escaped(struct text *out, struct slice text)
{
	int r = 0;

	for (size_t i = 0; i < text.length && r == 0; i++) {
		unsigned char c = (unsigned char)text.data[i];
		/* RFC 3986, 2.3: unreserved */
		bool is_plain = is_alphanumeric(c) || (c && strchr("-._~", c));

		r = is_plain ? text_append_char(out, text.data[i]) : text_printf(out, "%%%02X", c);
	}
	return r;
}

/* A data: URL up to its data; what may hide credentials is left out as a whole. */
static int append_opaque(struct text *out, struct slice opaque)
{
	struct slice after;
	struct slice shown = cut(opaque, ',', &after);

	if (shown.length > URL_PRINTABLE_OPAQUE_MAX || memchr(shown.data, '@', shown.length))
		return text_append_str(out, "...");

	int r = text_append_slice(out, shown);

	return r == 0 && after.data ? text_append_str(out, ",...") : r;
}

int url_append_printable(struct text *out, struct slice text)
{
	size_t start = out->length;
	struct url url = { 0 };

	if (url_parse(text, &url, /* err= */ NULL) < 0)
		return text_append_str(out, "(malformed URL)");

	int r = text_append_slice(out, url.scheme);

	if (r == 0 && url.scheme.data)
		r = text_append_char(out, ':');
	if (r == 0 && url.opaque.data)
		r = append_opaque(out, url.opaque);
	if (r == 0 && url.host.data)
		r = text_append_str(out, "//");
	if (r == 0)
		r = text_append_slice(out, url.host);
	if (r == 0)
		r = text_append_slice(out, url.path);
	if (r < 0)
		text_truncate(out, start);
	return r;
}
