/*
 * projection - the devices of a machine as the operations planned so far will have left them.
 *
 * Owns: where the bytes of a device are while a plan is made: on a device that is there, in a
 * partition that is yet to be made, or unknown until an operation has made the device.
 * Leaves to others: what is there (disk/probe), who uses it (disk/device_use).
 */
#ifndef SLIPWAY_DISK_PROJECTION_H
#define SLIPWAY_DISK_PROJECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/machine.h"
#include "disk/device.h"
#include "disk/partition_plan.h"
#include "disk/probe.h"

struct projection {
	const struct machine *machine;
	struct partition_layout *const *layouts; /* of the partitions phase; may be empty */
	size_t layout_count;
	struct arena *arena;  /* of the volumes */
	const char **volumes; /* arrays and mappings that will be made or opened; in the arena */
	size_t volume_count;
};

/* Where the bytes of a request's device are. */
struct place {
	const char *path;	  /* of the request; borrowed */
	struct device device;	  /* name NULL: it is yet to appear, or part of an image */
	bool is_there;		  /* the device is now what it will be: programs may look at it */
	const char *node;	  /* NULL: unknown until it appears; borrowed */
	struct probe_range range; /* of @node; all 0: the whole of it */
	const struct partition_layout *layout; /* that it will be a partition of; NULL */
	unsigned number;		       /* of that partition */
	struct probe_result found;	       /* after place_probe() */
};

/** projection_add - from now on @path will be a volume; what is there now does not count. */
void projection_add(struct projection *projection, const char *path);

/**
 * projection_find - where the device @path is or will be.
 * @ret: release with place_done()
 *
 * A device that is not there, and that no layout has, is unknown, not an error.
 *
 * Return: 0; as device_find() but for -ENOENT.
 */
int projection_find(const struct projection *projection, const char *path, struct place *ret,
		    struct error *err);
void place_done(struct place *place);

/** place_probe - fill place->found, as probe_device(); nothing is found where it is unknown. */
int place_probe(struct place *place, struct error *err);

/** place_is_same - whether both are known to be one device or partition. */
bool place_is_same(const struct place *left, const struct place *right);

/**
 * place_refuse_in_use - nobody may use the device at @place as it is now.
 * @what: is refused: "format"
 *
 * Return: 0; -EBUSY (ERROR_BUSY) with its first user.
 */
int place_refuse_in_use(const struct machine *machine, const struct place *place, const char *what,
			struct error *err);

DEFINE_DONE(struct place, place_done)

#endif
