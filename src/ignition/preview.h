/*
 * preview - a config against a root directory, for people: what `slipway plan` and
 * `slipway rehearse` share.
 *
 * Owns: loading a config file as the fetch stage would, the human renderings of plans and progress.
 */
#ifndef SLIPWAY_IGNITION_PREVIEW_H
#define SLIPWAY_IGNITION_PREVIEW_H

#include "base/error.h"
#include "base/machine.h"
#include "disk/mount.h"
#include "ignition/acquire.h"
#include "ignition/disks.h"
#include "ignition/files.h"
#include "ignition/oem.h"

struct preview {
	struct machine machine;
	struct config_pool *pool;
	struct fetcher *fetcher;
	struct prefetch *prefetch;
	struct oem oem; /* that the fetcher uses */
	struct state *state;
	const struct profile *profile;
	enum dialect dialect; /* of the config; DIALECT_UNKNOWN, as at first: by sniffing */
	const char *platform; /* that the config is for; NULL: it does not matter */
	const struct interpret_helper *helper; /* for what the config asks for; NULL: none */
	struct acquired acquired;	       /* after preview_load() */
	struct journal *journal;
	struct journal *disks_journal;
	struct luks_keyring keys; /* stays empty: no volume is made */
	struct disks_plan disks;  /* after preview_plan_disk() */
	struct plan *mounts;	  /* the same */
	struct mount_made made;
	struct plan *kargs;    /* after preview_plan_kargs() */
	struct plan *skeleton; /* after preview_plan_skeleton(): what the root lacks to be one */
	struct plan *plan;     /* after preview_plan() */
	struct plan *labels;   /* after preview_plan() */
};

#define PREVIEW_INIT ((struct preview){ .machine = MACHINE_INIT })

/**
 * preview_open - open the target root at @root.
 * @mode: whether what the config refers to may be fetched
 * @observer: hears of fetching; NULL: nobody does
 *
 * Return: 0; -ENOENT, -ENOTDIR when it is not a directory.
 */
int preview_open(struct preview *ret, const char *root, enum fetcher_mode mode,
		 const struct event_observer *observer, struct error *err);
void preview_done(struct preview *preview);

/**
 * preview_load - read and render the config at @path ("-": standard input).
 * @report: of the config itself, with positions; in place of the one that is there
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it is not valid; ERROR_NEED_NETWORK when it refers to what
 * is not here.
 */
int preview_load(struct preview *preview, const char *path, struct report **report,
		 struct error *err);

/**
 * preview_use_disk - let the device or image at @path stand for the one disk that the config names.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it names none, or several.
 */
int preview_use_disk(struct preview *preview, const char *path, struct error *err);

/**
 * preview_check_root - whether the config mounts a filesystem at "/", which the files go to.
 *
 * Return: 0; -EINVAL (ERROR_INPUT).
 */
int preview_check_root(const struct preview *preview, struct error *err);

/**
 * preview_plan_disk - fill preview->disks and preview->mounts.
 * @journal: as in preview_plan()
 *
 * Return: as journal_open() and disks_plan().
 */
int preview_plan_disk(struct preview *preview, const char *journal,
		      const struct event_observer *observer, struct error *err);

/**
 * preview_plan_kargs - fill preview->kargs with what the kernel arguments lack of what the config
 * asks for: those of the running system for the root "/", else what the root's /etc/kernel/cmdline
 * says its next kernel gets; all when that is unknown.
 *
 * Return: 0; -errno when they cannot be read.
 */
int preview_plan_kargs(struct preview *preview, struct error *err);

/** preview_plan_skeleton - fill preview->skeleton; an empty plan for a root that has users. */
void preview_plan_skeleton(struct preview *preview);

/** preview_lay_skeleton - apply preview->skeleton. */
int preview_lay_skeleton(struct preview *preview, struct error *err);

/**
 * preview_plan - fill preview->plan.
 * @journal: file that preview_apply() will keep; NULL: none
 *
 * Return: as journal_open() and files_plan().
 */
int preview_plan(struct preview *preview, const char *journal,
		 const struct event_observer *observer, struct error *err);

/** preview_apply - apply preview->plan, then write the result file. */
int preview_apply(struct preview *preview, const struct event_observer *observer,
		  struct error *err);

/**
 * preview_refuse_volumes - a rehearsal makes no arrays and encrypted volumes, which would become
 * devices of this machine.
 *
 * Return: 0; -EOPNOTSUPP (ERROR_UNSUPPORTED) when the config asks for some.
 */
int preview_refuse_volumes(const struct preview *preview, struct error *err);

/**
 * preview_apply_disk - apply preview->disks, then preview->mounts below preview's root.
 *
 * Return: as disks_apply(), apply_plan().
 */
int preview_apply_disk(struct preview *preview, const struct event_observer *observer,
		       struct error *err);

/** preview_umount - unmount what preview_apply_disk() mounted. */
int preview_umount(struct preview *preview, struct error *err);

/** preview_append_plan - one line per operation and where it comes from, then a summary. */
void preview_append_plan(const struct preview *preview, struct text *out);

/** preview_append_json - {"config": <key>, "operations": [...]} and a newline. */
void preview_append_json(const struct preview *preview, struct text *out);

/**
 * preview_append_svg - a picture of the disk before and after preview->disks, which is not applied
 * yet.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when no disk was planned.
 */
int preview_append_svg(const struct preview *preview, struct text *out, struct error *err);

DEFINE_DONE(struct preview, preview_done)

#endif
