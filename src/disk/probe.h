/*
 * probe - what is on a device: filesystem, swap, RAID or LUKS signature.
 *
 * Owns: libblkid.  Looks and changes nothing, but for probe_wipe().
 * Leaves to others: labels (partition tables) as such (disk/table).
 */
#ifndef SLIPWAY_DISK_PROBE_H
#define SLIPWAY_DISK_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct probe_result {
	bool is_ambiguous; /* several signatures; the first one found is told */
	char *type;	   /* "ext4", "LVM2_member", "dos" …; NULL: nothing is there; owned */
	char *usage;	   /* "filesystem", "raid", "crypto", "other", "label"; NULL; owned */
	char *label;	   /* NULL when it has none; owned */
	char *uuid;	   /* NULL when it has none; owned */
	char *version;	   /* of the format: "2" of a LUKS2 volume; NULL when unknown; owned */
};

/* A part of a device: where a partition is, or will be. */
struct probe_range {
	uint64_t offset_bytes;
	uint64_t size_bytes; /* 0: up to the end */
};

/**
 * probe_device - what is in @range of @device.
 * @range: NULL for all of it
 * @ret: release with probe_result_done()
 */
int probe_device(const char *device, const struct probe_range *range, struct probe_result *ret,
		 struct error *err);
void probe_result_done(struct probe_result *result);

/**
 * probe_wipe - remove every signature in @range, also labels, as `wipefs -a` does.
 * @fd: of the device, open for reading and writing; borrowed
 */
int probe_wipe(int fd, const char *device, const struct probe_range *range, struct error *err);

/**
 * probe_label - which label (partition table) is on a device, as libblkid names it: "dos", "PMBR".
 * @fd: of the device; borrowed
 * @ret: NULL when there is none; freed with free()
 */
int probe_label(int fd, const char *device, char **ret, struct error *err);

/** probe_text - "an xfs filesystem labelled data", "nothing"; freed with free(). */
char *probe_text(const struct probe_result *result);

DEFINE_DONE(struct probe_result, probe_result_done)

#endif
