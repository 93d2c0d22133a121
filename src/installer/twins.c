#include "installer/twins.h"

#include "base/alloc.h"
#include "disk/directory.h"

#define SYSFS_BLOCK "sys/class/block"

/* Labels that boot loaders, kernel arguments and fstab find partitions by (spec
 * install-and-boot 7.1, T21). */
static const char *const boot_labels[] = { "EFI-SYSTEM", "OEM",	 "ROOT", "USR-A",
					   "USR-B",	 "boot", "root" };

static bool is_boot_label(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(boot_labels); i++)
		if (strcmp(boot_labels[i], name) == 0)
			return true;
	return false;
}

static void compare_one(const struct table_partition *own, const char *node,
			const struct table_partition *other, struct text *out)
{
	if (strcmp(own->guid, other->guid) == 0)
		text_printf(
			out,
			"partition %u of %s has the GUID of the image's \"%s\" (%s): the system "
			"may run from the wrong disk; detach or wipe one of them\n",
			other->number, node, own->name, own->guid);
	else if (strcmp(own->name, other->name) == 0 && is_boot_label(own->name))
		text_printf(
			out,
			"partition %u of %s is labelled \"%s\" too: what is found by that label "
			"may be on the wrong disk\n",
			other->number, node, own->name);
}

void twins_compare(const struct table *image, const char *node, const struct table *other,
		   struct text *out)
{
	for (size_t i = 0; i < image->count; i++)
		for (size_t k = 0; k < other->count; k++)
			compare_one(&image->partitions[i], node, &other->partitions[k], out);
}

void twins_find(const struct machine *machine, const struct target *target,
		const struct table *image, struct text *out)
{
	AUTO(directory_close) DIR *directory = NULL;
	const char *name = NULL;

	if (directory_open(machine, SYSFS_BLOCK, &directory, /* err= */ NULL) < 0)
		return;
	while ((name = directory_next(directory))) {
		AUTO(device_done) struct device device = { .node = NULL };
		AUTO(table_free) struct table *other = NULL;

		if (device_read(machine, name, &device, /* err= */ NULL) < 0 || device.parent ||
		    device.size_bytes == 0 || device.number == target->device.number)
			continue;
		if (table_read(device.node, /* sector_bytes= */ 0, &other, /* err= */ NULL) == 0)
			twins_compare(image, device.node, other, out);
	}
}
