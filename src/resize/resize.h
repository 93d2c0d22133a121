/*
 * resize - the root, or what was named, becomes as large as its disk allows.
 *
 * Owns: what is grown (every mounted filesystem whose partition has the type that asks for it, or a
 * mount point, a device, or a partition of an image file), the plan of each, and what came of it.
 * One that fails does not keep the others from growing.
 * Leaves to others: layers (resize/stack), filesystems (disk/filesystem_grow).
 */
#ifndef SLIPWAY_RESIZE_RESIZE_H
#define SLIPWAY_RESIZE_RESIZE_H

#include "resize/work.h"

struct resize_options {
	const char *target;    /* mount point, device, image file; NULL: what asks for it */
	unsigned partition;    /* of a disk or image; 0: not given */
	uint32_t sector_bytes; /* of an image file; 0: 512 */
};

enum resize_result {
	RESIZE_UNCHANGED, /* nothing to do */
	RESIZE_PLANNED,	  /* operations are planned, and were not carried out */
	RESIZE_CHANGED,
	RESIZE_SKIPPED, /* it is something that is not grown; see reason */
	RESIZE_FAILED,	/* see reason */
	RESIZE_RESULT_COUNT,
};

/* One filesystem, with the operations of its own. */
struct resize_item {
	char *name; /* mount point, device, or image file; owned */
	enum resize_result result;
	char *reason; /* NULL: none; owned */
	size_t first; /* operation in the plan */
	size_t count;
	size_t done; /* of these, when it was carried out */
};

struct resize {
	struct resize_work work;
	struct resize_item *items; /* owned */
	size_t count;
};

/**
 * resize_plan - what there is to do; nothing is written.
 * @ret: release with resize_done()
 *
 * Return: 0, also when an item cannot be grown: that is in its result; -ENOENT … when what was
 * named is not there.
 */
int resize_plan(struct machine *machine, const struct resize_options *options,
		const struct event_observer *observer, struct resize *ret, struct error *err);

/** resize_apply - carry out the operations of each item, and note what came of it. */
void resize_apply(struct resize *resize);
void resize_done(struct resize *resize);

/** resize_has_failed - whether an item failed. */
bool resize_has_failed(const struct resize *resize);

/** resize_append_text - a line for each item, and for each of its operations. */
void resize_append_text(const struct resize *resize, struct text *out);

/** resize_append_json - {"items": [{name, result, reason, done, operations}]}. */
void resize_append_json(const struct resize *resize, struct text *out);

DEFINE_DONE(struct resize, resize_done)

#endif
