/*
 * directory - the names in a directory of the running system, for walks through sysfs.
 */
#ifndef SLIPWAY_DISK_DIRECTORY_H
#define SLIPWAY_DISK_DIRECTORY_H

#include <dirent.h>

#include "base/error.h"
#include "base/machine.h"

/** directory_open - @path below the host's "/".  Return: 0; -ENOENT …; @ret: directory_close(). */
int directory_open(const struct machine *machine, const char *path, DIR **ret, struct error *err);
/** directory_next - the next name, without those that begin with a dot; NULL at the end. */
const char *directory_next(DIR *directory);
/** directory_close - NULL is accepted. */
void directory_close(DIR *directory);

DEFINE_RELEASE(DIR *, directory_close)

#endif
