/*
 * partition_apply - carrying out what partition_plan decided.
 *
 * Owns: the classes of operations on labels and what they do: check that the disk is still as it
 * was when the plan was made, lock, write once, tell the kernel and udev.
 */
#ifndef SLIPWAY_DISK_PARTITION_APPLY_H
#define SLIPWAY_DISK_PARTITION_APPLY_H

#include "base/plan.h"
#include "disk/partition_plan.h"

/* What the operations point at; lives in the plan's arena. */
struct partition_step {
	struct partition_layout *layout;
	unsigned number; /* 0 for operations on the label as a whole */
};

extern const struct operation_class partition_delete_class;
extern const struct operation_class partition_create_class;
extern const struct operation_class partition_resize_class;
extern const struct operation_class table_wipe_class;
extern const struct operation_class table_write_class;
extern const struct operation_class partition_tell_class;

/**
 * partition_refuse_in_use - the partition @number of @layout must not be used by anyone.
 *
 * Return: 0; -EBUSY (ERROR_BUSY), in upstream's words and with its users.
 */
int partition_refuse_in_use(const struct machine *machine, const struct partition_layout *layout,
			    unsigned number, struct error *err);

#endif
