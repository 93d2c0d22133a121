/*
 * fdisk_session - a device in the hands of libfdisk.
 *
 * Owns: opening one without dialogs, and what libfdisk would print, which becomes part of the
 * error.
 */
#ifndef SLIPWAY_DISK_FDISK_SESSION_H
#define SLIPWAY_DISK_FDISK_SESSION_H

#include <libfdisk.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct fdisk_session {
	struct fdisk_context *context; /* owned */
	const char *device;	       /* borrowed, for messages */
	struct text messages;	       /* "; " between them */
};

/**
 * fdisk_session_open - hand @fd to libfdisk.
 * @fd: open for reading, and for writing where something will be written; borrowed
 * @sector_bytes: for image files, which have none of their own
 * @ret: filled also on failure; release with fdisk_session_done()
 */
int fdisk_session_open(int fd, const char *device, uint32_t sector_bytes, struct fdisk_session *ret,
		       struct error *err);
void fdisk_session_done(struct fdisk_session *session);

/** fdisk_session_refuse - @what failed with @r, with libfdisk's words where it has any. */
int fdisk_session_refuse(const struct fdisk_session *session, int r, struct error *err,
			 const char *what);

DEFINE_DONE(struct fdisk_session, fdisk_session_done)

#endif
