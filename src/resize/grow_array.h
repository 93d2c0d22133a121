/*
 * grow_array - the operation that lets a RAID array use all of its members.
 *
 * Owns: what an array uses of each member and could, from sysfs, and the call of mdadm.
 */
#ifndef SLIPWAY_RESIZE_GROW_ARRAY_H
#define SLIPWAY_RESIZE_GROW_ARRAY_H

#include "disk/layer.h"
#include "resize/work.h"

extern const struct operation_class grow_array_class;

/**
 * grow_array_plan - add the operation for @layer when each member has more than the array uses.
 * @member_bytes: of the members as they will be, in the order of layer->below
 * @ret_bytes: how large the array will be
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) for a level whose members do not have one size
 * (linear, raid0), for a container, and for an array that misses members.
 */
int grow_array_plan(struct resize_work *work, const struct layer *layer,
		    const uint64_t *member_bytes, uint64_t *ret_bytes, struct error *err);

#endif
