/* Which platform a machine is on: a fixture of what can be seen of it, and the verdict. */
#include "providers/detect.h"

#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "base/file.h"
#include "scratch.h"
#include "tap.h"

#define DMI	  "sys/class/dmi/id/"
#define FILES_MAX 4
#define NO_PROOF                                                                                   \
	"nothing proves which platform this is; name one with the kernel argument "                \
	"ignition.platform.id"
#define NITRO	      "ec2f1a2b-0000-0000-0000-000000000000"
#define ALL_ONES_WORD "\xff\xff\xff\xff"

struct fixture_file {
	const char *path, *text;
};

static const struct row {
	const char *label;
	struct fixture_file files[FILES_MAX];
	const char *command_line;
	const char *platform; /* NULL: none */
	const char *text;     /* reason, or error */
	enum error_kind kind;
} rows[] = {
	{ "nothing to see", .text = NO_PROOF, .kind = ERROR_EMPTY },
	{ "a UUID of EC2",
	  { { DMI "product_uuid", NITRO "\n" } },
	  "",
	  "aws",
	  "DMI UUID is \"" NITRO "\"" },
	{ "in capitals",
	  { { DMI "product_uuid", "EC2F1A2B-0" } },
	  "",
	  "aws",
	  "DMI UUID is \"EC2F1A2B-0\"" },
	{ "with its first group reversed",
	  { { DMI "product_uuid", "45E12AEC-DCD1" } },
	  "",
	  "aws",
	  "DMI UUID is \"45E12AEC-DCD1\"" },
	{ "not with another digit there",
	  { { DMI "product_uuid", "45E13AEC-DCD1" } },
	  .text = NO_PROOF,
	  .kind = ERROR_EMPTY },
	{ "not in the middle",
	  { { DMI "product_uuid", "00ec2000-0" } },
	  .text = NO_PROOF,
	  .kind = ERROR_EMPTY },
	{ "a container sees its host's strings, and is not that host",
	  { { DMI "product_uuid", NITRO }, { "run/systemd/container", "docker" } },
	  .text = NO_PROOF,
	  .kind = ERROR_EMPTY },
	{ "but Xen's own files count there",
	  { { "sys/hypervisor/uuid", "ec2e1916" }, { "run/systemd/container", "docker" } },
	  "",
	  "aws",
	  "hypervisor's UUID is \"ec2e1916\"" },
	{ "firmware that was never filled",
	  { { DMI "sys_vendor", ALL_ONES_WORD } },
	  .text = NO_PROOF,
	  .kind = ERROR_EMPTY },
	{ "an exact text is exact",
	  { { DMI "sys_vendor", "DigitalOcean 2" } },
	  .text = NO_PROOF,
	  .kind = ERROR_EMPTY },
	{ "and has its letter case",
	  { { DMI "sys_vendor", "digitalocean" } },
	  .text = NO_PROOF,
	  .kind = ERROR_EMPTY },
	{ "the cloud is stronger than its hypervisor",
	  { { DMI "sys_vendor", "QEMU" }, { DMI "product_name", "Google Compute Engine" } },
	  "",
	  "gcp",
	  "DMI product is \"Google Compute Engine\"" },
	{ "a hypervisor alone",
	  { { DMI "sys_vendor", "QEMU" } },
	  "",
	  "qemu",
	  "DMI vendor is \"QEMU\"" },
	{ "a config that is attached is stronger than a cloud's name",
	  { { DMI "sys_vendor", "DigitalOcean" },
	    { "sys/firmware/qemu_fw_cfg/by_name/opt/com.coreos/config/raw", "{}" } },
	  "",
	  "qemu",
	  "/sys/firmware/qemu_fw_cfg/by_name/opt/com.coreos/config exists" },
	{ "two clouds at once are refused",
	  { { DMI "sys_vendor", "DigitalOcean" }, { DMI "product_serial", "GoogleCloud-1" } },
	  "",
	  NULL,
	  "this may be digitalocean (DMI vendor is \"DigitalOcean\") or gcp (DMI serial is "
	  "\"GoogleCloud-1\"); name one with the kernel argument ignition.platform.id",
	  ERROR_INPUT },
	{ "the kernel command line ends the search",
	  { { DMI "sys_vendor", "DigitalOcean" } },
	  "quiet ignition.platform.id=metal",
	  "metal",
	  "ignition.platform.id" },
	{ "an alias there", { { NULL } }, "coreos.oem.id=ec2", "aws", "coreos.oem.id" },
	{ "flatcar's argument before coreos'",
	  { { NULL } },
	  "coreos.oem.id=ec2 flatcar.oem.id=gce",
	  "gcp",
	  "flatcar.oem.id" },
	{ "a name there that only Flatcar has",
	  { { NULL } },
	  "coreos.oem.id=rackspace",
	  "metal",
	  "coreos.oem.id" },
	{ "but not in upstream's",
	  { { NULL } },
	  "ignition.platform.id=rackspace",
	  NULL,
	  "ignition.platform.id=rackspace on the kernel command line: no such platform",
	  ERROR_INPUT },
	{ "a word in quotes",
	  { { NULL } },
	  "ro \"ds=nocloud;s=/a b/\"",
	  "nocloud",
	  "the kernel command line has \"ds=nocloud;s=/a b/\"" },
	{ "a serial number that names a seed",
	  { { DMI "sys_vendor", "QEMU" }, { DMI "product_serial", "1 ds=nocloud;h=a" } },
	  "",
	  "nocloud",
	  "DMI serial is \"1 ds=nocloud;h=a\"" },
	{ "upstream's before both",
	  { { NULL } },
	  "coreos.oem.id=ec2 flatcar.oem.id=gce ignition.platform.id=qemu",
	  "qemu",
	  "ignition.platform.id" },
	{ "an empty argument names none",
	  { { DMI "sys_vendor", "QEMU" } },
	  "ignition.platform.id=",
	  "qemu",
	  "DMI vendor is \"QEMU\"" },
	{ "an unknown platform there",
	  { { DMI "sys_vendor", "QEMU" } },
	  "ignition.platform.id=moon",
	  NULL,
	  "ignition.platform.id=moon on the kernel command line: no such platform",
	  ERROR_INPUT },
	{ "what it says is quoted",
	  { { DMI "product_serial", "GoogleCloud-\x1b[31m\"" } },
	  "",
	  "gcp",
	  "DMI serial is \"GoogleCloud-\\x1b[31m\\\"\"" },
};

static void lay_out(const char *root, const struct row *row)
{
	for (size_t i = 0; i < FILES_MAX && row->files[i].path; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", root, row->files[i].path);

		if (file_replace(path, slice_of(row->files[i].text), 0644, 0755, FILE_VOLATILE,
				 NULL) < 0)
			tap_ok(false, "make %s", path);
	}
	AUTO_FREE char *path = xasprintf("%s/proc/cmdline", root);

	file_replace(path, slice_of(row->command_line ?: ""), 0644, 0755, FILE_VOLATILE, NULL);
}

static void check(const struct row *row)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO(detection_done) struct detection found = { .provider = NULL };
	AUTO(error_done) struct error err = ERROR_INIT;

	lay_out(scratch.path, row);
	if (machine_open(&machine, scratch.path, NULL, &err) < 0)
		tap_ok(false, "open the fixture");

	int r = detect(&machine, &found, &err);
	const char *said = r < 0 ? err.text : detection_reason(&found);
	const char *platform = r < 0 ? NULL : found.provider->name;
	bool ok = (row->platform ? platform && strcmp(platform, row->platform) == 0 : !platform) &&
		  err.kind == row->kind && strcmp(said, row->text) == 0;

	if (!tap_ok(ok, "%s", row->label))
		printf("#   want %s: %s\n#   got  %s: %s\n", row->platform ?: "none", row->text,
		       platform ?: "none", said);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
	return tap_done();
}
