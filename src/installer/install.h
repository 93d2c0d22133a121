/*
 * install - an image onto a disk: either all of it, verified, or nothing that boots.
 *
 * Owns: the order of things, and that a disk never holds what is not verified and could boot, not
 *at any instant and not after a power cut:
 *
 *	table with the saved partitions only, flushed -> body, flushed -> verdict -> placements ->
 *	backup of the table, then the first MiB, flushed -> kernel and udev told
 *
 * and that after a failure, or a signal, the disk holds the table with the saved partitions only.
 * Leaves to others: what is asked for (installer/request), and what is said of it (the observer).
 */
#ifndef SLIPWAY_INSTALLER_INSTALL_H
#define SLIPWAY_INSTALLER_INSTALL_H

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"
#include "base/plan.h"
#include "base/text.h"
#include "installer/request.h"

/* Exit codes (spec install-and-boot 7.5). */
enum install_exit {
	INSTALL_EXIT_OK,
	INSTALL_EXIT_USAGE,	  /* options or configs; the disk is as it was */
	INSTALL_EXIT_TARGET,	  /* the disk cannot be used, and is as it was */
	INSTALL_EXIT_SOURCE,	  /* the image cannot be had, and the disk is as it was */
	INSTALL_EXIT_VERIFY,	  /* hash or signature */
	INSTALL_EXIT_WRITE,	  /* began, and did not come to its end */
	INSTALL_EXIT_PLACEMENT,	  /* written, and not configured */
	INSTALL_EXIT_INTERRUPTED, /* by a signal */
};

struct install;

/**
 * install_examine - everything that can be refused before the first write, and the plan.
 * @request: borrowed until install_free()
 * @machine: likewise, and so is @observer
 * @ret: also on failure, for install_exit_code(); free with install_free()
 *
 * The image is opened, and its first MiB is read; the target is opened, locked and looked at.
 * SIGINT, SIGTERM and SIGHUP are blocked from here on: whoever wants to be ended asks between the
 * operations, and install_apply() does.
 *
 * Return: 0; as target_examine(), target_open(), stream_next(), image_head_read(), saved_merge().
 */
int install_examine(struct machine *machine, const struct install_request *request,
		    const struct event_observer *observer, struct install **ret, struct error *err);
void install_free(struct install *install);

/** install_plan - what install_apply() will do; borrowed. */
const struct plan *install_plan(const struct install *install);

/**
 * install_append_text - the target, what is on it and becomes of it, warnings, and the plan.
 * install_append_json - the same: {"target", "image", "before", "after", "operations"}.
 * install_append_svg - the disk before and after.  Return: 0; -E2BIG.
 */
void install_append_text(const struct install *install, struct text *out);
void install_append_json(const struct install *install, struct text *out);
int install_append_svg(const struct install *install, struct text *out);

/**
 * install_apply - carry the plan out.  Progress is told as EVENT_PROGRESS, in bytes that the disk
 * has.
 *
 * On failure the disk is reset, unless the request says otherwise; that it could not be is said.
 *
 * Return: 0; -EINTR when a signal ended it; as stream_next(), stream_verdict(), writer_write(),
 * placements_apply(), kernel_tell().
 */
int install_apply(struct install *install, struct error *err);

/** install_exit_code - of a run that failed with @err, by how far it had come. */
enum install_exit install_exit_code(const struct install *install, const struct error *err);

/**
 * install_recover - after a power cut: make both copies of the table on @device say what the whole
 * one says, and tell the kernel.
 * @ret_changed: whether one was damaged
 *
 * Return: 0; as target_examine(), target_open(); -EUCLEAN (ERROR_INPUT) when no copy is whole.
 */
int install_recover(struct machine *machine, const char *device,
		    const struct event_observer *observer, bool *ret_changed, struct error *err);

DEFINE_RELEASE(struct install *, install_free)

#endif
