/* Members that only Butane has: which dialects know them, and that the others refuse them. */
#include "butane_test.h"

/* The features that sections of the top level need. */
#define ANY	0
#define BOOT	BUTANE_BOOT_DEVICE
#define GRUB	BUTANE_GRUB
#define MACHINE BUTANE_MACHINE_CONFIG

static const struct row {
	const char *text;
	enum spec_version since; /* Ignition version of the first dialects that have it */
	unsigned feature;
} rows[] = {
	{ "storage: {files: [{path: /a, contents: {inline: a}}]}", SPEC_3_0, ANY },
	{ "storage: {files: [{path: /a, append: [{local: file}]}]}", SPEC_3_1, ANY },
	{ "ignition: {security: {tls: {certificate_authorities: [{inline: a}]}}}", SPEC_3_1, ANY },
	{ "storage: {filesystems: [{device: /dev/a, path: /var/a, format: xfs, with_mount_unit: "
	  "on}]}",
	  SPEC_3_1, ANY },
	{ "storage: {trees: [{local: tree, path: /a}]}", SPEC_3_1, ANY },
	{ "storage: {trees: [{local: tree, user: {id: 1}}]}", SPEC_3_6, ANY },
	{ "storage: {trees: [{local: tree, group: {name: a}}]}", SPEC_3_6, ANY },
	{ "storage: {trees: [{local: tree, file_mode: 0600}]}", SPEC_3_6, ANY },
	{ "storage: {trees: [{local: tree, dir_mode: 0700}]}", SPEC_3_6, ANY },
	{ "systemd: {units: [{name: a.service, contents_local: unit}]}", SPEC_3_4, ANY },
	{ "systemd: {units: [{name: a.service, dropins: [{name: a.conf, contents_local: unit}]}]}",
	  SPEC_3_4, ANY },
	{ "passwd: {users: [{name: core, ssh_authorized_keys_local: [keys]}]}", SPEC_3_4, ANY },
	{ "systemd: {quadlets: [{name: a.pod, contents: a}]}", SPEC_3_7_EXPERIMENTAL, ANY },
	{ "boot_device: {layout: x86_64}", SPEC_3_2, BOOT },
	{ "boot_device: {luks: {tpm2: on, threshold: 1}}", SPEC_3_2, BOOT },
	{ "boot_device: {luks: {tpm2: on, discard: on}}", SPEC_3_4, BOOT },
	{ "boot_device: {luks: {cex: {enabled: off}}}", SPEC_3_5, BOOT },
	{ "boot_device: {luks: {device: /dev/a, tpm2: on}}", SPEC_3_5, BOOT },
	{ "boot_device: {luks: {tang: [{url: 'https://t', thumbprint: x, advertisement: '{}'}]}}",
	  SPEC_3_4, BOOT },
	{ "grub: {users: [{name: a, password_hash: x}]}", SPEC_3_4, GRUB },
	{ "openshift: {fips: on, kernel_type: default}", SPEC_3_2, MACHINE },
	{ "openshift: {extensions: [usbguard], kernel_arguments: [a]}", SPEC_3_2, MACHINE },
};

static bool check(const struct row *row, const struct butane_dialect *dialect)
{
	AUTO(text_done) struct text text = TEXT_INIT(TEXT_MESSAGE_MAX);
	const bool has_it =
		row->since <= dialect->spec && (dialect->features & row->feature) == row->feature;

	text_printf(&text, V("%s", "%s") "%s\n", dialect->variant, dialect->version, row->text);
	if (dialect->features & MACHINE)
		text_append_str(&text, "metadata: {name: a, labels: "
				       "{machineconfiguration.openshift.io/role: w}}\n");

	AUTO_FREE char *got = test_lower(text_str(&text), BUTANE_RAW);
	const bool is_good = !strstr(got, ": unused key ") == has_it;

	if (!is_good)
		printf("# %s# %s\n", text_str(&text), got);
	return is_good;
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct butane_dialect *dialect;
		bool all = true;

		for (size_t j = 0; (dialect = butane_dialect_at(j)); j++)
			all &= check(&rows[i], dialect);
		tap_ok(all, "%s since %s", rows[i].text, spec_version_name(rows[i].since));
	}
	return tap_done();
}
