/* What a boot takes a user config for, by its profile and the kernel's arguments. */
#include "ignition/interpret.h"

#include "tap.h"

#define CLC	  "etcd: {}\n"
#define ANNOUNCED "#container-linux-config\n" CLC
#define COREOS	  "#cloud-config\nhostname: a\n"

static const struct {
	const char *label;
	const char *profile;
	const char *arguments;
	const char *text;
	enum dialect want;
} rows[] = {
	{ "slipway takes a cloud-config", "slipway", "", COREOS, DIALECT_CLOUD_CONFIG },
	{ "slipway takes a script", "slipway", "", "#!/bin/sh\n", DIALECT_SCRIPT },
	{ "slipway takes Butane", "slipway", "", "variant: fcos\n", DIALECT_BUTANE },
	{ "slipway names cloud-init's", "slipway", "", "#cloud-config\nruncmd: []\n",
	  DIALECT_CLOUD_INIT },
	{ "slipway takes what is announced", "slipway", "", ANNOUNCED, DIALECT_CLC },
	{ "slipway takes no guess", "slipway", "", CLC, DIALECT_IGNITION },
	{ "slipway takes what the kernel is told", "slipway", "a slipway.config.dialect=clc", CLC,
	  DIALECT_CLC },
	{ "an argument that is no dialect says nothing", "slipway", "slipway.config.dialect=x", CLC,
	  DIALECT_IGNITION },
	{ "slipway reads Ignition", "slipway", "", "{}", DIALECT_IGNITION },
	{ "any other text is Ignition's to refuse", "slipway", "", "hello", DIALECT_IGNITION },
	{ "upstream knows Ignition alone", "upstream", "", COREOS, DIALECT_IGNITION },
	{ "upstream is not talked into others", "upstream", "slipway.config.dialect=clc", CLC,
	  DIALECT_IGNITION },
	{ "flatcar leaves cloud-configs alone", "flatcar", "", COREOS, DIALECT_EMPTY },
	{ "flatcar leaves scripts alone", "flatcar", "", "#!/bin/sh\n", DIALECT_EMPTY },
	{ "flatcar leaves MIME alone", "flatcar", "", "Content-Type: multipart/mixed\n",
	  DIALECT_EMPTY },
	{ "flatcar refuses Butane", "flatcar", "", "variant: flatcar\n", DIALECT_IGNITION },
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *arguments = slice_dup(slice_of(rows[i].arguments));
		const struct machine machine = { .kernel_command_line = arguments };

		tap_str(dialect_name(interpret_boot_dialect(profile_find(rows[i].profile), &machine,
							    slice_of(rows[i].text))),
			dialect_name(rows[i].want), rows[i].label);
	}
	return tap_done();
}
