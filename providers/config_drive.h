/*
 * config_drive - labelled drives with a config on them (spec providers 3.1).
 *
 * Owns: finding one by any of several labels, with or without udev, and the bounded wait for it.
 * Leaves to others: reading its files (disk/drive: a detached read-only mount), what they mean.
 */
#ifndef SLIPWAY_PROVIDERS_CONFIG_DRIVE_H
#define SLIPWAY_PROVIDERS_CONFIG_DRIVE_H

#include "providers/provider.h"

/* A drive that was found. */
struct config_drive {
	char *device; /* node; owned */
	char *label;  /* owned */
};

/* ISO 9660 keeps the case of a label, FAT may not. */
extern const char *const config_drive_openstack[]; /* "config-2", "CONFIG-2" */
extern const char *const config_drive_nocloud[];   /* "cidata", "CIDATA" */

/**
 * config_drive_find - the drive with one of @labels, as of now.
 * @labels: NULL-terminated; the first that is there
 * @ret: release with config_drive_done()
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND).
 */
int config_drive_find(const struct provider_context *context, const char *const *labels,
		      struct config_drive *ret, struct error *err);

/** config_drive_wait - config_drive_find() that waits; -ETIMEDOUT (ERROR_TIMEOUT) then. */
int config_drive_wait(const struct provider_context *context, const char *const *labels,
		      int64_t timeout_ms, struct config_drive *ret, struct error *err);
void config_drive_done(struct config_drive *drive);

/**
 * config_drive_read - contents of @path on @drive, at most METADATA_BODY_MAX bytes.
 * @ret: NUL-terminated, freed with free(); @ret_length may be NULL
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND); as drive_read().
 */
int config_drive_read(const struct config_drive *drive, const char *path, char **ret,
		      size_t *ret_length, struct error *err);

/** config_drive_get_config - the user config at @path; a missing file is an empty config. */
int config_drive_get_config(const struct config_drive *drive, const char *path,
			    struct provider_config *ret, struct error *err);

/**
 * config_drive_fetch - wait for a drive that every machine of the platform has, and take the user
 * config at @path on it.
 */
int config_drive_fetch(const struct provider_context *context, const char *const *labels,
		       const char *path, struct provider_config *ret, struct error *err);

/* A file of a drive that a parser wants. */
struct drive_file {
	const char *path;
	bool is_optional; /* the parser gets an absent slice */
};

#define DRIVE_FILES_MAX 4

/* Files that are read together. */
struct drive_set {
	struct drive_file files[DRIVE_FILES_MAX]; /* a NULL path ends them */
	metadata_parser *parser;		  /* gets one slice for each file */
};

/** config_drive_parse - read the files of @set, and let a worker parse them. */
int config_drive_parse(const struct config_drive *drive, const struct drive_set *set,
		       struct metadata *ret, struct error *err);

DEFINE_DONE(struct config_drive, config_drive_done)

#endif
