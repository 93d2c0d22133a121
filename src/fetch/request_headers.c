#include "fetch/request_headers.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "base/alloc.h"

#define ACCEPT "application/vnd.coreos.ignition+json;version=3.6.0, */*;q=0.1"
#define AGENT  "Ignition/" PACKAGE_VERSION

/* RFC 9110, 5.6.2: tchar */
static bool is_token(struct slice name)
{
	for (size_t i = 0; i < name.length; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (c >= 0x80 || !c || (!isalnum(c) && !strchr("!#$%&'*+-.^_`|~", c)))
			return false;
	}
	return name.length > 0;
}

static bool has_control(struct slice value)
{
	for (size_t i = 0; i < value.length; i++) {
		unsigned char c = (unsigned char)value.data[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

int request_headers_check(const struct fetch_request *request, struct error *err)
{
	for (size_t i = 0; i < request->header_count; i++) {
		const struct fetch_header *header = &request->headers[i];

		if (!is_token(header->name))
			return error_set(err, ERROR_INPUT, EINVAL, "invalid header field name");
		if (has_control(header->value))
			return error_set(err, ERROR_INPUT, EINVAL,
					 "invalid header field value for \"%.*s\"",
					 SLICE_ARGS(header->name));
	}
	return 0;
}

static bool same_name(struct slice a, struct slice b)
{
	return a.length == b.length && strncasecmp(a.data, b.data, a.length) == 0;
}

/* The list under construction. */
struct lines {
	const struct header_params *params;
	struct curl_slist *list;
};

static void add_line(struct lines *lines, const char *line)
{
	struct curl_slist *longer = lines->params->library->slist_append(lines->list, line);

	if (!longer)
		abort();
	lines->list = longer;
}

static void add(struct lines *lines, struct slice name, struct slice value)
{
	/* libcurl takes "Name:" for "leave it out", and "Name;" for an empty one. */
	AUTO_FREE char *line =
		value.length ? xasprintf("%.*s: %.*s", SLICE_ARGS(name), SLICE_ARGS(value))
			     : xasprintf("%.*s;", SLICE_ARGS(name));

	add_line(lines, line);
}

static bool is_overridden(const struct fetch_request *request, struct slice name, size_t from)
{
	for (size_t i = from; i < request->header_count; i++)
		if (same_name(request->headers[i].name, name))
			return true;
	return false;
}

static void add_default(struct lines *lines, const char *name, const char *value)
{
	const struct header_params *params = lines->params;

	if (params->is_redirected || !is_overridden(params->request, slice_of(name), 0))
		add(lines, slice_of(name), slice_of(value));
}

static void add_own(struct lines *lines, const struct fetch_request *request)
{
	for (size_t i = 0; i < request->header_count; i++) {
		const struct fetch_header *header = &request->headers[i];

		if (!same_name(header->name, SLICE("Host")) &&
		    !is_overridden(request, header->name, i + 1))
			add(lines, header->name, header->value);
	}
}

static void add_range(struct lines *lines)
{
	AUTO_FREE char *range = xasprintf("bytes=%" PRIu64 "-", lines->params->offset);

	add(lines, SLICE("Range"), slice_of(range));
	add(lines, SLICE("If-Range"), slice_of(lines->params->validator));
}

static int add_signed(struct lines *lines, struct error *err)
{
	const struct signer *signer = lines->params->signer;
	struct text text = TEXT_INIT(SIGNER_LINES_MAX);
	int r = signer->sign(signer, &text, err);

	for (struct slice rest = text_slice(&text); rest.length && r == 0;) {
		AUTO_FREE char *line = slice_dup(slice_take_line(&rest));

		add_line(lines, line);
	}
	if (text.data)
		explicit_bzero(text.data, text.length);
	text_done(&text);
	return r;
}

int request_headers(const struct header_params *params, struct curl_slist **ret, struct error *err)
{
	struct lines lines = { .params = params };
	int r = request_headers_check(params->request, err);

	if (r < 0)
		return r;
	add_default(&lines, "User-Agent", params->user_agent ?: AGENT);
	add_default(&lines, "Accept-Encoding", "identity");
	if (params->is_redirected) {
		add_line(&lines, "Accept:");
	} else {
		add_default(&lines, "Accept", ACCEPT);
		add_own(&lines, params->request);
	}
	if (params->offset)
		add_range(&lines);
	if (params->signer && !params->is_redirected)
		r = add_signed(&lines, err);
	*ret = lines.list;
	return r;
}
