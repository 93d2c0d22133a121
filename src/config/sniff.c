#include "config/sniff.h"

#include <stdbool.h>

static const struct {
	const char *prefix; /* in lower case */
	const char *hint;
} prefixes[] = {
	{ "#cloud-config", "this is a cloud-config; an Ignition config is JSON" },
	{ "#!", "this is a script; an Ignition config is JSON" },
	{ "<!doctype html", "this is an HTML page; was it fetched from where the config is?" },
	{ "<html", "this is an HTML page; was it fetched from where the config is?" },
	{ "<", "this is XML or HTML; an Ignition config is JSON" },
	{ "\xef\xbb\xbf", "this begins with a byte order mark; save it as UTF-8 without one" },
	{ "\x1f\x8b", "this is compressed with gzip; unpack it first" },
	{ "content-type:", "this is a MIME message; an Ignition config is JSON" },
};

static bool starts_folded(struct slice text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (text.length < length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text.data[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c != prefix[i])
			return false;
	}
	return true;
}

/* "key:" or "key: value", the key a word, or an item of a list. */
static bool is_yaml_line(struct slice line)
{
	const char *colon = line.length ? memchr(line.data, ':', line.length) : NULL;

	if (slice_starts(line, "- "))
		return true;
	if (!colon || colon == line.data)
		return false;
	for (const char *c = line.data; c < colon; c++) {
		const bool is_word = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
				     (*c >= '0' && *c <= '9') || *c == '_' || *c == '-';

		if (!is_word)
			return false;
	}
	return colon + 1 == line.data + line.length || colon[1] == ' ';
}

const char *sniff_hint(struct slice text)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (starts_folded(text, prefixes[i].prefix))
			return prefixes[i].hint;
	}
	while (text.length) {
		struct slice line = slice_trim(slice_take_line(&text));

		if (line.length == 0 || slice_starts(line, "#") || slice_is(line, "---"))
			continue;
		if (!is_yaml_line(line))
			return NULL;
		return "this is YAML; an Ignition config is JSON: translate it first, as butane "
		       "does";
	}
	return NULL;
}
