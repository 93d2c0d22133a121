/*
 * stream - an image from where it is, decompressed, as blocks that can be written to a disk.
 *
 * Owns: the processes and the memory between them:
 *
 *	source ──> ring ─┬─> decompressor ──> ring ──> here
 *	                 ├─> hash
 *	                 └─> pipe ──> gpgv
 *
 * Source, decompressor and hash are forked, none has the disk; the decompressor and the hash can do
 * nothing but read and write these rings (base/worker).  None trusts the decompressor: what is
 * verified is what the source brought, all of it, to the end of the file.
 * Leaves to others: what becomes of the blocks (installer/writer).
 */
#ifndef SLIPWAY_INSTALLER_STREAM_H
#define SLIPWAY_INSTALLER_STREAM_H

#include <stdint.h>

#include "base/error.h"
#include "base/event.h"
#include "base/text.h"
#include "installer/request.h"

struct stream;

struct stream_params {
	const struct install_source *source;
	int file_fd;		/* of INSTALL_FILE, open for reading; borrowed */
	struct slice signature; /* contents; absent: none */
	const char *keyring;	/* of the signature; NULL: the distribution's */
	uint32_t fetch_retries;
	const struct event_observer *observer; /* hears of the source's waits and retries */
};

/**
 * stream_open - start the processes.
 * @ret: free with stream_free(), which ends them wherever they are
 */
int stream_open(const struct stream_params *params, struct stream **ret, struct error *err);
void stream_free(struct stream *stream);

/* What stream_next() came to. */
enum stream_event {
	STREAM_BLOCK, /* there is a block */
	STREAM_END,   /* all of the image came out of the decompressor */
	STREAM_QUIET, /* nothing happened for a while */
	STREAM_STOP,  /* the descriptor that ends it became readable */
};

/* Part of the image, in memory that is aligned for direct writes. */
struct stream_block {
	const void *data; /* borrowed until the next call */
	size_t length;
};

/**
 * stream_next - wait for the next block; the one before is given back.  The first one is the head
 * of the image (installer/image_head), as soon as that is there.
 * @stop_fd: readable: give up; -1: nothing ends it
 * @ret_event: what it came to
 *
 * Return: 0; as fetch_stream() and expand_step(), of whichever process failed first.
 */
int stream_next(struct stream *stream, int stop_fd, enum stream_event *ret_event,
		struct stream_block *ret, struct error *err);

/**
 * stream_verdict - after STREAM_END: what hash and signature say of the whole file.
 *
 * Return: 0 also when nothing was asked for; -EBADMSG (ERROR_VERIFY).
 */
int stream_verdict(struct stream *stream, struct error *err);

DEFINE_RELEASE(struct stream *, stream_free)

#endif
