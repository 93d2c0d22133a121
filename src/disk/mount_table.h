/*
 * mount_table - what is mounted where.
 *
 * Owns: reading /proc/self/mountinfo (proc(5)).
 */
#ifndef SLIPWAY_DISK_MOUNT_TABLE_H
#define SLIPWAY_DISK_MOUNT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/machine.h"
#include "base/text.h"

struct mount_entry {
	uint64_t id;  /* as statx() tells it of what is below the mount point */
	dev_t number; /* major 0: the filesystem has no device, or several (btrfs) */
	char *root;   /* the directory of the filesystem that is mounted; owned, as all here */
	char *place;
	char *type;	   /* "ext4" */
	char *source;	   /* "/dev/sda9" */
	bool is_read_only; /* the mount or the filesystem */
};

struct mount_table {
	struct mount_entry *entries; /* in the order in which they were mounted */
	size_t count;
};

/** mount_table_read - @ret: release with mount_table_done(). */
int mount_table_read(const struct machine *machine, struct mount_table *ret, struct error *err);
void mount_table_done(struct mount_table *table);

/** mount_table_at - what is mounted on @place, the last one; NULL when nothing is; borrowed. */
const struct mount_entry *mount_table_at(const struct mount_table *table, const char *place);

/**
 * mount_table_word - the first word of @line, as the kernel writes paths in /proc: blanks and
 * backslashes as \040; freed with free().
 */
char *mount_table_word(struct slice line);

DEFINE_DONE(struct mount_table, mount_table_done)

#endif
