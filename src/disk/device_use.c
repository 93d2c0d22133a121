#include "disk/device_use.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/text.h"
#include "disk/btrfs.h"
#include "disk/directory.h"
#include "disk/mount_table.h"

#define SYSFS_BLOCK   "sys/class/block"
#define SWAPS	      "proc/swaps"
#define PROC_MAX      ((size_t)16 << 20)
#define ATTRIBUTE_MAX 4096

void device_uses_done(struct device_uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		free(uses->uses[i].who);
	free(uses->uses);
	*uses = (struct device_uses){ 0 };
}

static const char *const use_verbs[] = {
	[DEVICE_USE_MOUNT] = "mounted on",
	[DEVICE_USE_SWAP] = "used as",
	[DEVICE_USE_HOLDER] = "held by",
};
_Static_assert(ARRAY_SIZE(use_verbs) == DEVICE_USE_COUNT, "every use has a verb");

char *device_use_text(const struct device_use *use)
{
	return xasprintf("%s %s", use_verbs[use->kind], use->who);
}

/* @who is taken. */
static void add(struct device_uses *uses, enum device_use_kind kind, char *who)
{
	uses->uses = xreallocarray(uses->uses, uses->count + 1, sizeof(*uses->uses));
	uses->uses[uses->count++] = (struct device_use){ .kind = kind, .who = who };
}

/* What to look for, and what was found. */
struct look {
	const struct machine *machine;
	const struct device *device;
	struct btrfs btrfs; /* the mounted one that it is part of */
	struct device_uses uses;
};

static void look_done(struct look *look)
{
	btrfs_done(&look->btrfs);
	device_uses_done(&look->uses);
}

DEFINE_DONE(struct look, look_done)

/* Whether @path is a node of the device. */
static bool is_node(const struct look *look, const char *path)
{
	struct stat st;

	return path[0] == '/' && fstatat(look->machine->host_fd, path + 1, &st, 0) == 0 &&
	       S_ISBLK(st.st_mode) && st.st_rdev == look->device->number;
}

/* Whether @source is one of the devices of the btrfs that ours is part of. */
static bool is_same_btrfs(const struct look *look, const char *source)
{
	AUTO(device_done) struct device device = { 0 };

	return look->btrfs.count > 0 &&
	       device_find(look->machine, source, &device, /* err= */ NULL) == 0 &&
	       btrfs_has(&look->btrfs, device.name);
}

/* Filesystems without a number of their own (btrfs) are known by their source. */
static int look_at_mounts(struct look *look, struct error *err)
{
	AUTO(mount_table_done) struct mount_table mounts = { .count = 0 };
	int r = mount_table_read(look->machine, &mounts, err);

	for (size_t i = 0; r == 0 && i < mounts.count; i++) {
		const struct mount_entry *entry = &mounts.entries[i];

		if (entry->number == look->device->number ||
		    (major(entry->number) == 0 &&
		     (is_node(look, entry->source) || is_same_btrfs(look, entry->source))))
			add(&look->uses, DEVICE_USE_MOUNT, xstrdup(entry->place));
	}
	return r;
}

static int look_at_swaps(struct look *look, struct error *err)
{
	AUTO_FREE char *text = NULL;
	int r = machine_read(look->machine, SWAPS, PROC_MAX, &text, /* ret_length= */ NULL, err);

	for (struct slice rest = slice_of(text); r == 0 && rest.length;) {
		struct slice line = slice_take_line(&rest);
		AUTO_FREE char *path = mount_table_word(line);

		if (is_node(look, path))
			add(&look->uses, DEVICE_USE_SWAP, xstrdup("swap"));
	}
	return r;
}

static void look_at_holders(struct look *look)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BLOCK "/%s/holders", look->device->name);
	AUTO(directory_close) DIR *directory = NULL;
	const char *name = NULL;

	if (directory_open(look->machine, path, &directory, /* err= */ NULL) < 0)
		return;
	while ((name = directory_next(directory))) {
		AUTO_FREE char *dm_path = xasprintf(SYSFS_BLOCK "/%s/dm/name", name);
		AUTO_FREE char *dm = NULL;

		if (machine_read(look->machine, dm_path, ATTRIBUTE_MAX, &dm, /* ret_length= */ NULL,
				 /* err= */ NULL) < 0) {
			add(&look->uses, DEVICE_USE_HOLDER, xstrdup(name));
			continue;
		}
		add(&look->uses, DEVICE_USE_HOLDER,
		    xasprintf("%s (%.*s)", name, SLICE_ARGS(slice_trim(slice_of(dm)))));
	}
}

int device_uses_find(const struct machine *machine, const struct device *device,
		     struct device_uses *ret, struct error *err)
{
	AUTO(look_done)
	struct look look = {
		.machine = machine,
		.device = device,
	};

	btrfs_find(machine, device->name, &look.btrfs);

	int r = look_at_mounts(&look, err);

	/* Mounted in another namespace, which mountinfo does not show. */
	if (r == 0 && look.btrfs.count && look.uses.count == 0)
		add(&look.uses, DEVICE_USE_MOUNT, xstrdup("a place outside of our namespace"));
	/* A kernel without swap has no such file. */
	if (r == 0 && faccessat(machine->host_fd, SWAPS, F_OK, 0) == 0)
		r = look_at_swaps(&look, err);
	if (r < 0)
		return r;
	look_at_holders(&look);
	*ret = look.uses;
	look.uses = (struct device_uses){ 0 };
	return 0;
}
