/* Which dialect a text is in (spec configs 0.1, 0.2). */
#include "config/sniff.h"

#include "tap.h"

static const struct {
	const char *label;
	const char *text;
	enum dialect want;
} rows[] = {
	{ "nothing", "", DIALECT_EMPTY },
	{ "gzip", "\x1f\x8b\x08", DIALECT_GZIP },
	{ "JSON", " \n{\"ignition\":{}}", DIALECT_IGNITION },
	{ "the header alone", "#cloud-config", DIALECT_CLOUD_CONFIG },
	{ "the header with CR and blanks", "#cloud-config \t\r\nhostname: a",
	  DIALECT_CLOUD_CONFIG },
	{ "coreos decides", "#cloud-config\nruncmd: [a]\ncoreos: {}", DIALECT_CLOUD_CONFIG },
	{ "keys of both", "#cloud-config\nwrite-files: []\nusers: []", DIALECT_CLOUD_CONFIG },
	{ "a key that CoreOS lacks", "#cloud-config\nruncmd: [a]", DIALECT_CLOUD_INIT },
	{ "a key further in does not decide", "#cloud-config\nusers:\n  - runcmd: a",
	  DIALECT_CLOUD_CONFIG },
	{ "a script", "#!/bin/sh\n", DIALECT_SCRIPT },
	{ "a blank before #! is no script", " #!/bin/sh\n", DIALECT_UNKNOWN },
	{ "#include", "#Include\nhttp://a/", DIALECT_CLOUD_INIT },
	{ "a header in another case", " #Cloud-Config\ncoreos: {}", DIALECT_CLOUD_INIT },
	{ "a header with a comment", "#cloud-config # x\ncoreos: {}", DIALECT_CLOUD_INIT },
	{ "jinja", "## template: jinja\n#cloud-config", DIALECT_CLOUD_INIT },
	{ "MIME", "MIME-Version: 1.0\n", DIALECT_CLOUD_INIT },
	{ "Butane", "# note\nvariant: fcos\n", DIALECT_BUTANE },
	{ "Butane with sections of both", "storage: {}\nvariant: flatcar", DIALECT_BUTANE },
	{ "Butane with a byte order mark", "\xef\xbb\xbfvariant: fcos", DIALECT_BUTANE },
	{ "sections of a Container Linux Config", "etcd:\n  name: a\n", DIALECT_CLC },
	{ "one that says so", "#container-linux-config\nfoo: 1", DIALECT_CLC },
	{ "other YAML", "foo: bar\n", DIALECT_UNKNOWN },
	{ "a comment is no key", "#variant: fcos\n", DIALECT_UNKNOWN },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tap_str(dialect_name(sniff_dialect(slice_of(rows[i].text))),
			dialect_name(rows[i].want), rows[i].label);
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		tap_int(dialect_parse(dialect_name((enum dialect)i)), (int64_t)i,
			dialect_title((enum dialect)i));
	tap_int(dialect_parse("yaml"), DIALECT_UNKNOWN, "another name is none");
	tap_ok(sniff_announces_clc(SLICE("#container-linux-config \nfoo: 1")), "announced");
	tap_ok(!sniff_announces_clc(SLICE("etcd: {}")), "a guess is no announcement");
	return tap_done();
}
