/*
 * placement - what is put on, or changed on, a filesystem of the image before it can boot.
 *
 * Owns: finding the partition by its label among those of the image on the target only, mounting it
 * where nobody else sees it, and files that are placed as they are.  The kernel knows no partitions
 * yet: a loop device shows it that part of the disk.
 * Leaves to others: what an edit does (who requests the install).
 */
#ifndef SLIPWAY_INSTALLER_PLACEMENT_H
#define SLIPWAY_INSTALLER_PLACEMENT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/text.h"
#include "disk/table.h"
#include "installer/target.h"

struct placement;

/* One kind of change; a const struct in the module that knows it. */
struct placement_class {
	const char *name; /* "file.place": of the operation, in JSON */
	/*
	 * Do it.
	 * @root_fd: root of the filesystem, mounted for writing; borrowed
	 */
	int (*apply)(const struct placement *placement, int root_fd, struct error *err);
};

struct placement {
	const struct placement_class *class;
	/*
	 * Labels of the filesystem or names of the partition, of which one is found,
	 * NULL-terminated: the first that the image has is taken.
	 */
	const char *const *labels;
	const char *what;    /* "the Ignition config", for messages and the plan */
	uint64_t size_bytes; /* that it adds; more than the partition holds is refused beforehand */
	const void *detail;  /* the class's own */
};

/* Of placement_file: a new file; one that is there already is an error (EEXIST). */
struct placement_file_detail {
	const char *path;      /* below the root of the filesystem */
	struct slice contents; /* bytes, secret: never shown */
	mode_t mode;	       /* as 0600 */
	mode_t directory_mode; /* of the directories above it that have to be made, as 0700 */
};
extern const struct placement_class placement_file;

/**
 * placement_check - whether @image has a partition that @placement can go to, as far as its table
 * tells: labels of filesystems are not known before the image is written.
 *
 * Return: 0; -ENOSPC (ERROR_INPUT) when what is placed is larger than the partition.
 */
int placement_check(const struct placement *placement, const struct table *image,
		    struct error *err);

/**
 * placements_apply - carry all of them out, and let go of the disk again.
 * @target: written but for what makes it bootable
 * @image: the table of the image
 *
 * Return: 0; -ENOENT, -ENOTUNIQ (ERROR_INPUT) when no filesystem, or several, have that label;
 * -EBUSY when a mount does not go away; what a placement returned, with its name in front.
 */
int placements_apply(const struct target *target, const struct table *image,
		     const struct placement *placements, size_t count, struct error *err);

#endif
