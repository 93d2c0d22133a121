/*
 * stand_in - the disk of a rehearsal in the place of the one that a config names.
 *
 * Owns: which names mean it (the disk's own, and those of its partitions), and that no other disk
 * of the machine is found by label or id meanwhile.
 */
#ifndef SLIPWAY_DISK_STAND_IN_H
#define SLIPWAY_DISK_STAND_IN_H

#include <stdbool.h>

#include "base/machine.h"

/**
 * stand_in_path - what is used for @path; freed with free().
 *
 * Return: the path of the stand-in or of its partition; a copy of @path when it means neither, or
 * when this is no rehearsal.
 */
char *stand_in_path(const struct machine *machine, const char *path);

/**
 * stand_in_hides - whether a rehearsal must not touch a device.
 * @disk: its kernel name, or that of the disk it is a partition of
 */
bool stand_in_hides(const struct machine *machine, const char *disk);

#endif
