/* layer - what a device stands on, from fixtures of sysfs. */
#include "disk/layer.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/btrfs.h"
#include "scratch.h"
#include "tap.h"

struct file {
	const char *path; /* below sys/class/block, or sys */
	const char *text; /* NULL: a directory */
};

/* A machine with one of each; devices that are whole disks unless they say otherwise. */
static const struct file files[] = {
	{ "class/block/sda/dev", "8:0\n" },
	{ "class/block/sda/size", "2048\n" },
	{ "class/block/sda9/dev", "8:9\n" },
	{ "class/block/sda9/size", "1024\n" },
	{ "class/block/sda9/partition", "9\n" },
	{ "class/block/sdb9/dev", "8:25\n" },
	{ "class/block/sdb9/size", "1024\n" },
	{ "class/block/sdb9/partition", "9\n" },
	{ "class/block/dm-0/dev", "253:0\n" },
	{ "class/block/dm-0/size", "512\n" },
	{ "class/block/dm-0/dm/name", "root\n" },
	{ "class/block/dm-0/dm/uuid", "CRYPT-LUKS2-abc-root\n" },
	{ "class/block/dm-0/slaves/md0", NULL },
	{ "class/block/md0/dev", "9:0\n" },
	{ "class/block/md0/size", "512\n" },
	{ "class/block/md0/md/level", "raid1\n" },
	{ "class/block/md0/slaves/sda9", NULL },
	{ "class/block/md0/slaves/sdb9", NULL },
	{ "class/block/dm-1/dev", "253:1\n" },
	{ "class/block/dm-1/size", "512\n" },
	{ "class/block/dm-1/dm/name", "vg-lv\n" },
	{ "class/block/dm-1/dm/uuid", "LVM-xyz\n" },
	{ "class/block/dm-1/slaves/sda9", NULL },
	{ "class/block/dm-2/dev", "253:2\n" },
	{ "class/block/dm-2/size", "512\n" },
	{ "class/block/dm-2/dm/name", "usr\n" },
	{ "class/block/dm-2/dm/uuid", "CRYPT-VERITY-abc-usr\n" },
	{ "class/block/dm-6/dev", "253:6\n" },
	{ "class/block/dm-6/size", "512\n" },
	{ "class/block/dm-6/dm/name", "root_dif\n" },
	{ "class/block/dm-6/dm/uuid", "CRYPT-INTEGRITY-abc-root_dif\n" },
	{ "class/block/dm-3/dev", "253:3\n" },
	{ "class/block/dm-3/size", "512\n" },
	{ "class/block/dm-3/dm/name", "mpatha-part9\n" },
	{ "class/block/dm-3/dm/uuid", "part9-mpath-360\n" },
	{ "class/block/dm-4/dev", "253:4\n" },
	{ "class/block/dm-4/size", "512\n" },
	{ "class/block/dm-4/dm/name", "plain\n" },
	{ "class/block/dm-5/dev", "253:5\n" },
	{ "class/block/dm-5/size", "512\n" },
	{ "class/block/dm-5/dm/name", "self\n" },
	{ "class/block/dm-5/slaves/dm-5", NULL },
	{ "fs/btrfs/features", NULL },
	{ "fs/btrfs/11-22/devices/sdb9", NULL },
	{ "fs/btrfs/11-22/devices/sda9", NULL },
	{ "fs/btrfs/33-44/devices/dm-0", NULL },
};

static void make_directories(const struct scratch *scratch, const char *path)
{
	AUTO_FREE char *copy = scratch_path(scratch, path);

	for (char *slash = strchr(copy + strlen(scratch->path) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
}

static void make_machine(const struct scratch *scratch, struct machine *machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		AUTO_FREE char *path = xasprintf("sys/%s", files[i].path);
		AUTO_FREE char *whole = scratch_path(scratch, path);

		make_directories(scratch, path);
		if (files[i].text)
			scratch_write(scratch, path, files[i].text);
		else
			mkdir(whole, 0755);
	}
	if (machine_open(machine, scratch->path, /* root_path= */ NULL, /* err= */ NULL) < 0)
		abort();
}

static void append(const struct layer *layer, struct text *out)
{
	text_printf(out, "%s is %s", layer->device.name, layer_kind_text(layer->kind));
	for (size_t i = 0; i < layer->below_count; i++) {
		text_append_str(out, i ? ", " : " (");
		append(&layer->below[i], out);
	}
	text_append_str(out, layer->below_count ? ")" : "");
}

static const struct row {
	const char *label, *name, *want;
} rows[] = {
	{ "a disk", "sda", "sda is a whole disk" },
	{ "a partition", "sda9", "sda9 is a partition" },
	{ "a logical volume", "dm-1", "dm-1 is a logical volume (sda9 is a partition)" },
	{ "verity is told from encryption", "dm-2", "dm-2 is a verity device" },
	{ "integrity below encryption, too", "dm-6", "dm-6 is an integrity device" },
	{ "a partition of multipath is no partition", "dm-3", "dm-3 is a multipath device" },
	{ "a mapping without a UUID", "dm-4", "dm-4 is a mapped device" },
	{ "what stands on itself is refused", "dm-5",
	  "/dev/dm-5: devices stand on each other more than 8 deep" },
};

static void test_row(const struct machine *machine, const struct row *row)
{
	AUTO(layer_done) struct layer layer = { .below_count = 0 };
	AUTO(error_done) struct error err = ERROR_INIT;
	AUTO(text_done) struct text got = TEXT_INIT(TEXT_MESSAGE_MAX);

	if (layer_read(machine, row->name, &layer, &err) < 0)
		text_append_str(&got, err.text);
	else
		append(&layer, &got);
	tap_str(text_str(&got), row->want, row->label);
}

static void test_stack(const struct machine *machine)
{
	AUTO(layer_done) struct layer layer = { .below_count = 0 };

	layer_read(machine, "dm-0", &layer, /* err= */ NULL);
	tap_ok(layer.kind == LAYER_CRYPT && layer.below_count == 1, "a key is on one device");
	tap_ok(layer.below_count && layer.below[0].kind == LAYER_ARRAY &&
		       layer.below[0].below_count == 2 &&
		       layer.below[0].below[1].kind == LAYER_PARTITION,
	       "an array below it, and its members below that");
}

static void test_btrfs(const struct machine *machine)
{
	AUTO(btrfs_done) struct btrfs found = { .count = 0 };
	AUTO(btrfs_done) struct btrfs none = { .count = 0 };

	btrfs_find(machine, "sdb9", &found);
	tap_ok(found.count == 2 && strcmp(found.devices[0], "sda9") == 0 &&
		       strcmp(found.devices[1], "sdb9") == 0,
	       "the devices of a btrfs are found by one of them, sorted");
	btrfs_find(machine, "sda", &none);
	tap_ok(none.count == 0, "a device of none has none");
}

int main(void)
{
	AUTO(scratch_done) struct scratch scratch = scratch_new();
	AUTO(machine_done) struct machine machine = MACHINE_INIT;

	make_machine(&scratch, &machine);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&machine, &rows[i]);
	test_stack(&machine);
	test_btrfs(&machine);
	return tap_done();
}
