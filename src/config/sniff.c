#include "config/sniff.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define GZIP_MAGIC	"\x1f\x8b"

static const struct {
	const char *name;
	const char *title;
} dialects[] = {
	[DIALECT_UNKNOWN] = { "unknown", "a text of no known kind" },
	[DIALECT_EMPTY] = { "empty", "an empty text" },
	[DIALECT_GZIP] = { "gzip", "a text compressed with gzip" },
	[DIALECT_IGNITION] = { "ignition", "an Ignition config" },
	[DIALECT_CLOUD_CONFIG] = { "cloud-config", "a CoreOS cloud-config" },
	[DIALECT_CLOUD_INIT] = { "cloud-init", "a config of cloud-init" },
	[DIALECT_SCRIPT] = { "script", "a script" },
	[DIALECT_BUTANE] = { "butane", "a Butane config" },
	[DIALECT_CLC] = { "clc", "a Container Linux Config" },
};
_Static_assert(ARRAY_SIZE(dialects) == DIALECT_COUNT, "every dialect has a name");

/* What only cloud-init understands, at the start of a text and in lower case. */
static const char *const containers[] = {
	"#include",	      "#cloud-boothook", "#cloud-config", "#part-handler",
	"## template: jinja", "content-type:",	 "mime-version:",
};

/* Top-level keys of Container Linux Configs. */
static const char *const clc_sections[] = {
	"ignition", "storage", "systemd", "networkd", "passwd",
	"etcd",	    "flannel", "docker",  "update",   "locksmith",
};

/* Keys of a #cloud-config that both dialects have: with only these, it is CoreOS'. */
static const char *const shared_keys[] = {
	"coreos", "hostname", "users", "ssh_authorized_keys", "write_files", "manage_etc_hosts",
};

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

const char *dialect_name(enum dialect dialect)
{
	return dialects[dialect].name;
}

const char *dialect_title(enum dialect dialect)
{
	return dialects[dialect].title;
}

enum dialect dialect_parse(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++)
		if (strcmp(dialects[i].name, name) == 0)
			return (enum dialect)i;
	return DIALECT_UNKNOWN;
}

static struct slice first_line(struct slice text)
{
	struct slice line = slice_take_line(&text);

	while (line.length && strchr(" \t\r\v\f", line.data[line.length - 1]))
		line.length--;
	return line;
}

bool sniff_announces_clc(struct slice text)
{
	return slice_is(first_line(text), SNIFF_CLC_HEADER);
}

bool sniff_has_cloud_config_header(struct slice text)
{
	return slice_is(first_line(text), "#cloud-config");
}

/* Whether @key of the text is @name, spelled with '-' or '_'. */
static bool is_key(struct slice key, const char *name)
{
	if (key.length != strlen(name))
		return false;
	for (size_t i = 0; i < key.length; i++)
		if ((key.data[i] == '-' ? '_' : key.data[i]) != name[i])
			return false;
	return true;
}

static bool is_any_key(struct slice key, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_key(key, names[i]))
			return true;
	return false;
}

/* The next key at the left margin of a YAML text; empty past the last. */
static struct slice take_top_key(struct slice *text)
{
	while (text->length) {
		struct slice line = slice_take_line(text);
		const char *colon = line.length ? memchr(line.data, ':', line.length) : NULL;

		if (colon && !strchr(" \t#-%", line.data[0]))
			return slice_trim((struct slice){ line.data, (size_t)(colon - line.data) });
	}
	return SLICE("");
}

/* Both dialects have the header; coreos says which one it is, a key that CoreOS lacks too. */
static enum dialect sniff_cloud_config(struct slice text)
{
	bool is_foreign = false;

	for (struct slice key; (key = take_top_key(&text)).length;) {
		if (is_key(key, "coreos"))
			return DIALECT_CLOUD_CONFIG;
		is_foreign |= !is_any_key(key, shared_keys, ARRAY_SIZE(shared_keys));
	}
	return is_foreign ? DIALECT_CLOUD_INIT : DIALECT_CLOUD_CONFIG;
}

static enum dialect sniff_yaml(struct slice text)
{
	enum dialect dialect = DIALECT_UNKNOWN;

	for (struct slice key; (key = take_top_key(&text)).length;) {
		if (is_key(key, "variant"))
			return DIALECT_BUTANE;
		if (is_any_key(key, clc_sections, ARRAY_SIZE(clc_sections)))
			dialect = DIALECT_CLC;
	}
	return dialect;
}

/* Behind the blanks at its start. */
static enum dialect sniff_container(struct slice text)
{
	const struct slice start = slice_trim(text);

	for (size_t i = 0; i < ARRAY_SIZE(containers); i++)
		if (starts_folded(start, containers[i]))
			return DIALECT_CLOUD_INIT;
	return DIALECT_UNKNOWN;
}

enum dialect sniff_dialect(struct slice text)
{
	if (text.length == 0)
		return DIALECT_EMPTY;
	if (slice_starts(text, GZIP_MAGIC))
		return DIALECT_GZIP;
	if (slice_starts(slice_trim(text), "{"))
		return DIALECT_IGNITION;
	if (sniff_has_cloud_config_header(text))
		return sniff_cloud_config(text);
	if (slice_starts(text, "#!"))
		return DIALECT_SCRIPT;
	if (sniff_announces_clc(text))
		return DIALECT_CLC;
	if (sniff_container(text) != DIALECT_UNKNOWN)
		return DIALECT_CLOUD_INIT;
	return sniff_yaml(slice_starts(text, BYTE_ORDER_MARK)
				  ? slice_from(text, strlen(BYTE_ORDER_MARK))
				  : text);
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
