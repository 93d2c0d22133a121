/*
 * parted_library - libparted, loaded when a label is met that nothing else knows.
 *
 * Owns: its functions by name.  Not linked, since its constructors run at every start, and
 * libparted 3.5 reads a byte behind a buffer there.
 */
#ifndef SLIPWAY_RESIZE_PARTED_LIBRARY_H
#define SLIPWAY_RESIZE_PARTED_LIBRARY_H

#include <parted/parted.h>

#include "base/error.h"

struct parted_library {
	__typeof__(ped_exception_set_handler) *exception_set_handler;
	__typeof__(ped_device_get) *device_get;
	__typeof__(ped_device_destroy) *device_destroy;
	__typeof__(ped_disk_probe) *disk_probe;
	__typeof__(ped_disk_new) *disk_new;
	__typeof__(ped_disk_destroy) *disk_destroy;
	__typeof__(ped_disk_get_partition) *disk_get_partition;
	__typeof__(ped_disk_next_partition) *disk_next_partition;
	__typeof__(ped_disk_set_partition_geom) *disk_set_partition_geom;
	__typeof__(ped_disk_commit_to_dev) *disk_commit_to_dev;
	__typeof__(ped_geometry_new) *geometry_new;
	__typeof__(ped_geometry_destroy) *geometry_destroy;
	__typeof__(ped_alignment_new) *alignment_new;
	__typeof__(ped_alignment_destroy) *alignment_destroy;
	__typeof__(ped_constraint_new) *constraint_new;
	__typeof__(ped_constraint_destroy) *constraint_destroy;
};

/** parted_library_load - Return: 0; -ELIBACC (ERROR_UNSUPPORTED) when it is not installed. */
int parted_library_load(struct parted_library *ret, struct error *err);

#endif
