/*
 * stack - growing what a filesystem stands on, from the partition up.
 *
 * Owns: the walk over the layers below a device, and which of them are not touched.
 */
#ifndef SLIPWAY_RESIZE_STACK_H
#define SLIPWAY_RESIZE_STACK_H

#include <stdbool.h>

#include "disk/layer.h"
#include "resize/label.h"
#include "resize/work.h"

/* Type of a partition that is grown at every boot (coreos-resize). */
#define RESIZE_PARTITION_TYPE "3884DD41-8582-4404-B9A8-E9B84F2DF50E"

/**
 * stack_is_chosen - whether every partition that @layer stands on has the type that asks to be
 * grown at every boot.
 *
 * False as well when there is none, or its label cannot be read.
 */
bool stack_is_chosen(const struct machine *machine, const struct layer *layer);

/**
 * stack_find_chosen - the only partition of a GPT whose type asks to be grown.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when there is none, or several, or no GPT; as table_read().
 */
int stack_find_chosen(const struct label_disk *disk, unsigned *ret, struct error *err);

/**
 * stack_plan - add the operations that enlarge what @layer stands on, and @layer itself.
 * @ret_bytes: how large it will be
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) for a layer that is not grown: a logical volume, a
 * multipath device, verity, several devices under a mapping.
 */
int stack_plan(struct resize_work *work, const struct layer *layer, uint64_t *ret_bytes,
	       struct error *err);

#endif
