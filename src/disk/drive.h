/*
 * drive - read one file of a labelled drive without mounting it into any namespace.
 *
 * Owns: waiting for the label with a bound, and a detached mount (fsmount) that is read-only,
 * nosuid, nodev and noexec, of the filesystem type that libblkid finds, if it is on a list; no
 * journal is replayed.  It is gone when its descriptor is closed.
 */
#ifndef SLIPWAY_DISK_DRIVE_H
#define SLIPWAY_DISK_DRIVE_H

#include <stdint.h>

#include "base/error.h"
#include "base/event.h"
#include "base/machine.h"

/**
 * drive_wait - wait for /dev/disk/by-label/<label>.
 * @ret: path of the device; freed with free()
 *
 * Return: 0; -EINVAL (ERROR_INPUT) when @label is not a single path component; -ETIMEDOUT.
 */
int drive_wait(const struct machine *machine, const char *label, int64_t timeout_ms,
	       const struct event_observer *observer, char **ret, struct error *err);

/**
 * drive_read - contents of @path on @device.
 * @ret: NUL-terminated; freed with free()
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND) when there is no such file; -EINVAL when no known filesystem
 * is on the device; -EFBIG.
 */
int drive_read(const char *device, const char *path, size_t max_bytes, char **ret,
	       size_t *ret_length, struct error *err);

#endif
