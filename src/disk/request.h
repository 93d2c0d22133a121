/*
 * request - what a caller wants disks to hold.
 *
 * Owns: plain values that src/ignition/lower (and installer, resize, image builder) fills; nothing
 * here knows a config format.  Everything is borrowed from whoever made the request and outlives
 * the plan.
 */
#ifndef SLIPWAY_DISK_REQUEST_H
#define SLIPWAY_DISK_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"
#include "base/text.h"

struct partition_request {
	struct origin origin;
	unsigned number;	/* as the table counts, from 1; 0: the lowest that is free */
	struct slice label;	/* absent: any will do, and a new one has none */
	struct slice guid;	/* empty or absent: any will do, and a new one draws its own */
	struct slice type_guid; /* empty or absent: any will do, and a new one is Linux data */
	bool has_start;
	uint64_t start_mib; /* 0: start of the largest free block */
	bool has_size;
	uint64_t size_mib; /* 0: up to the end of the largest free block */
	bool should_exist;
	bool wipe_entry; /* what is there and does not match may be deleted */
	bool resize;	 /* what is there and differs in nothing but its size may be resized */
};

struct disk_request {
	struct origin origin;
	struct slice device; /* path; a name that udev makes will do */
	bool wipe_table;
	const struct partition_request *partitions;
	size_t partition_count;
};

struct filesystem_request {
	struct origin origin;
	struct slice device;
	struct slice format; /* a name of disk/filesystem; absent: the device is awaited only */
	struct slice label;  /* absent: any will do */
	struct slice uuid;   /* absent: any will do */
	const struct slice *options;
	size_t option_count;
	bool wipe;	   /* make it anew even where a matching one is there */
	bool keeps_oem;	   /* what is labelled OEM has the right type, whatever it is (Flatcar) */
	struct slice path; /* empty or absent: not mounted */
	const struct slice *mount_options;
	size_t mount_option_count;
};

#endif
