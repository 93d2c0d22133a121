/*
 * image - a disk image that a rehearsal runs on: made, attached, mounted, and given back.
 *
 * Owns: a private mount namespace, so that nothing stays mounted whatever happens, a loop device
 * that goes with its last user, and the directory that the image's root is mounted on.
 */
#ifndef SLIPWAY_IGNITION_IMAGE_H
#define SLIPWAY_IGNITION_IMAGE_H

#include <stdint.h>

#include "base/error.h"
#include "base/machine.h"
#include "disk/loop.h"

struct image {
	struct loop loop;
	char *node;  /* device to work on; owned */
	char *mount; /* empty directory for the root; owned */
};

#define IMAGE_INIT ((struct image){ .loop = LOOP_INIT })

/**
 * image_open - prepare the image or block device at @path.
 * @size_bytes: of a new image when there is none; 0: it must be there
 * @ret: release with image_done(), after everything below ret->mount was unmounted
 *
 * Return: 0; -ENOENT when there is none and no size; -EEXIST (ERROR_INPUT) when it is there with
 * another size; -errno.
 */
int image_open(const char *path, uint64_t size_bytes, struct image *ret, struct error *err);

/**
 * image_scan - make the kernel know the partitions that are on the image already, as it does itself
 * where it has parsers for them.
 *
 * Return: 0, also when there is no GPT; as kernel_tell().
 */
int image_scan(const struct image *image, const struct machine *machine, struct error *err);
void image_done(struct image *image);

DEFINE_DONE(struct image, image_done)

#endif
