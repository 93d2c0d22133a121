/*
 * stream_metadata - which artifacts a stream has, for which architecture, platform and format.
 *
 * Owns: reading the JSON of a stream (spec install-and-boot 3.4).  Pure.
 * Leaves to others: fetching it, and trust, which is in the signature of an artifact.
 */
#ifndef SLIPWAY_INSTALLER_STREAM_METADATA_H
#define SLIPWAY_INSTALLER_STREAM_METADATA_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct source;
struct stream_metadata;

struct stream_artifact {
	struct slice kind;	/* "disk", "kernel", "initramfs", "rootfs"; borrowed, as all */
	struct slice location;	/* URL */
	struct slice signature; /* URL; absent: beside the location, as .sig */
};

struct stream_artifacts {
	struct stream_artifact *list; /* in the order of the text; owned */
	size_t count;
	struct slice release;
};

/* Which of them. */
struct stream_choice {
	const char *architecture; /* "x86_64" */
	const char *platform;	  /* "metal" */
	const char *format;	  /* "raw.xz" */
};

/**
 * stream_metadata_parse - read the text of @source, which is borrowed.
 * @ret: free with stream_metadata_free()
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when it is no JSON object with architectures.
 */
int stream_metadata_parse(const struct source *source, struct stream_metadata **ret,
			  struct error *err);
void stream_metadata_free(struct stream_metadata *metadata);

/**
 * stream_metadata_find - the artifacts of @choice.
 * @ret: release with stream_artifacts_done()
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) with the key that is missing; -EINVAL (ERROR_INPUT) for an
 * artifact without a location.
 */
int stream_metadata_find(struct stream_metadata *metadata, const struct stream_choice *choice,
			 struct stream_artifacts *ret, struct error *err);
void stream_artifacts_done(struct stream_artifacts *artifacts);

/**
 * stream_artifacts_disk - the one image of a disk among @artifacts; borrowed.
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when there is none, or another artifact beside it.
 */
int stream_artifacts_disk(const struct stream_artifacts *artifacts,
			  const struct stream_artifact **ret, struct error *err);

/**
 * stream_metadata_append_table - architectures, platforms and formats, a line each, under a line of
 * titles; sorted.
 */
void stream_metadata_append_table(struct stream_metadata *metadata, struct text *out);

DEFINE_RELEASE(struct stream_metadata *, stream_metadata_free)
DEFINE_DONE(struct stream_artifacts, stream_artifacts_done)

#endif
