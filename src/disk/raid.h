/*
 * raid - what becomes of an array that was asked for (spec ignition 6.5).
 *
 * Owns: the words of mdadm, and the rule by which an array that an earlier run of this provisioning
 * made is kept.  Pure: literal tables test it.
 * Leaves to others: looking at the members (disk/raid_plan).
 */
#ifndef SLIPWAY_DISK_RAID_H
#define SLIPWAY_DISK_RAID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "disk/request.h"

enum raid_action {
	RAID_KEEP,     /* it is there, and ours */
	RAID_ASSEMBLE, /* ours, and not running */
	RAID_CREATE,   /* what may run on its members is stopped first */
};

/* One device of an array as it is now. */
struct raid_member {
	const char *path;
	const char *contents; /* type that libblkid tells; NULL: nothing, or unknown */
	const char *uuid;     /* of the array that it is a member of, with dashes; NULL */
	const char *array;    /* kernel name of the array that runs on it, "md127"; NULL */
	const char *user;     /* how anybody else uses it: "mounted on /var"; NULL */
};

/* What is there. */
struct raid_facts {
	const struct raid_member *members;
	size_t count;
	const char *array; /* kernel name of what has the array's path now; NULL: nothing */
	bool is_inactive;  /* the array of the members is not started */
	bool is_degraded;  /* it runs with fewer devices than it should have */
	bool was_made;	   /* an earlier run made it to its end: it may hold data */
	/*
	 * Nothing ran on the members when the plan was made: what runs there now was put together
	 * by udev, from what partitions that were made meanwhile still hold.
	 */
	bool is_late;
};

/**
 * raid_decide - what to do for @request; pure.
 * @ret: set on success only
 *
 * Return: 0; -EBUSY (ERROR_BUSY) when a member is used by somebody else, or another array has the
 * name; -EUCLEAN (ERROR_VERIFY) when the array is ours, lacks a device, and
 * runs or was made to its end.
 */
int raid_decide(const struct raid_request *request, const struct raid_facts *facts,
		enum raid_action *ret, struct error *err);

/** raid_path - "/dev/md/data" for "data", a name that is a path as it is. */
const char *raid_path(const struct raid_request *request, struct arena *arena);

/**
 * raid_create_argv - the words that make the array, NULL-terminated.
 * @nodes: of the devices, in the order of the request
 * @arena: owns them
 *
 * The identity is among them unless the request's options name a UUID, or metadata that keeps none.
 */
const char *const *raid_create_argv(const struct raid_request *request, const char *const *nodes,
				    struct arena *arena);

/** raid_assemble_argv - the words that start an array that was made before. */
const char *const *raid_assemble_argv(const struct raid_request *request, const char *const *nodes,
				      struct arena *arena);

#endif
