/*
 * image_head - what the first MiB of an image says of all of it.
 *
 * Owns: finding its GPT at either size of sectors, and whether image and disk fit each other. Pure.
 * Leaves to others: what becomes of its table on the disk (installer/saved, disk/table_image).
 */
#ifndef SLIPWAY_INSTALLER_IMAGE_HEAD_H
#define SLIPWAY_INSTALLER_IMAGE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "disk/table.h"

/* So much is held back, and written last. */
#define IMAGE_HEAD_BYTES ((size_t)1 << 20)

struct image_head {
	size_t length;	       /* bytes held back; less than a MiB in an image that small */
	uint64_t size_bytes;   /* of the image, from where its backup GPT is; 0: it does not say */
	uint32_t sector_bytes; /* 0: it has no GPT */
	struct table *table;   /* as it will be on the disk: up to the end of that; NULL; owned */
};

/* What an image is written to. */
struct image_disk {
	const char *name; /* for messages */
	uint64_t size_bytes;
	uint32_t sector_bytes;
	bool takes_anything; /* an image without a GPT too */
};

/**
 * image_head_read - look at the first @length bytes of an image.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it has no GPT, or one for sectors of another size; -EUCLEAN
 * (ERROR_INPUT) when its GPT is damaged; -ENOSPC (ERROR_INPUT) when the disk is too small.
 */
int image_head_read(const void *bytes, size_t length, const struct image_disk *disk,
		    struct image_head *ret, struct error *err);
void image_head_done(struct image_head *head);

DEFINE_DONE(struct image_head, image_head_done)

#endif
