/* The files that the agent writes: names, quoting, which keys, how long a host name. */
#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "metadata/attributes.h"
#include "metadata/hostname.h"
#include "metadata/keys.h"
#include "scratch.h"
#include "tap.h"

#define NAME_64 "a234567890123456789012345678901234567890123456789012345678901234"
#define KEY	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"

static const struct {
	const char *label, *value, *line;
} quoting_rows[] = {
	{ "an address stands as it is", "2001:db8::1/64", "AFTERBURN_A_B=2001:db8::1/64\n" },
	{ "other plain bytes too", "a_b.c,d:e/f@g%h+i=j-k",
	  "AFTERBURN_A_B=a_b.c,d:e/f@g%h+i=j-k\n" },
	{ "a blank needs quotes", "a b", "AFTERBURN_A_B=\"a b\"\n" },
	{ "a comment's mark does", "#a", "AFTERBURN_A_B=\"#a\"\n" },
	{ "a command stays text", "$(id)", "AFTERBURN_A_B=\"\\$(id)\"\n" },
	{ "of either kind", "`id`", "AFTERBURN_A_B=\"\\`id\\`\"\n" },
	{ "a quote does not end it", "a\"b", "AFTERBURN_A_B=\"a\\\"b\"\n" },
	{ "a backslash is one", "a\\n", "AFTERBURN_A_B=\"a\\\\n\"\n" },
	{ "a semicolon ends nothing", "a;b", "AFTERBURN_A_B=\"a;b\"\n" },
	{ "letters beyond ASCII", "ü", "AFTERBURN_A_B=\"ü\"\n" },
	{ "a tilde is not a home", "~root", "AFTERBURN_A_B=\"~root\"\n" },
};

static void check_attributes(const struct provider *provider, const char *value, const char *line,
			     const char *label)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	AUTO(text_done) struct text out = TEXT_INIT(1000);
	AUTO_FREE char *want =
		xasprintf("%sCOREOS_%s_B%s", line, provider->coreos_word ?: "A", strchr(line, '='));

	metadata_add_attribute(metadata, "A_B", slice_of(value), NULL);
	attributes_append(&out, provider, metadata);
	tap_str(text_str(&out), want, label);
}

static const struct {
	const char *label, *name, *want;
} hostname_rows[] = {
	{ "a short name", "a.example.org", "a.example.org" },
	{ "64 bytes are a name", NAME_64, NAME_64 },
	{ "beyond, the first label", "host.b" NAME_64, "host" },
	{ "a label of 64 bytes", NAME_64 ".org", NAME_64 },
	{ "a label beyond is cut", NAME_64 "567.org", NAME_64 },
	{ "a dot in front is no end", "." NAME_64,
	  ".a23456789012345678901234567890123456789012345678901234567890123" },
};

static const struct {
	const char *label, *user, *line, *asked, *want;
} key_rows[] = {
	{ "a key for whoever logs in", NULL, KEY " me", "core", KEY " me\n" },
	{ "a key for the user", "core", KEY, "core", KEY "\n" },
	{ "a key for another", "alice", KEY, "core", "" },
	{ "a key for the image's user", "cloudinit", KEY, "core", KEY "\n" },
	{ "options stand before a key", NULL, "command=\"a b\",no-pty " KEY, "core",
	  "command=\"a b\",no-pty " KEY "\n" },
	{ "a security key", NULL, "sk-ssh-ed25519@openssh.com AAAA", "core",
	  "sk-ssh-ed25519@openssh.com AAAA\n" },
	{ "no base64 is no key", NULL, "ssh-rsa AAA!", "core", "" },
	{ "a type alone is no key", NULL, "ssh-rsa", "core", "" },
	{ "a page is no key", NULL, "<html>", "core", "" },
};

static void check_key(size_t i)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	AUTO(text_done) struct text out = TEXT_INIT(1000);

	metadata_add_keys(metadata, key_rows[i].user, slice_of(key_rows[i].line), NULL);
	metadata_add_keys(metadata, key_rows[i].user, slice_of(key_rows[i].line), NULL);
	keys_append(&out, metadata, key_rows[i].asked, /* observer= */ NULL);
	tap_str(text_str(&out), key_rows[i].want, key_rows[i].label);
}

static void test_files(const char *place)
{
	AUTO(metadata_free) struct metadata *metadata = metadata_new();
	AUTO_FREE char *path = xasprintf("%s/run/metadata/afterburn", place);
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *name = NULL;
	struct stat st;

	tap_int(attributes_write(path, provider_find("metal"), metadata, NULL), 0, "no attributes");
	tap_int(stat(path, &st) < 0 ? -1 : (int64_t)st.st_size, 0, "are an empty file");
	tap_int(st.st_mode & 0777, 0644, "that all may read");
	metadata_add_attribute(metadata, "A_B", SLICE("c"), NULL);
	attributes_write(path, provider_find("metal"), metadata, NULL);
	file_read(path, 1000, 0, &text, NULL, NULL);
	tap_str(text, "AFTERBURN_A_B=c\nCOREOS_A_B=c\n", "the file is replaced");
	hostname_write(path, "a.b", NULL);
	file_read(path, 1000, 0, &name, NULL, NULL);
	tap_str(name, "a.b\n", "a host name is a line");
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();

	for (size_t i = 0; i < ARRAY_SIZE(quoting_rows); i++)
		check_attributes(provider_find("metal"), quoting_rows[i].value,
				 quoting_rows[i].line, quoting_rows[i].label);
	check_attributes(provider_find("aws"), "v", "AFTERBURN_A_B=v\n",
			 "the older name has the older word");
	for (size_t i = 0; i < ARRAY_SIZE(hostname_rows); i++) {
		AUTO_FREE char *got = slice_dup(hostname_shorten(hostname_rows[i].name));

		tap_str(got, hostname_rows[i].want, hostname_rows[i].label);
	}
	for (size_t i = 0; i < ARRAY_SIZE(key_rows); i++)
		check_key(i);
	test_files(scratch.path);
	return tap_done();
}
