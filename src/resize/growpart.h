/*
 * growpart - one partition grown to where the next begins, with growpart's words.
 *
 * Owns: its arithmetic (spec install-and-boot 4.4), its verdict as one line, and its exit codes.
 */
#ifndef SLIPWAY_RESIZE_GROWPART_H
#define SLIPWAY_RESIZE_GROWPART_H

#include <stdbool.h>

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "base/text.h"

#define GROWPART_FUDGE_BYTES ((uint64_t)1 << 20)

enum growpart_update {
	GROWPART_UPDATE_AUTO, /* tell the kernel where it knows the partition */
	GROWPART_UPDATE_ON,   /* fail where that cannot be done */
	GROWPART_UPDATE_OFF,
};

/* Exit codes. */
enum growpart_status {
	GROWPART_CHANGED = 0,
	GROWPART_UNCHANGED = 1,
	GROWPART_FAILED = 2,
};

struct growpart_options {
	const char *disk; /* device or image file */
	unsigned number;
	unsigned free_percent; /* of the disk, left free; 0: none */
	uint64_t fudge_bytes;  /* to be gained at the least */
	bool is_dry_run;
	enum growpart_update update;
};

/** growpart_run - @line gets the verdict, "CHANGED: …", without newline. */
enum growpart_status growpart_run(struct machine *machine, const struct growpart_options *options,
				  const struct event_observer *observer, struct text *line);

#endif
