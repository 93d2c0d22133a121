/* What is legal and hardly meant: which rule says so, and at which path. */
#include "config/lint_model.h"

#include "config_test.h"
#include "tap.h"

/* Of a version that has all mode bits: reading an older one clears them. */
#define V(body)		   "{\"ignition\":{\"version\":\"3.6.0\"}" body "}"
#define FILES(members)	   V(",\"storage\":{\"files\":[{\"path\":" members "}]}")
#define DIRECTORY(members) V(",\"storage\":{\"directories\":[{\"path\":\"/d\"," members "}]}")
#define ROOT(partition, device)                                                                    \
	V(",\"storage\":{\"disks\":[{\"device\":\"/dev/vda\",\"partitions\":[{" partition          \
	  "}]}],\"filesystems\":[{\"device\":\"" device                                            \
	  "\",\"path\":\"/\",\"format\":\"ext4\"}]}")
#define UNIT(text)                                                                                 \
	V(",\"systemd\":{\"units\":[{\"name\":\"a.service\",\"contents\":\"[Service]\\n" text      \
	  "\\n\"}]}")
#define KEY "data:,-----BEGIN%20PRIVATE%20KEY-----"

static const struct {
	const char *label, *text;
	const char *want; /* "rule path" of the first warning of the lint; NULL: none */
} rows[] = {
	{ "an empty config", V(""), NULL },
	{ "mode 644 of a file", FILES("\"/f\",\"mode\":644"),
	  "decimal-mode $.storage.files.0.mode" },
	{ "mode 420 is 0644", FILES("\"/f\",\"mode\":420"), NULL },
	{ "mode 755 of a directory", DIRECTORY("\"mode\":755"),
	  "decimal-mode $.storage.directories.0.mode" },
	{ "mode 493 is 0755", DIRECTORY("\"mode\":493"), NULL },
	{ "no mode at all", FILES("\"/f\""), NULL },
	{ "a root below 8 GiB, by its label",
	  ROOT("\"label\":\"r\",\"sizeMiB\":8191", "/dev/disk/by-partlabel/r"),
	  "small-root $.storage.disks.0.partitions.0.sizeMiB" },
	{ "8 GiB are enough", ROOT("\"label\":\"r\",\"sizeMiB\":8192", "/dev/disk/by-partlabel/r"),
	  NULL },
	{ "0 is all there is", ROOT("\"label\":\"r\",\"sizeMiB\":0", "/dev/disk/by-partlabel/r"),
	  NULL },
	{ "another partition may be small",
	  ROOT("\"label\":\"s\",\"sizeMiB\":1", "/dev/disk/by-partlabel/r"), NULL },
	{ "a root by its number", ROOT("\"number\":9,\"sizeMiB\":1", "/dev/vda9"),
	  "small-root $.storage.disks.0.partitions.0.sizeMiB" },
	{ "a root by its number after a p", ROOT("\"number\":9,\"sizeMiB\":1", "/dev/vdap9"),
	  "small-root $.storage.disks.0.partitions.0.sizeMiB" },
	{ "number 9 is not 19", ROOT("\"number\":9,\"sizeMiB\":1", "/dev/vda19"), NULL },
	{ "Container Linux's root", ROOT("\"label\":\"ROOT\",\"sizeMiB\":1", "/dev/vdb1"),
	  "small-root $.storage.disks.0.partitions.0.sizeMiB" },
	{ "a key's name, mode 0644 by default",
	  FILES("\"/etc/tls/a.key\",\"contents\":{\"source\":\"data:,x\"}"),
	  "world-readable-secret $.storage.files.0.mode" },
	{ "the same with mode 0600",
	  FILES("\"/etc/tls/a.key\",\"mode\":384,\"contents\":{\"source\":\"data:,x\"}"), NULL },
	{ "a group may read it",
	  FILES("\"/etc/tls/a.key\",\"mode\":416,\"contents\":{\"source\":\"data:,x\"}"), NULL },
	{ "a key's name without contents", FILES("\"/etc/tls/a.key\""), NULL },
	{ "a public key",
	  FILES("\"/etc/ssh/ssh_host_rsa_key.pub\",\"contents\":{\"source\":\"data:,x\"}"), NULL },
	{ "a host key",
	  FILES("\"/etc/ssh/ssh_host_rsa_key\",\"contents\":{\"source\":\"data:,x\"}"),
	  "world-readable-secret $.storage.files.0.mode" },
	{ "a key by its contents", FILES("\"/a\",\"contents\":{\"source\":\"" KEY "\"}"),
	  "world-readable-secret $.storage.files.0.mode" },
	{ "a key that is appended", FILES("\"/a\",\"append\":[{\"source\":\"" KEY "\"}]"),
	  "world-readable-secret $.storage.files.0.mode" },
	{ "other contents", FILES("\"/a\",\"contents\":{\"source\":\"data:,x\"}"), NULL },
	{ "a password in a unit", UNIT("Environment=DB_PASSWORD=x"),
	  "world-readable-secret $.systemd.units.0.contents" },
	{ "a variable that is none", UNIT("Environment=DB_HOST=x"), NULL },
	{ "a password's name in another line", UNIT("ExecStart=/bin/env PASSWORD=x"), NULL },
	{ "a password in a drop-in",
	  V(",\"systemd\":{\"units\":[{\"name\":\"a.service\",\"dropins\":[{\"name\":\"a.conf\","
	    "\"contents\":\"[Service]\\nEnvironment=API_TOKEN=x\\n\"}]}]}"),
	  "world-readable-secret $.systemd.units.0.dropins.0.contents" },
};

static void check(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();
	AUTO(text_done) struct text got = TEXT_INIT(TEST_TEXT_MAX);
	const struct config *config = NULL;

	if (config_parse(pool, test_source(pool, rows[i].text), 0, report, &config,
			 /* ret_version= */ NULL, /* err= */ NULL) < 0)
		abort();

	const size_t first = report_count(report);

	lint_model(config, LINT_MODES, report);
	if (report_count(report) > first) {
		const struct report_entry *entry = report_entry_at(report, first);

		text_printf(&got, "%s %s", entry->rule, entry->path);
	}
	tap_str(got.length ? text_str(&got) : NULL, rows[i].want, rows[i].label);
}

static const struct {
	const char *label, *platform;
	size_t size_bytes;
	const char *want; /* message; NULL: none */
} sizes[] = {
	{ "the most that EC2 takes", "aws", 16384, NULL },
	{ "one byte more", "aws", 16385, "16385 bytes are more than the 16384 that aws takes" },
	{ "a larger cloud", "azure", 16385, NULL },
	{ "one without a limit", "metal", (size_t)1 << 30, NULL },
	{ "no platform is known", NULL, (size_t)1 << 30, NULL },
};

static void check_size(size_t i)
{
	AUTO(config_pool_free) struct config_pool *pool = config_pool_new();
	AUTO(report_free) struct report *report = report_new();

	lint_size(sizes[i].size_bytes, sizes[i].platform, test_source(pool, "x"), report);
	tap_str(report_count(report) ? report_entry_at(report, 0)->message : NULL, sizes[i].want,
		sizes[i].label);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(i);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		check_size(i);
	return tap_done();
}
