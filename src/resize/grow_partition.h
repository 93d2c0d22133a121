/*
 * grow_partition - the operation that moves the end of one partition.
 *
 * Owns: whether there is enough to gain, the order of writes (disk first, then the kernel, and the
 * disk back when the kernel refuses), and the checks again before them.
 */
#ifndef SLIPWAY_RESIZE_GROW_PARTITION_H
#define SLIPWAY_RESIZE_GROW_PARTITION_H

#include "resize/label.h"
#include "resize/work.h"

extern const struct operation_class grow_partition_class;

/**
 * grow_partition_plan - add the operation for a partition that has room.
 * @object: the partition's node, for messages; copied, as all of @disk and @room is
 * @ret_bytes: how large it will be; as it is when nothing is to be gained
 *
 * Return: 0; -ENXIO (ERROR_BUSY) when the kernel does not know the partition.
 */
int grow_partition_plan(struct resize_work *work, const char *object, const struct label_disk *disk,
			const struct label_room *room, uint64_t *ret_bytes, struct error *err);

#endif
