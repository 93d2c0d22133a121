/*
 * image_source - where an image comes from, in a process of its own that has no disk.
 *
 * Owns: reading a file, or fetching a URL and going on where it broke off, into a ring; and the
 * signature that lies beside an image.
 */
#ifndef SLIPWAY_INSTALLER_IMAGE_SOURCE_H
#define SLIPWAY_INSTALLER_IMAGE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/event.h"
#include "base/ring.h"
#include "base/text.h"
#include "base/worker.h"
#include "installer/request.h"

/* A detached signature is a few hundred bytes; some hold several. */
#define IMAGE_SIGNATURE_MAX ((size_t)64 << 10)

struct image_source {
	const struct install_source *from; /* borrowed, as all here */
	int file_fd;			   /* of INSTALL_FILE; else -1 */
	uint32_t fetch_retries;
	struct ring *ring; /* it is its producer */
	int relay_fd;	   /* where its events go (installer/relay) */
};

/** image_source_start - a process that fills the ring of @source. */
int image_source_start(const struct image_source *source, struct worker_process **ret,
		       struct error *err);

/**
 * image_source_open_file - open an image that is a file of this machine.
 *
 * Return: a descriptor that the caller owns; -ENOENT …; -EINVAL (ERROR_INPUT) when it is neither a
 * regular file nor a block device.
 */
int image_source_open_file(const char *path, struct error *err);

/**
 * image_source_signature - contents of the detached signature of the image.
 * @ret: appended to
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when there is none; as fetch_memory().
 */
int image_source_signature(const struct install_source *from, uint32_t fetch_retries,
			   const struct event_observer *observer, struct text *ret,
			   struct error *err);

/** image_source_name - the location for messages, without secrets; freed with free(). */
char *image_source_name(const struct install_source *from);

#endif
