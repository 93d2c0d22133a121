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

#include "base/content.h"
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

/* Text of a UUID with its NUL. */
#define REQUEST_UUID_SIZE 37

struct raid_request {
	struct origin origin;
	struct slice name;  /* "data" is /dev/md/data */
	struct slice level; /* as mdadm takes it */
	uint64_t spares;    /* so many of the devices, the last ones */
	const struct slice *devices;
	size_t device_count;
	const struct slice *options;
	size_t option_count;
	/* UUID that an array of ours has (disk/identity).  "": none can be told. */
	char identity[REQUEST_UUID_SIZE];
};

struct tang_request {
	struct slice url;
	struct slice thumbprint;
	struct slice advertisement;	/* JSON; absent: the server is asked for it */
	const struct content *asked_of; /* its URL for that */
};

/* To what a volume is bound, so that no key file is needed to open it. */
struct clevis_request {
	struct slice pin; /* present: this one with config, and nothing below */
	struct slice config;
	bool needs_network; /* of pin */
	const struct tang_request *tang;
	size_t tang_count;
	bool tpm2;
	uint64_t threshold; /* of the pins above; 0 is 1 */
};

struct luks_request {
	struct origin origin;
	struct slice name; /* "root" is /dev/mapper/root */
	struct slice device;
	struct slice label;	   /* absent or empty: any will do */
	struct slice uuid;	   /* absent or empty: any will do */
	const struct content *key; /* NULL: one is drawn */
	bool discard;
	bool wipe; /* make it anew even where a matching one is there */
	const struct slice *options;
	size_t option_count;
	const struct slice *open_options;
	size_t open_option_count;
	bool has_clevis;
	struct clevis_request clevis;
	/* UUID that a volume of ours has (disk/identity).  "": none can be told. */
	char identity[REQUEST_UUID_SIZE];
};

#endif
