/*
 * install_state - what the parts of one install share.
 *
 * Used by installer/install, installer/install_apply and installer/install_text only.
 */
#ifndef SLIPWAY_INSTALLER_INSTALL_STATE_H
#define SLIPWAY_INSTALLER_INSTALL_STATE_H

#include <signal.h>

#include "disk/table_image.h"
#include "installer/image_head.h"
#include "installer/install.h"
#include "installer/saved.h"
#include "installer/stream.h"
#include "installer/target.h"
#include "installer/writer.h"

/* How far an install has come: the last one that was begun. */
enum install_phase {
	INSTALL_AT_TARGET,
	INSTALL_AT_SOURCE,
	INSTALL_AT_WRITE, /* from here on the disk is not what it was */
	INSTALL_AT_PLACEMENT,
};

struct install {
	struct machine *machine;	       /* borrowed */
	const struct install_request *request; /* borrowed */
	const struct event_observer *observer; /* borrowed */
	enum install_phase phase;
	int stop_fd; /* readable once a signal wants an end */
	int file_fd; /* of an image that is a file; -1 */
	struct target target;
	struct table *found;	   /* what is on the disk; NULL: nothing that can be read */
	struct table *saved;	   /* the table until the image is verified */
	struct text signature;	   /* of the image; empty: none */
	struct stream *stream;	   /* owned, as all here */
	struct stream_block first; /* the first block of the image; the stream's */
	struct text head_copy;	   /* the first MiB, which nobody else can change */
	struct image_head head;
	struct saved_merge merge;   /* its table is NULL for an image without one */
	struct table_image interim; /* bytes of saved */
	struct table_image final;   /* bytes of the merged table, with the first MiB */
	struct writer writer;
	struct text warnings; /* lines */
	struct plan *plan;
};

/** install_make_plan - fill install->plan from all else. */
void install_make_plan(struct install *install);

/** install_is_saved - whether partition @number of the disk stays. */
bool install_is_saved(const struct install *install, unsigned number);

#endif
