#include "disk/btrfs.h"

#include <string.h>

#include "base/alloc.h"
#include "disk/directory.h"

#define SYSFS_BTRFS "sys/fs/btrfs"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The devices of the btrfs with the directory @uuid; none: another kind of directory. */
static void read_devices(const struct machine *machine, const char *uuid, struct btrfs *btrfs)
{
	AUTO_FREE char *path = xasprintf(SYSFS_BTRFS "/%s/devices", uuid);
	AUTO(directory_close) DIR *directory = NULL;
	const char *name = NULL;

	if (directory_open(machine, path, &directory, /* err= */ NULL) < 0)
		return;
	while ((name = directory_next(directory))) {
		btrfs->devices =
			xreallocarray(btrfs->devices, btrfs->count + 1, sizeof(*btrfs->devices));
		btrfs->devices[btrfs->count++] = xstrdup(name);
	}
	if (btrfs->count)
		qsort(btrfs->devices, btrfs->count, sizeof(*btrfs->devices), compare);
}

void btrfs_find(const struct machine *machine, const char *name, struct btrfs *ret)
{
	AUTO(directory_close) DIR *directory = NULL;
	const char *uuid = NULL;

	*ret = (struct btrfs){ .count = 0 };
	/* A kernel without btrfs has no such directory. */
	if (directory_open(machine, SYSFS_BTRFS, &directory, /* err= */ NULL) < 0)
		return;
	while ((uuid = directory_next(directory))) {
		AUTO(btrfs_done) struct btrfs btrfs = { .count = 0 };

		read_devices(machine, uuid, &btrfs);
		if (btrfs_has(&btrfs, name)) {
			*ret = btrfs;
			btrfs = (struct btrfs){ .count = 0 };
			return;
		}
	}
}

void btrfs_done(struct btrfs *btrfs)
{
	for (size_t i = 0; i < btrfs->count; i++)
		free(btrfs->devices[i]);
	free(btrfs->devices);
	*btrfs = (struct btrfs){ .count = 0 };
}

bool btrfs_has(const struct btrfs *btrfs, const char *name)
{
	for (size_t i = 0; i < btrfs->count; i++)
		if (strcmp(btrfs->devices[i], name) == 0)
			return true;
	return false;
}
