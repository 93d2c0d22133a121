/*
 * device_name - the names below /dev/disk that udev would make, without udev.
 *
 * Owns: by-label and by-uuid from libblkid, by-partlabel and by-partuuid from the tables, by-id and
 * by-path from sysfs, as far as each can be told without udev's database of hardware: of by-id the
 * names dm-name-, dm-uuid-, virtio-, nvme- (by its WWID) and wwn-, of by-path what sits on PCI with
 * virtio (by both of its names) or NVMe; both with -partN.
 */
#ifndef SLIPWAY_DISK_DEVICE_NAME_H
#define SLIPWAY_DISK_DEVICE_NAME_H

#include <stdbool.h>

#include "base/error.h"
#include "base/machine.h"

/** device_name_is_known - whether @path is of a kind that can be searched for. */
bool device_name_is_known(const char *path);

/**
 * device_name_search - the device that udev would link @path to.
 * @ret: kernel name; freed with free()
 *
 * A device that others are made of (a member of a multipath device, say) counts only when no other
 * has the name; further members of one btrfs are passed over.
 *
 * Return: 0; -ENOENT (ERROR_NOT_FOUND); -ENOTUNIQ (ERROR_INPUT) when there are several.
 */
int device_name_search(const struct machine *machine, const char *path, char **ret,
		       struct error *err);

#endif
