/* rules_boot - what is wrong with boot_device, and with partitions of the disk booted from. */
#include "config/butane/boot.h"

#include "config/butane/lowering.h"

#define BOOT_DISK	  "/dev/disk/by-id/coreos-boot-disk"
#define ROOT_SIZE_MIB_MIN 8192

/* Partitions of the OS image and their numbers. */
static const struct {
	const char *label;
	int64_t number;
} reserved[] = {
	{ "BIOS-BOOT", 1 }, { "PowerPC-PReP-boot", 1 }, { "EFI-SYSTEM", 2 }, { "boot", 3 },
	{ "root", 4 },
};

static const struct butane_layout layouts[] = {
	{ "aarch64", SPEC_3_2, false, NULL, "" },
	{ "ppc64le", SPEC_3_2, false, NULL, "" },
	{ "s390x-eckd", SPEC_3_5, true, "/dev/dasd", "2" },
	{ "s390x-virt", SPEC_3_5, true, NULL, "" },
	{ "s390x-zfcp", SPEC_3_5, true, "/dev/sd", "4" },
	{ "x86_64", SPEC_3_2, false, NULL, "" },
};

const struct butane_layout *butane_layout_find(struct slice name, enum spec_version spec)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++)
		if (slice_is(name, layouts[i].name) && layouts[i].since <= spec)
			return &layouts[i];
	return NULL;
}

static void check_layout(struct butane_lowering *lowering, const struct butane_boot_device *boot,
			 const struct butane_layout *layout)
{
	if (boot->layout.data && !layout)
		butane_error(lowering, boot->origin, ".layout",
			     lowering->dialect->spec < SPEC_3_5
				     ? "layout must be one of: aarch64, ppc64le, x86_64"
				     : "layout must be one of: aarch64, ppc64le, s390x-eckd, "
				       "s390x-virt, s390x-zfcp, x86_64");
}

static void check_mirror(struct butane_lowering *lowering, const struct butane_boot_device *boot,
			 const struct butane_layout *layout)
{
	const size_t count = boot->mirror.devices.count;

	if (count == 1)
		butane_error(lowering, boot->origin, ".mirror.devices",
			     "mirroring requires at least two devices");
	if (count && !boot->layout.data)
		butane_report(lowering,
			      lowering->dialect->spec < SPEC_3_6 ? REPORT_WARNING : REPORT_ERROR,
			      boot->origin, ".layout",
			      "boot_device.layout should be specified when boot_device.mirror is "
			      "specified");
	if (count && layout && layout->is_s390x)
		butane_error(lowering, boot->origin, ".layout",
			     "mirroring not supported on layouts: s390x-eckd, s390x-zfcp, "
			     "s390x-virt");
}

static void check_luks_device(struct butane_lowering *lowering,
			      const struct butane_boot_device *boot,
			      const struct butane_layout *layout)
{
	const struct slice device = boot->luks.device;

	if (!layout || !layout->device_prefix)
		return;
	if (device.length == 0)
		butane_error(lowering, boot->origin, ".layout",
			     "device is required for layouts: s390x-eckd, s390x-zfcp");
	else if (!slice_starts(device, layout->device_prefix))
		butane_error(lowering, boot->origin, ".luks.device",
			     "device name must start with /dev/dasd on s390x-eckd layout or "
			     "/dev/sd on s390x-zfcp layout");
}

static void check_cex(struct butane_lowering *lowering, const struct butane_boot_device *boot,
		      const struct butane_layout *layout, bool has_clevis)
{
	if (!layout || !layout->is_s390x)
		butane_error(lowering, boot->origin, ".layout",
			     "when using cex the targeted architecture must match s390x");
	if (has_clevis || boot->luks.threshold.value > 0)
		butane_error(lowering, boot->origin, ".luks.cex",
			     "cannot use cex with clevis: they unlock the volume in different "
			     "ways");
}

static void check_luks(struct butane_lowering *lowering, const struct butane_boot_device *boot,
		       const struct butane_layout *layout)
{
	const struct butane_boot_luks *luks = &boot->luks;
	const bool has_clevis = luks->tang.count || butane_is_true(luks->tpm2);
	const bool has_cex = butane_is_true(luks->cex.enabled);

	if (has_clevis || has_cex || luks->device.length)
		check_luks_device(lowering, boot, layout);
	if (has_cex)
		check_cex(lowering, boot, layout, has_clevis);
	else if (luks->device.length && !has_clevis && lowering->dialect->spec >= SPEC_3_6)
		butane_error(lowering, boot->origin, ".luks.luks", "no method specified for luks");
}

void butane_check_boot_device(struct butane_lowering *lowering, const void *object)
{
	const struct butane_boot_device *boot = object;
	const struct butane_layout *layout =
		butane_layout_find(boot->layout, lowering->dialect->spec);

	check_layout(lowering, boot, layout);
	check_mirror(lowering, boot, layout);
	check_luks(lowering, boot, layout);
}

static int64_t reserved_number(struct slice label)
{
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (slice_is(label, reserved[i].label))
			return reserved[i].number;
	return 0;
}

/* What is placed by itself behind a partition that fills the rest of the disk ends its growth. */
static bool is_followed(const struct config_disk *disk, const struct config_partition *root)
{
	CONFIG_EACH (const struct config_partition, other, &disk->partitions)
		if (other != root && other->start_mib.value == 0 &&
		    !(other->should_exist.is_set && !other->should_exist.value))
			return true;
	return false;
}

static void check_root(struct butane_lowering *lowering, const struct config_disk *disk,
		       const struct config_partition *root)
{
	const int64_t size_mib = root->size_mib.value;

	if (size_mib > 0 && size_mib < ROOT_SIZE_MIB_MIN)
		butane_report(lowering, REPORT_WARNING, root->origin, ".size_mib",
			      "root should have 8GiB of space assigned")
			->rule = "small-root";
	if (size_mib == 0 && is_followed(disk, root))
		butane_warn(lowering, root->origin, ".label",
			    "root partition cannot expand; it is set to fill available space but "
			    "is followed by an auto-positioned partition");
}

static void check_partition(struct butane_lowering *lowering, const struct config_disk *disk,
			    const struct config_partition *partition)
{
	const int64_t number = reserved_number(partition->label);
	const bool is_wiped = butane_is_true(disk->wipe_table);

	if (partition->number == 0 && partition->label.data && !is_wiped &&
	    lowering->dialect->spec >= SPEC_3_5 && !slice_is(disk->device, BOOT_DISK))
		butane_warn(lowering, partition->origin, ".number",
			    "partitions cannot be reused by label; number must be specified except "
			    "on boot disk (" BOOT_DISK ") or when wipe_table is true");
	if (number && partition->number && partition->number != number && !is_wiped)
		butane_warn(lowering, partition->origin, ".number",
			    "incorrect partition number; a new partition will be created using "
			    "reserved label");
	if (slice_is(partition->label, "root"))
		check_root(lowering, disk, partition);
}

void butane_check_disk(struct butane_lowering *lowering, const void *object)
{
	const struct config_disk *disk = object;

	CONFIG_EACH (const struct config_partition, partition, &disk->partitions)
		check_partition(lowering, disk, partition);
}
