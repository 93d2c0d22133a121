/* NoCloud's argument: of a kernel's command line, of a serial number, and names of firmware fields.
 */
#include "providers/nocloud_argument.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/file.h"
#include "scratch.h"
#include "tap.h"

#define SERIAL "sys/class/dmi/id/product_serial"

static const struct {
	const char *label, *command_line, *serial;
	const char *seed, *id, *hostname;
	bool is_absent;
} rows[] = {
	{ "none", "quiet ro", NULL, .is_absent = true },
	{ "another source", "ds=openstack;s=/a/", NULL, .is_absent = true },
	{ "a name that only begins so", "ds=nocloudy;s=/a/", NULL, .is_absent = true },
	{ "the bare word", "ds=nocloud", NULL },
	{ "a seed", "ds=nocloud;s=http://x/a=b/", NULL, "http://x/a=b/" },
	{ "all of it", "ds=nocloud-net;i=i-1;h=web;s=/a/", NULL, "/a/", "i-1", "web" },
	{ "in full names", "ds=nocloud;seedfrom=/a/;instance-id=i;local-hostname=h", NULL, "/a/",
	  "i", "h" },
	{ "in quotes", "a \"ds=nocloud;s=/a b/\" c", NULL, "/a b/" },
	{ "the last on the line", "ds=nocloud;s=/a/ ds=nocloud;s=/b/", NULL, "/b/" },
	{ "the last one, also when it is another's", "ds=nocloud;s=/a/ ds=none", NULL,
	  .is_absent = true },
	{ "empty members", "ds=nocloud;;s=;h", NULL },
	{ "members that nobody knows", "ds=nocloud;x=y;dsmode=net;i=i", NULL, NULL, "i" },
	{ "of the serial number", "", "ds=nocloud;s=/a/", "/a/" },
	{ "as one word of it", "", "QM 42 ds=nocloud-net;h=web", NULL, NULL, "web" },
	{ "the serial number counts first", "ds=nocloud;s=/a/;h=a", "ds=nocloud;s=/b/", "/b/", NULL,
	  "a" },
	{ "a serial number that is one", "", "ABC-123", .is_absent = true },
};

static void check(size_t row, const struct scratch *scratch)
{
	AUTO(nocloud_argument_done) struct nocloud_argument got = { .seed = NULL };
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO_FREE char *path = xasprintf("%s/%zu/" SERIAL, scratch->path, row);
	AUTO_FREE char *host = xasprintf("%s/%zu", scratch->path, row);

	file_replace(path, slice_of(rows[row].serial ?: ""), 0600, 0700, FILE_VOLATILE, NULL);
	machine_open(&machine, host, /* root_path= */ NULL, /* err= */ NULL);
	free(machine.kernel_command_line);
	machine.kernel_command_line = xstrdup(rows[row].command_line);
	nocloud_argument_find(&machine, &got);
	tap_ok(got.is_present == !rows[row].is_absent, "%s: whether it is there", rows[row].label);
	tap_str(got.seed, rows[row].seed, rows[row].label);
	tap_str(got.instance_id, rows[row].id, rows[row].label);
	tap_str(got.hostname, rows[row].hostname, rows[row].label);
}

static const struct {
	const char *label, *seed, *want, *error;
} expansion_rows[] = {
	{ "nothing to expand", "http://x/__a__/", "http://x/__a__/" },
	{ "a field", "http://x/__dmi.system-serial-number__/y", "http://x/S-1/y" },
	{ "two of them", "__dmi.system-serial-number____dmi.system-serial-number__", "S-1S-1" },
	{ "a mark that does not end", "http://x/__dmi.system", "http://x/__dmi.system" },
	{ "an unknown field", "__dmi.nosuch__", NULL,
	  "the seed's address names \"nosuch\", which is no firmware field" },
	{ "no path can be named", "__dmi.../../x__", NULL,
	  "the seed's address names \"../../x\", which is no firmware field" },
	{ "a field that is not there", "__dmi.bios-vendor__", NULL,
	  "the seed's address: open /sys/class/dmi/id/bios_vendor: No such file or directory" },
};

static void check_expansion(size_t row, const struct machine *machine)
{
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);
	AUTO(error_done) struct error err = ERROR_INIT;
	int r = nocloud_argument_expand(machine, slice_of(expansion_rows[row].seed), &got, &err);

	tap_str(r < 0 ? NULL : text_str(&got), expansion_rows[row].want, expansion_rows[row].label);
	tap_str(err.text, expansion_rows[row].error, expansion_rows[row].label);
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(machine_done) struct machine machine = MACHINE_INIT;
	AUTO_FREE char *path = scratch_path(&scratch, SERIAL);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(i, &scratch);
	file_replace(path, SLICE("S-1\n"), 0600, 0700, FILE_VOLATILE, NULL);
	machine_open(&machine, scratch.path, /* root_path= */ NULL, /* err= */ NULL);
	for (size_t i = 0; i < ARRAY_SIZE(expansion_rows); i++)
		check_expansion(i, &machine);
	return tap_done();
}
